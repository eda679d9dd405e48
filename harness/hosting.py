"""The hosted component as an executable that the engine and the CLI find on PATH."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def host(folder: Path) -> Path:
    """A folder for PATH with the plugin of this checkout."""
    script = folder / "pulumi-resource-jenkins-platform"
    folder.mkdir(parents=True, exist_ok=True)
    python_path = os.pathsep.join(str(ROOT / p) for p in ("components", "."))
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH="{python_path}" exec "{sys.executable}" '
        f'"{ROOT / "plugin" / "__main__.py"}" "$@"\n'
    )
    script.chmod(0o755)
    return folder
