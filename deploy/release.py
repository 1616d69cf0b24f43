"""`python deploy/release.py REGISTRY TAG [--plain-http]`: pushes the images of `make images` and both charts.

`dist/` then holds the packed charts, for each image a list of what is in it (CycloneDX; from syft where it is installed,
which also sees Debian's packages, and from the lock elsewhere), and `digests.yaml`, values by which a cluster runs
exactly these images. Where cosign is installed, images and charts are signed, and the lists are attached to the images.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHARTS = ("scribe", "scribe-dev")
DEADLINE = 1800


def run(*command: str) -> str:
    """What a command prints; its stderr is shown."""
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=DEADLINE, cwd=ROOT).stdout


def say(text: str) -> None:
    """Tell what was done."""
    sys.stderr.write(f"{text}\n")


def images() -> list[str]:
    """The targets of the Dockerfile that are images."""
    entry_point = r'^ENTRYPOINT \["tini", "--", "python", "-m", "scribe\.(\w+)"\]'
    return re.findall(entry_point, (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def bill_of_materials(name: str, reference: str, folder: Path) -> Path:
    """Write what an image holds."""
    file = folder / f"scribe-{name}.cdx.json"
    if shutil.which("syft"):
        run("syft", "scan", reference, "--output", f"cyclonedx-json={file}")
    else:
        uv = (str(ROOT / ".venv/bin/uv"), "export", "--quiet", "--frozen", "--no-dev", "--format", "cyclonedx1.5")
        file.write_text(run(*uv, "--package", f"scribe-{name}"))
    return file


def build_image(name: str, registry: str, tag: str, platforms: str) -> str:
    """Build one image for several architectures and push it, with what the builder says of it; its digest there."""
    remote = f"{registry}/scribe-{name}:{tag}"
    told = ROOT / "dist" / f"{name}.json"
    labels = ("--build-arg", f"VERSION={tag}", "--build-arg", f"REVISION={run('git', 'rev-parse', 'HEAD').strip()}")
    builder = ("docker", "buildx", "build", "--platform", platforms, "--sbom=true", "--provenance=mode=max")
    run(*builder, *labels, "--target", name, "--tag", remote, "--push", "--metadata-file", str(told), ".")
    return str(json.loads(told.read_text())["containerimage.digest"])


def push_image(name: str, registry: str, tag: str) -> str:
    """Push one image of `make images`; its digest there."""
    remote = f"{registry}/scribe-{name}:{tag}"
    run("docker", "tag", f"scribe-{name}:{tag}", remote)
    run("docker", "push", "--quiet", remote)
    found = json.loads(run("docker", "image", "inspect", remote))[0]["RepoDigests"]
    (digest,) = (item.partition("@")[2] for item in found if item.startswith(f"{registry}/scribe-{name}@"))
    return str(digest)


def push_chart(name: str, registry: str, tag: str, folder: Path, flags: list[str]) -> str:
    """Pack and push one chart; its reference by digest."""
    run("helm", "package", f"deploy/helm/{name}", "--app-version", tag, "--destination", str(folder))
    (packed,) = folder.glob(f"{name}-[0-9]*.tgz")
    answer = subprocess.run(
        ["helm", "push", str(packed), f"oci://{registry}/charts", *flags],
        capture_output=True, text=True, check=True, timeout=DEADLINE,
    )  # fmt: skip
    (digest,) = re.findall(r"sha256:[0-9a-f]{64}", answer.stdout + answer.stderr)
    return f"{registry}/charts/{name}@{digest}"


def sign(reference: str, materials: Path | None = None) -> None:
    """Sign what lies at a reference, and the list of what it holds, as cosign is set up (`COSIGN_…`)."""
    run("cosign", "sign", "--yes", reference)
    if materials:
        run("cosign", "attest", "--yes", "--type", "cyclonedx", "--predicate", str(materials), reference)


def values(registry: str, digests: dict[str, str]) -> str:
    """Values by which the chart names each image by its digest."""
    services = [f"  {name}: {{image: {{digest: {digest}}}}}" for name, digest in digests.items() if name not in OTHERS]
    setup = f"migrations: {{image: {{digest: {digests['migrations']}}}}}"
    return "\n".join([f"image: {{registry: {registry}}}", "services:", *services, setup, ""])


OTHERS = ("migrations", "fakes")


def release(registry: str, tag: str, folder: Path, flags: list[str], platforms: str) -> None:
    """Push everything, and sign it where that is possible."""
    signed = shutil.which("cosign") is not None
    digests: dict[str, str] = {}
    for name in images():
        digests[name] = build_image(name, registry, tag, platforms) if platforms else push_image(name, registry, tag)
        reference = f"{registry}/scribe-{name}@{digests[name]}"
        materials = bill_of_materials(name, reference, folder)
        if signed:
            sign(reference, materials)
        say(reference)
    (folder / "digests.yaml").write_text(values(registry, digests))
    for name in CHARTS:
        reference = push_chart(name, registry, tag, folder, flags)
        if signed:
            sign(reference)
        say(reference)
    say(
        f"lists of contents and values by digest: {folder}"
        + ("" if signed else "; not signed, as cosign is not installed")
    )


def main(arguments: list[str]) -> None:
    """Read the command line and release."""
    parser = argparse.ArgumentParser(prog="python deploy/release.py")
    parser.add_argument("registry", help="registry and path, such as ghcr.io/acme/scribe")
    parser.add_argument("tag", help="tag of the images of `make images`")
    parser.add_argument("--platforms", default="", help="build for these with buildx: linux/amd64,linux/arm64")
    parser.add_argument("--plain-http", action="store_true", help="the registry speaks HTTP")
    options = parser.parse_args(arguments)
    folder = ROOT / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    flags = ["--plain-http"] if options.plain_http else []
    release(options.registry.rstrip("/"), options.tag, folder, flags, options.platforms)


if __name__ == "__main__":
    main(sys.argv[1:])
