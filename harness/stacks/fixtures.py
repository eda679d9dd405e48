"""Fixtures of unit tests that register resources against mocks."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from jenkins_platform.testing import _Mocks
from pulumi.runtime import resource
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs
from pulumi.runtime.proto import source_pb2

# No test reads where in a program a resource is created, and below pytest's many frames finding out
# would take a quarter of a registration's time.
resource._get_stack_trace = source_pb2.StackTrace


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


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Warnings of the programs that a test runs."""
    found: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_: found.append(message))
    return found
