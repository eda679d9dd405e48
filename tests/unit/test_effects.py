"""Every input of a template has an effect: without it something else is registered."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from harness.inputs.changes import Change, inputs
from harness.inputs.lean import LEAN
from harness.stacks.mocks import platform


def registered(args: dict[str, Any]) -> list[Any]:
    """What is registered, without the records of what was chosen, which no one but us reads."""
    return [r for r in platform(args) if r.token != "pulumi:index:Stash"]


def without(change: Change) -> dict[str, Any]:
    """The arguments of a change without its input."""
    args = copy.deepcopy(change.args)
    holder: Any = args
    *groups, name = change.paths[0].split(".")
    for group in groups:
        holder = holder[group.removesuffix("[]")]
        holder = holder[0] if group.endswith("[]") else holder
    del holder[name]
    if name == "docker":
        del holder["instances"]  # its inputs are only valid with docker
    return args


@pytest.mark.long
def test_every_input_of_a_template_reaches_a_resource() -> None:
    changes = [change for change in inputs() if change.paths[0].startswith("agents[].")]
    # Public subnets are for Fargate only.
    base = {**LEAN, "network": {"nat": "single"}}
    without_effect = [
        change.paths[0]
        for change in changes
        if registered({**base, **change.args}) == registered({**base, **without(change)})
    ]
    assert changes
    assert without_effect == []
