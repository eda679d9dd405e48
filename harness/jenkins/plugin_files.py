"""Archives of plugins, as far as tests look into them."""

from __future__ import annotations

import zipfile
from pathlib import Path


def write_plugin(
    path: Path, name: str, version: str, core: str = "2.479.1", needs: str = "", more: str = ""
) -> Path:
    """A plugin's archive with nothing but its manifest.

    Args:
        needs: Value of Plugin-Dependencies.
        more: More lines of the manifest.
    """
    lines = [
        "Manifest-Version: 1.0",
        f"Short-Name: {name}",
        f"Plugin-Version: {version}",
        f"Jenkins-Version: {core}",
        *([f"Plugin-Dependencies: {needs}"] if needs else []),
        *more.splitlines(),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        manifest = zipfile.ZipInfo("META-INF/MANIFEST.MF", (1980, 1, 1, 0, 0, 0))
        archive.writestr(manifest, "".join(_folded(line) for line in lines) + "\r\n")
    return path


def _folded(line: str) -> str:
    """As a JAR has it: at most 72 bytes in a line, and the next one starts with a space."""
    first, rest = line[:72], line[72:]
    return first + "\r\n" + (_folded(" " + rest) if rest else "")
