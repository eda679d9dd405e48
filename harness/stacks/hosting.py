"""The hosted component as an executable that the engine and the CLI find on PATH."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def host(folder: Path) -> Path:
    """A folder for PATH with the plugin of this checkout."""
    program = f'"{ROOT / "plugin" / "__main__.py"}"'
    return executable(folder / "pulumi-resource-jenkins-platform", "components", program)


def executable(script: Path, package: str, words: str) -> Path:
    """Make a program of Python executable, and return its folder for PATH.

    Args:
        script: The file that is written.
        package: Folder of this checkout whose modules it imports, beside those of the root.
        words: Arguments of the interpreter, quoted for a shell.
    """
    script.parent.mkdir(parents=True, exist_ok=True)
    paths = os.pathsep.join(str(ROOT / p) for p in (package, "."))
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{paths}" exec "{sys.executable}" {words} "$@"\n')
    script.chmod(0o755)
    return script.parent
