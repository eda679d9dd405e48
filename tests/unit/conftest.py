"""Snapshots as plain text files, one each, so that a diff shows what changed."""

from __future__ import annotations

import gc
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jenkins_platform.testing import _Mocks
from pulumi.runtime import resource
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs
from pulumi.runtime.proto import source_pb2
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

# No test reads where in a program a resource is created, and below pytest's many frames finding out
# would take a quarter of a registration's time.
resource._get_stack_trace = source_pb2.StackTrace
# What a registration leaves behind are cycles of some 60,000 objects; collecting them takes a fifth
# of its time. One process with all unit tests takes 1.2 GB.
gc.disable()


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


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Logical names of the resources that a test registers, those of refused platforms too."""
    found: set[str] = set()
    create = _Mocks.new_resource

    def new_resource(mocks: _Mocks, args: MockResourceArgs) -> Any:
        if args.custom:
            found.add(args.name)
        return create(mocks, args)

    monkeypatch.setattr(_Mocks, "new_resource", new_resource)
    return found


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What the data sources of registered platforms are asked: their names and JSON."""
    found: set[str] = set()
    call = _Mocks.call

    def record(mocks: _Mocks, args: MockCallArgs) -> Any:
        found.add(f"{args.token.rsplit(':')[-1]} {json.dumps(args.args, sort_keys=True)}")
        return call(mocks, args)

    monkeypatch.setattr(_Mocks, "call", record)
    return found
