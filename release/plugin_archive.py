"""``python -m release.plugin_archive``: the plugin, for ``pulumi plugin install --file``."""

from __future__ import annotations

import io
import tarfile
from importlib.metadata import version
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_FILES = ("PulumiPlugin.yaml", "__main__.py", "schema.json")


def write(folder: Path) -> Path:
    """Write the archive into a folder. It requires the wheel of its version from a package index,
    where the plugin of a checkout requires the checkout."""
    release = version("jenkins-platform")
    target = folder / f"pulumi-resource-jenkins-platform-v{release}.tar.gz"
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(target, "w:gz") as archive:
        for name in _FILES:
            _add(archive, name, (_ROOT / "plugin" / name).read_bytes())
        _add(archive, "requirements.txt", f"jenkins-platform=={release}\n".encode())
    return target


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a file without the owner and time of this machine."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o644
    archive.addfile(entry, io.BytesIO(content))


if __name__ == "__main__":
    print(write(_ROOT / "dist").relative_to(_ROOT))
