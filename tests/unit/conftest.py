"""Snapshots as plain files of their own, so that a diff shows what changed."""

from __future__ import annotations

import pytest
from hypothesis import settings
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

# A slow machine is no failure, and a failure must come back in the next run.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


class _TextFile(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def text_file(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """A snapshot in a text file. ``pytest --snapshot-update`` writes it anew."""
    return snapshot.use_extension(_TextFile)
