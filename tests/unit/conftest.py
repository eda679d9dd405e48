"""Snapshots as plain files of their own, so that a diff shows what changed."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class _TextFile(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def text_file(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """A snapshot in a text file. ``pytest --snapshot-update`` writes it anew."""
    return snapshot.use_extension(_TextFile)
