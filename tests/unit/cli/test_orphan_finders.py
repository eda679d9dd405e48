"""Orphans of a killed run are found, whatever their type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jenkins_platform_cli.engine import interrupted_update
from jenkins_platform_cli.engine.orphan_finders import FINDERS, REPEATABLE

SNAPSHOTS = Path(__file__).parents[1] / "__snapshots__" / "test_urns"


def test_every_type_of_a_platform_can_be_found_or_created_again() -> None:
    texts = [file.read_text() for file in SNAPSHOTS.glob("*.txt")]
    words = {word.split("::")[0].rsplit("$", 1)[-1] for text in texts for word in text.split()}
    tokens = {word for word in words if word.startswith("aws:")}
    assert len(tokens) > 40
    assert tokens - FINDERS.keys() - REPEATABLE == set()
    assert FINDERS.keys() & REPEATABLE == set()


class State:
    """The state of a stack, without an engine."""

    def __init__(self, resources: list[dict[str, Any]], pending: list[dict[str, Any]]) -> None:
        self.deployment = {"resources": resources, "pending_operations": pending}
        self.refreshed: list[str] = []

    def export_stack(self) -> State:
        return self

    def import_stack(self, state: State) -> None:
        assert state is self

    def refresh(self, target: list[str]) -> None:
        self.refreshed = target


def rule(urn: str, name: str) -> dict[str, Any]:
    kind = "aws:cloudwatch/eventRule:EventRule"
    return {"urn": urn, "type": kind, "custom": True, "inputs": {"name": name}}


def recovered(state: State) -> list[str]:
    return interrupted_update.recover(state, lambda service, region: pytest.fail(service))  # type: ignore[arg-type]


def test_an_interrupted_creation_is_imported_and_refreshed() -> None:
    state = State(
        [rule("b", "two") | {"id": "two"}], [{"type": "creating", "resource": rule("a", "one")}]
    )
    assert recovered(state) == state.refreshed == ["a"]
    assert [(r["urn"], r["id"]) for r in state.deployment["resources"]] == [
        ("b", "two"),
        ("a", "one"),
    ]
    assert "pending_operations" not in state.deployment


def test_an_interrupted_replacement_is_inserted_before_dependents() -> None:
    old, other = rule("a", "old") | {"id": "old"}, rule("b", "two") | {"id": "two"}
    state = State([old, other], [{"type": "creating", "resource": rule("a", "new")}])
    recovered(state)
    found = [(r["urn"], r["id"], r.get("delete")) for r in state.deployment["resources"]]
    assert found == [("a", "new", None), ("a", "old", True), ("b", "two", None)]


def test_a_known_resource_is_not_imported_again() -> None:
    state = State(
        [rule("a", "one") | {"id": "one"}], [{"type": "creating", "resource": rule("a", "one")}]
    )
    assert recovered(state) == state.refreshed == []
    assert len(state.deployment["resources"]) == 1


def test_interrupted_updates_and_deletions_are_refreshed() -> None:
    resources = [rule("a", "one") | {"id": "one"}, rule("b", "two") | {"id": "two"}]
    kinds = ("updating", "deleting")
    pending = [{"type": kind, "resource": r} for kind, r in zip(kinds, resources, strict=True)]
    state = State(resources, pending)
    recovered(state)
    assert state.refreshed == ["a", "b"]
