"""Upgrades: the present program on the states of earlier releases (`harness.recorded_states`)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.engine import Stack, platform_program
from harness.recorded_states import STACKS, Record, records

MakeStack = Callable[..., Stack]
CHANGES: dict[str, dict[str, str]] = {}
"""What an upgrade changes, by ``<version>/<stack>``; a stack without an entry stays as it is. Every
entry must be in the changelog. A release starts with an empty list (docs/release.md)."""


def preview(make_stack: MakeStack, record: Record, name: str = "jenkins") -> Stack:
    """A preview of the present program on a recorded state."""
    stack = make_stack(platform_program(record.args, name), record.name)
    record.load(stack)
    stack.preview()
    return stack


def lost(stack: Stack, record: Record) -> set[str]:
    """Resources that hold data, and that a preview replaces or deletes."""
    return {r for r in record.retained if stack.changes.get(r, "same") not in ("same", "update")}


@pytest.mark.parametrize("record", records(), ids=lambda record: record.name)
def test_an_upgrade_keeps_all_data_and_changes_only_what_is_listed(
    make_stack: MakeStack, record: Record
) -> None:
    stack = preview(make_stack, record)
    assert lost(stack, record) == set()
    assert stack.changes == CHANGES.get(f"{record.version}/{record.name}", {})


def test_a_program_that_would_lose_data_is_noticed(make_stack: MakeStack) -> None:
    """Another logical name is what a changed URN in a release would be."""
    (record,) = [r for r in records() if r.name == "small"]
    for resource in record.deployment["resources"]:
        resource.pop("protect", None)
    stack = preview(make_stack, record, name="renamed")
    assert record.retained
    assert lost(stack, record) == record.retained


def test_every_stack_is_recorded() -> None:
    """If this fails: `make record`."""
    newest = max(r.version for r in records())
    assert {r.name for r in records() if r.version == newest} == set(STACKS)
