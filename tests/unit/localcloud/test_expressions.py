"""The expressions of the table."""

from __future__ import annotations

from typing import Any

import pytest
from localcloud.providers.expressions import build, consumed, evaluate, shape_consumed
from pulumi.runtime.rpc import UNKNOWN


@pytest.mark.parametrize(
    ("shape", "scope", "request_"),
    [
        ({"A": "a"}, {"a": 1}, {"A": 1}),
        ({"A": "a", "B": "b"}, {"a": 1}, {"A": 1}),
        ({"A": {"B": "b"}}, {}, None),
        ({"A": {"B": "b"}, "C": "c"}, {"c": 0}, {"C": 0}),
        ({"A": {}}, {}, {"A": {}}),
        ({"A": ["a", "b"]}, {"b": 2}, {"A": [2]}),
        ({"A": "list[].{B: b, C: c}"}, {"list": [{"b": 1}, {"c": 2}]}, {"A": [{"B": 1}, {"C": 2}]}),
        ({"A": "'text'"}, {}, {"A": "text"}),
        ({"A": "flag"}, {"flag": False}, {"A": False}),
        ({"A": "empty"}, {"empty": []}, {"A": []}),
    ],
)
def test_a_request_omits_missing_values(shape: Any, scope: dict[str, Any], request_: Any) -> None:
    assert build(shape, scope) == request_


@pytest.mark.parametrize(
    ("expression", "paths"),
    [
        ("a", {("a",)}),
        ("a.b", {("a", "b")}),
        ("a[].{X: b, Y: c.d}", {("a", "b"), ("a", "c", "d")}),
        ("a[0].b", {("a", "b")}),
        ("a[?b == 'x'].c", {("a", "b"), ("a", "c")}),
        ("a && {X: a.b}", {("a", "b")}),
        ("a && 'x' || b", {("a",), ("b",)}),
        ("to_pairs(tags, 'Key', 'Value')", {("tags",)}),
        ("a.b.c.d", {("a", "b", "c", "d")}),
        ("a.b[].c.{X: d.e.f}", {("a", "b", "c", "d", "e", "f")}),
        ("map(&b, a)", {("a", "b")}),
        ("sort_by(a, &b)[].c", {("a", "c")}),
        ("a[1:].b | [0]", {("a", "b")}),
        ("'text'", set()),
        ("`1`", set()),
        ("_old.a", {("_old", "a")}),
        ("!a", {("a",)}),
        ("@.{X: a}", {("a",)}),
    ],
)
def test_properties_used_by_an_expression(expression: str, paths: set[tuple[str, ...]]) -> None:
    assert consumed(expression) == paths


def test_properties_used_by_a_request() -> None:
    shape = {"A": "a.b", "B": [{"C": "c"}], "D": "'fixed'"}
    assert set(shape_consumed(shape)) == {("a", "b"), ("c",)}


@pytest.mark.parametrize(
    ("expression", "scope", "value"),
    [
        ("to_pairs(t, 'Key', 'Value')", {"t": {"b": "2", "a": "1"}}, ["a1", "b2"]),
        ("from_pairs(p, 'Key', 'Value')", {"p": [{"Key": "a", "Value": "1"}]}, {"a": "1"}),
        ("from_pairs(p, 'Key', 'Value')", {}, None),
        ("from_json(t)", {"t": '{"a": 1}'}, {"a": 1}),
        ("from_json(t)", {"t": UNKNOWN}, None),
        ("to_json(t)", {"t": {"b": 1, "a": 2}}, '{"a": 2, "b": 1}'),
        ("split(t, '/')", {"t": "a/b"}, ["a", "b"]),
        ("without(a, b)", {"a": [1, 2, 3], "b": [2]}, [1, 3]),
        ("without(a, b)", {"a": [1]}, [1]),
        ("without(a, b)", {"b": [1]}, None),
        ("where(a, 'k', v)", {"a": [{"k": 1}, {"k": 2}], "v": 2}, [{"k": 2}]),
        ("or_empty(a)", {}, []),
        ("or_reset(a, _old.a, `5`)", {"a": 0, "_old": {"a": 1}}, 0),
        ("or_reset(a, _old.a, `5`)", {"_old": {"a": 1}}, 5),
        ("or_reset(a, _old.a, `5`)", {}, None),
        ("text(a)", {"a": True}, "true"),
        ("text(a)", {"a": 3}, "3"),
        ("text(a)", {"a": "as it is"}, "as it is"),
        ("from_base64(a)", {"a": "YWI="}, b"ab"),
        ("text_of_base64(a)", {"a": "YWI="}, "ab"),
        ("to_query(a)", {"a": {"b": "c d"}}, "b=c+d"),
        ("keyed(a, 'k')", {"a": [{"k": "x", "v": 1}]}, {"x": {"v": 1}}),
        ("from_keyed(a, 'k')", {"a": {"x": {"v": 1}}}, [{"k": "x", "v": 1}]),
        ("tag_filters(a)", {"a": {"b": "c"}}, [{"Name": "tag:b", "Values": ["c"]}]),
        ("tag_filters(a)", {}, []),
        ("budget_time(a)", {"a": "2026-01-31_00:00"}, "2026-01-31T00:00:00Z"),
        ("dns_name(n, z)", {"n": "ci", "z": "example.com."}, "ci.example.com"),
        ("dns_name(n, z)", {"n": "CI.example.com.", "z": "example.com."}, "ci.example.com"),
        ("dns_name(n, z)", {"n": "", "z": "example.com."}, "example.com"),
        (
            "dns_name(n, z)",
            {"n": "notexample.com", "z": "example.com"},
            "notexample.com.example.com",
        ),
        ("dns_records(r, 'TXT')", {"r": ["v=1"]}, [{"Value": '"v=1"'}]),
        ("dns_records(r, 'A')", {"r": ["192.0.2.1"]}, [{"Value": "192.0.2.1"}]),
        ("from_dns_records(r, 'TXT')", {"r": [{"Value": '"v=1"'}]}, ["v=1"]),
        ("without_end(a, '.')", {"a": "example.com."}, "example.com"),
    ],
)
def test_the_functions_of_the_table(expression: str, scope: dict[str, Any], value: Any) -> None:
    answer = evaluate(expression, scope)
    if expression.startswith("to_pairs"):
        answer = [pair["Key"] + pair["Value"] for pair in answer]
    assert answer == value


def test_attributes_omit_missing_values_and_keep_types() -> None:
    pairs = evaluate("attributes({a: a, b: b, c: c})", {"a": True, "c": "x"})
    assert pairs == [{"Key": "a", "Value": "true"}, {"Key": "c", "Value": "x"}]
    assert evaluate("from_attributes(@)", pairs) == {"a": True, "c": "x"}
    assert evaluate("from_attributes(a)", {}) == {}


def test_keys_are_capitalized_and_restored_at_any_depth() -> None:
    names = {
        "ip": "IP",
        "targets.arn": "TargetArn",
        "extra": "=Extra",
        "cloudwatchEnabled": "CloudWatchEnabled",
    }
    ours = {
        "arn": "1",
        "targets": [{"arn": "2", "ip": {}}],
        "extra": {"anyKey": {"kept": 1}},
        "cloudwatchEnabled": True,
    }
    aws = {
        "Arn": "1",
        "Targets": [{"TargetArn": "2", "IP": {}}],
        "Extra": {"anyKey": {"kept": 1}},
        "CloudWatchEnabled": True,
    }
    scope = {"ours": ours, "aws": aws, "names": names}
    assert evaluate("capitalized(ours, names)", scope) == aws
    assert evaluate("uncapitalized(aws, names)", scope) == ours
