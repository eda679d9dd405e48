"""Every row of the table, on the real engine: created, read, changed, drifted, deleted.

The samples and what boto3 must show of them are in ``samples/``. One stack holds them all and goes
through one life cycle; each test checks another part of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from localcloud.cloud import LocalCloud
from localcloud.providers import table

from harness.aws import samples as support
from harness.aws.samples import Known, Phase, holds, resolved
from harness.stacks.engine import Stack

MakeStack = Callable[..., Stack]

SAMPLES = support.load()
REFERRED_TO = {name for sample in SAMPLES.values() for name in sample.refers_to()}
REPLACEMENT = {"replace", "create-replacement", "delete-replaced"}


def test_every_row_has_a_sample() -> None:
    assert table.load().resources.keys() == {sample.token for sample in SAMPLES.values()}


def test_every_row_is_updated_and_replaced_by_a_sample() -> None:
    """Samples cover an update and a replacement for each row that supports them."""
    missing = []
    for token, row in table.load().resources.items():
        samples = [s for s in SAMPLES.values() if s.token == token]
        seen = {s.becomes for s in samples} | {"replace" for s in samples if s.instead}
        wanted = {"update"} if row.update or row.tagging else set()
        wanted |= {"replace"} if row.replace else set()
        if not wanted <= seen:
            missing.append((token, wanted - seen))
    assert missing == []


@pytest.mark.long
@pytest.mark.engine
def test_the_life_cycle_of_all_samples(make_stack: MakeStack, cloud: LocalCloud) -> None:
    stack = make_stack(support.program(SAMPLES, "first"))
    stack.up()
    assert set(stack.changes.values()) == {"create"}
    assert unseen(cloud, stack, "first") == []

    stack.refresh()
    assert stack.changes == {}

    before = known(stack)
    stack.program = support.program(SAMPLES, "then")
    stack.up()
    assert unexpected_operations(stack, {n: s.becomes for n, s in SAMPLES.items()}) == {}
    assert unseen(cloud, stack, "then") == []
    assert unrecorded(cloud, stack) == []
    assert left_behind(cloud, stack, before) == []

    stack.up()
    assert stack.changes == {}

    there = known(stack)
    drifts = {n: s.drift for n, s in SAMPLES.items() if s.drift}
    for drift in drifts.values():
        drift.make(cloud, there)
    stack.refresh()
    seen = {key.split()[1]: op for key, op in stack.changes.items()}
    assert seen.keys() == drifts.keys()

    stack.program = support.program(SAMPLES, "instead")
    stack.up()
    recreated = {n: {"delete": "create"}.get(op, op) for n, op in seen.items()}
    replaced = {n: "replace" for n, s in SAMPLES.items() if s.instead and seen.get(n) != "delete"}
    assert unexpected_operations(stack, recreated | replaced) == {}
    assert unseen(cloud, stack, "instead") == []

    last, records = known(stack), cloud.recorded()
    stack.program = support.program(
        {n: s for n, s in SAMPLES.items() if n in REFERRED_TO}, "instead"
    )
    stack.up()
    assert still_there(cloud, last, records, SAMPLES.keys() - REFERRED_TO) == []

    stack.destroy()
    assert still_there(cloud, last, records, REFERRED_TO) == []
    assert cloud.recorded() == {}


def known(stack: Stack) -> Known:
    """The properties of every sample, from the state."""
    return {
        r["urn"].split("::")[3]: {**r.get("outputs", {}), "id": r["id"]}
        for r in stack.resources()
        if r.get("custom") and not r["type"].startswith("pulumi:")
    }


def unseen(cloud: LocalCloud, stack: Stack, phase: Phase) -> list[str]:
    """Inputs that plain boto3 does not show."""
    there, missing = known(stack), []
    for name, sample in SAMPLES.items():
        for look in sample.look:
            answer, expected = look.answer(cloud, there), resolved(look.expected(phase), there)
            if not holds(answer, expected):
                missing.append(f"{name}: {look.call}: {expected} is not in {answer}")
    return missing


def unexpected_operations(stack: Stack, wanted: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Samples with other operations than the real provider's."""
    done = {key.split()[1]: op for key, op in stack.changes.items()}
    kinds = {n: "replace" if op in REPLACEMENT else op for n, op in done.items()}
    return {
        n: (kinds.get(n, "nothing"), kind)
        for n, kind in wanted.items()
        if kinds.get(n, "nothing") != kind
    }


def unrecorded(cloud: LocalCloud, stack: Stack) -> list[str]:
    """Calls that moto lacks and that were not recorded."""
    there, records = known(stack), cloud.recorded()
    missing = []
    for name, sample in SAMPLES.items():
        found = records.get(f"{sample.token} {there[name]['id']}")
        if sample.recorded and not holds(found, resolved(sample.recorded, there)):
            missing.append(f"{name}: {found}")
    return missing


def left_behind(cloud: LocalCloud, stack: Stack, before: Known) -> list[str]:
    """Replaced samples whose old resource still exists."""
    now = known(stack)
    return [
        name
        for name, sample in SAMPLES.items()
        if now[name]["id"] != before[name]["id"]
        for look in sample.look[:1]
        if f"<{name}." in json.dumps(look.parameters)
        and not look.shows_nothing(cloud, {**now, name: before[name]})
    ]


def still_there(
    cloud: LocalCloud, last: Known, records: Mapping[str, Any], names: set[str]
) -> list[str]:
    """Samples that plain boto3 or the record still shows."""
    now = cloud.recorded()
    return [
        name
        for name in sorted(names)
        for sample in [SAMPLES[name]]
        for key in [f"{sample.token} {last[name]['id']}"]
        if not all(look.shows_nothing(cloud, last) for look in sample.look[:1])
        or key in now
        or (not sample.look and key not in records)
    ]
