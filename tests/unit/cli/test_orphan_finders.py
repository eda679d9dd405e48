"""What a killed run had made can be found again, whatever it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jenkins_platform_cli.engine import interrupted_update
from jenkins_platform_cli.engine.orphan_finders import FINDERS, REPEATABLE

SNAPSHOTS = Path(__file__).parents[1] / "__snapshots__" / "test_urns"


def test_every_type_of_a_platform_can_be_found_again_or_made_twice() -> None:
    texts = [file.read_text() for file in SNAPSHOTS.glob("*.txt")]
    words = {word.split("::")[0].rsplit("$", 1)[-1] for text in texts for word in text.split()}
    tokens = {word for word in words if word.startswith("aws:")}
    assert len(tokens) > 40
    assert tokens - FINDERS.keys() - REPEATABLE == set()
    assert FINDERS.keys() & REPEATABLE == set()


class State:
    """A stack's state, without a stack."""

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


def mended(state: State) -> list[str]:
    return interrupted_update.mend(state, lambda service, region: pytest.fail(service))  # type: ignore[arg-type]


def test_what_was_being_made_is_taken_in_and_looked_at() -> None:
    state = State(
        [rule("b", "two") | {"id": "two"}], [{"type": "creating", "resource": rule("a", "one")}]
    )
    assert mended(state) == state.refreshed == ["a"]
    assert [(r["urn"], r["id"]) for r in state.deployment["resources"]] == [
        ("b", "two"),
        ("a", "one"),
    ]
    assert "pending_operations" not in state.deployment


def test_what_was_being_made_in_place_of_another_stands_before_what_depends_on_it() -> None:
    old, other = rule("a", "old") | {"id": "old"}, rule("b", "two") | {"id": "two"}
    state = State([old, other], [{"type": "creating", "resource": rule("a", "new")}])
    mended(state)
    found = [(r["urn"], r["id"], r.get("delete")) for r in state.deployment["resources"]]
    assert found == [("a", "new", None), ("a", "old", True), ("b", "two", None)]


def test_what_the_state_knows_already_is_not_taken_in_twice() -> None:
    state = State(
        [rule("a", "one") | {"id": "one"}], [{"type": "creating", "resource": rule("a", "one")}]
    )
    assert mended(state) == state.refreshed == []
    assert len(state.deployment["resources"]) == 1


def test_what_was_being_changed_or_deleted_is_looked_at() -> None:
    there = [rule("a", "one") | {"id": "one"}, rule("b", "two") | {"id": "two"}]
    kinds = ("updating", "deleting")
    pending = [{"type": kind, "resource": r} for kind, r in zip(kinds, there, strict=True)]
    state = State(there, pending)
    mended(state)
    assert state.refreshed == ["a", "b"]
