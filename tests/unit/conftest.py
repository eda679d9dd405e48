"""Settings of the unit tests, and snapshots as text files, so that a diff shows what changed."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from xdist import is_xdist_controller

# What a registration leaves behind are cycles of some 60,000 objects; collecting them takes a fifth
# of its time. One process with all unit tests takes 1.2 GB.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """The process that only distributes the tests loads neither the component nor Pulumi's SDK,
    and starts the others a second earlier. The others load them after coverage has started."""
    if not is_xdist_controller(session):
        session.config.pluginmanager.import_plugin("harness.stacks.fixtures")


def pytest_collection_finish() -> None:
    """Hypothesis collects all garbage before its first example: now, while there is none."""
    gc.freeze()
    settings(max_examples=1, database=None)(given(st.none())(lambda _: None))()


class _TextFile(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def text_file(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """A snapshot in a text file. ``pytest --snapshot-update`` rewrites it."""
    return snapshot.use_extension(_TextFile)
