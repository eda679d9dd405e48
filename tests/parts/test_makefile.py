"""The Makefile in a separate folder, with a stand-in for Python's ``venv`` and for pip."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALONE = "mkdir busy && sleep 0.2 && rmdir busy"
"""Fails if two processes run it at the same time."""


def test_two_makes_install_one_after_the_other(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "locks").mkdir()
    for name in ("locks/up.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    python, install = tmp_path / "python", tmp_path / "install"
    python.write_text(
        f'#!/bin/sh\n[ "$2" = venv ] || exec {sys.executable} "$@"\n'
        f"{ALONE} && mkdir -p .venv/bin && touch .venv/bin/pip\n"
    )
    install.write_text(f"#!/bin/sh\n{ALONE}\n")
    for script in (python, install):
        script.chmod(0o755)
    command = ["make", ".venv/.up", "PYTHON=./python", "INSTALL=./install", "THIS=true"]
    runs = [
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]
    printed = [run.communicate()[0].decode() for run in runs]
    assert [run.returncode for run in runs] == [0, 0], printed
    assert (tmp_path / ".venv" / ".up").exists()
