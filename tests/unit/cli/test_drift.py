"""Which changes are drift."""

from __future__ import annotations

import pytest
from jenkins_platform_cli.engine.drift import drifted, ignored_properties


@pytest.mark.parametrize(
    ("changed", "ignored", "inputs", "expected"),
    [
        (["desiredCount"], ["desiredCount"], {"desiredCount"}, []),
        (["desiredCount"], [], {"desiredCount"}, ["desiredCount"]),
        (["desiredCount", "tags.a"], ["desiredCount"], {"desiredCount", "tags"}, ["tags.a"]),
        # AWS counts the versions of a parameter.
        (["value", "version"], ["value"], {"value"}, []),
        (["version"], ["value"], {"value"}, ["version"]),
        (["conditions[0].values"], ["conditions"], {"conditions"}, []),
        # Another property whose name starts in the same way.
        (["valueWo"], ["value"], {"value", "valueWo"}, ["valueWo"]),
    ],
)
def test_ignored_changes_are_not_drift(
    changed: list[str], ignored: list[str], inputs: set[str], expected: list[str]
) -> None:
    assert drifted(changed, ignored, inputs) == expected


def test_ignored_properties_come_from_the_state() -> None:
    state = [{"urn": "a", "ignoreChanges": ["value"]}, {"urn": "b"}]
    assert ignored_properties(state) == {"a": ["value"]}
