"""Whether pages without text can be read on this machine."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from scribe.local.errors import LocalError

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MISSING = (
    "No Chromium was found, so pages without text in Exa's answer are not read; install one "
    "(Debian: apt install chromium) or set SCRIBE_CHROMIUM."
)


def browser_note(environment: Mapping[str, str]) -> str | None:
    """What to tell the user about the browser; None where all is well.

    Raises:
        LocalError: SCRIBE_CHROMIUM names something that cannot be run.
    """
    if named := environment.get("SCRIBE_CHROMIUM"):
        if shutil.which(named) is None:
            raise LocalError(f"SCRIBE_CHROMIUM names {named}, which cannot be run; correct it, or unset it.")
        return None
    browsers = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    if any(map(shutil.which, NAMES)) or any(browsers.glob("chromium*")):
        return None
    return MISSING
