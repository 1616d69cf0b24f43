"""The model that tells languages: py3langid's, with its tables in a file."""

import lzma
import mmap
import shutil
import struct
import tempfile
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

_LOCAL_HEADER = struct.Struct("<26xHH")
"""Of a member of a ZIP file: the lengths of its name and of its extra field, after which the content begins."""


def load_identifier() -> LanguageIdentifier:
    """py3langid's model. Its tables, 70 MB, are mapped from a temporary file: only what is looked up takes memory."""
    with tempfile.TemporaryFile(suffix=".npz") as file:
        with lzma.open(Path(MODEL_DIR) / MODEL_FILE) as packed:
            shutil.copyfileobj(packed, file, length=1 << 20)
        file.flush()
        memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with ZipFile(file) as archive:
            found = {name: _array(memory, archive, name) for name in archive.namelist()}
    return LanguageIdentifier(
        *(found["ptc.npy"], found["pc.npy"], found["classes.npy"].tolist()),
        *(found["nextmove.npy"].data, found["out_feat.npy"].tolist()),
        norm_probs=True,
        tk_row=found["nextmove_row.npy"].tolist(),
    )


def _array(memory: mmap.mmap, archive: ZipFile, name: str) -> npt.NDArray[Any]:
    """An array of the file, where it lies: numpy stores the members of an `.npz` as they are."""
    member = archive.getinfo(name)
    if member.compress_type != ZIP_STORED:
        raise ValueError(f"{name} is compressed in py3langid's model")
    with archive.open(member) as content:
        shape, dtype, header = _header(content)
    begin = member.header_offset + _LOCAL_HEADER.size + sum(_LOCAL_HEADER.unpack_from(memory, member.header_offset))
    count = int(np.prod(shape))
    return np.frombuffer(memory, dtype, count, begin + header).reshape(shape)


def _header(content: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    """Shape, type and length of the header of an `.npy`."""
    npy.read_magic(content)
    shape, _, dtype = npy.read_array_header_1_0(content)
    return shape, dtype, content.tell()
