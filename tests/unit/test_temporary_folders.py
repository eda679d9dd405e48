"""Folders of test runs that were killed are deleted by the next run."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest

from harness.docker.engine import temporary_folder


def test_only_folders_of_runs_that_have_ended_are_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen(["true"]) as ended:
        pass
    left = tmp_path / f"jenkins-platform-{ended.pid}-abc"
    other = tmp_path / "jenkins-platform-notes"
    for folder in (left, other):
        (folder / "data").mkdir(parents=True)
    with temporary_folder() as mine:
        assert not left.exists()
        assert other.exists()
        with temporary_folder():
            assert mine.exists()
    assert not mine.exists()
