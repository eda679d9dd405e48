"""The present program on the states of earlier releases (`harness.stacks.recorded_states`)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.stacks.engine import Stack, platform_program
from harness.stacks.hosting import ROOT
from harness.stacks.recorded_states import STACKS, Record, records

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


FORMER_CHILDREN = (
    (r'(:SecurityGroups\$aws:[^"]+::jenkins-)load-balancer', r"\1entrance"),
    (r'(:Notifications\$aws:[^"]+::jenkins-)monitoring', r"\1watch"),
    (r'(:AgentCloud\$aws:[^"]+::jenkins-)agents-execution', r"\1agent-execution"),
)
FORMER_COMPONENTS = (
    ("LoadBalancer", "Entrance", "load-balancer", "entrance"),
    ("LogGroups", "Logs", "log-groups", "logs"),
    ("Monitoring", "Watch", "monitoring", "watch"),
    ("Notifications", "Topic", "notifications", "topic"),
    ("Secrets", "SignIn", "secrets", "sign-in"),
    ("VpcEndpoints", "Endpoints", "vpc-endpoints", "endpoints"),
)


def before_the_renames(record: Record) -> Record:
    """The state as it was before components and their children got the words of AWS."""
    text = json.dumps(record.deployment)
    for present, former in FORMER_CHILDREN:
        text = re.sub(present, former, text)
    for present, former, role, former_role in FORMER_COMPONENTS:
        text = text.replace(f"jenkins-platform:index:{present}", f"jenkins-platform:index:{former}")
        text = text.replace(f'{former}::jenkins-{role}"', f'{former}::jenkins-{former_role}"')
    return replace(record, deployment=json.loads(text))


def test_what_was_renamed_is_taken_along(make_stack: MakeStack) -> None:
    """`former_urns.txt` are the URNs of the last commit with the former names."""
    (record,) = [r for r in records() if r.name == "hardened"]
    former = before_the_renames(record)
    urns = {r["urn"].partition("::test::")[2] for r in former.deployment["resources"]}
    frozen = set((ROOT / "tests" / "data" / "former_urns.txt").read_text().splitlines())
    components = [f"index:{former}::" for _, former, _, _ in FORMER_COMPONENTS]
    for name in (*components, "::jenkins-entrance", "::jenkins-watch", "jenkins-agent-execution"):
        assert {u for u in urns & frozen if name in u}, name
    stack = preview(make_stack, former)
    # Pulumi expects a child whose name starts with that of its component to be renamed with it,
    # and the dashboard was not: it is created again.
    assert stack.changes == {"aws:cloudwatch/dashboard:Dashboard jenkins-monitoring": "delete"}


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
