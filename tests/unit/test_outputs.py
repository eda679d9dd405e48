"""Values that contain outputs at any depth."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from jenkins_platform.outputs import concat, json_text, when_known


def resolved(make: Any) -> Any:
    """The value of the output that a function makes."""
    found: list[Any] = []

    @pulumi.runtime.test  # type: ignore[attr-defined,untyped-decorator]
    def run() -> pulumi.Output[None]:
        return make().apply(found.append)  # type: ignore[no-any-return]

    run()
    return found[0]


OUT = pulumi.Output.from_input


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (OUT("a"), "a"),
        ({"a": OUT("b"), "c": "d"}, {"a": "b", "c": "d"}),
        (["a", OUT("b"), ("c", OUT("d"))], ["a", "b", ["c", "d"]]),
        ({"a": [{"b": OUT(1)}, OUT(2)], "c": OUT(3)}, {"a": [{"b": 1}, 2], "c": 3}),
        (None, None),
        ("text", "text"),
    ],
)
def test_outputs_are_replaced_by_their_values_in_order(value: Any, known: Any) -> None:
    assert resolved(lambda: when_known(value, lambda found: found)) == known


def test_json_and_text_contain_the_values() -> None:
    assert resolved(lambda: json_text({"a": [OUT("é"), 1, None, True]})) == (
        '{"a": ["\\u00e9", 1, null, true]}'
    )
    assert resolved(lambda: concat("arn:", OUT("b"), ":", OUT("c"))) == "arn:b:c"
