"""Which differences are changes, and what a refresh reports."""

from __future__ import annotations

from typing import Any

import pytest
from localcloud.providers.differences import DEFAULTS, changes, keep_shape, part, plain, top
from pulumi.runtime.rpc import _special_archive_sig, _special_sig_key


def found(olds: dict[str, Any], news: dict[str, Any], **rules: Any) -> list[tuple[str, str]]:
    return [(c.path, c.kind) for c in changes(olds, news, **rules)]


def test_additions_removals_and_changes_are_distinguished() -> None:
    olds = {"same": 1, "gone": 1, "other": 1, "deep": {"a": {"b": 1}, "c": 1}}
    news = {"same": 1, "new": 1, "other": 2, "deep": {"a": {"b": 2}, "c": 1}}
    assert found(olds, news) == [
        ("deep.a.b", "update"),
        ("gone", "delete"),
        ("new", "add"),
        ("other", "update"),
    ]


def test_lists_of_equal_length_are_compared_item_by_item() -> None:
    assert found({"a": [{"x": 1}, {"x": 2}]}, {"a": [{"x": 1}, {"x": 3}]}) == [("a[1].x", "update")]
    assert found({"a": [1]}, {"a": [1, 2]}) == [("a", "update")]


def test_the_order_of_a_set_is_ignored() -> None:
    olds, news = {"a": [1, 2], "b": [{"c": [1, 2]}]}, {"a": [2, 1], "b": [{"c": [2, 1]}]}
    assert found(olds, news, sets=["a", "b.c"]) == []
    assert [path for path, _ in found(olds, news, sets=["a"])] == ["b[0].c[0]", "b[0].c[1]"]


def test_json_is_compared_by_value() -> None:
    olds, news = {"a": '{"x": 1, "y": 2}'}, {"a": '{"y":2,"x":1}'}
    assert found(olds, news, json_text=["a"]) == []
    assert found(olds, {"a": '{"y":3,"x":1}'}, json_text=["a"]) == [("a", "update")]
    assert found({"a": "no json"}, {"a": "none"}, json_text=["a"]) == [("a", "update")]
    assert found({}, news, json_text=["a"]) == [("a", "add")]


def test_archives_are_compared_by_their_hash() -> None:
    archive = {_special_sig_key: _special_archive_sig, "hash": "1", "path": "here"}
    assert found({"a": archive}, {"a": archive | {"path": "there"}}) == []
    assert found({"a": archive}, {"a": archive | {"hash": "2"}}) == [("a", "update")]


def test_the_record_of_automatic_names_is_not_a_change() -> None:
    assert found({DEFAULTS: ["name"]}, {DEFAULTS: []}) == []


def test_paths_are_parsed() -> None:
    assert plain("a[0].b[12].c") == "a.b.c"
    assert (top("a[0].b"), top("a.b"), top("a")) == ("a", "a", "a")
    assert part({"a": [{"b": 1}, {"b": 2}]}, "a.b") == [1, 2]
    assert part({"a": {"b": 1}}, "a.c") is None
    assert part({}, "a.b.c") is None


@pytest.mark.parametrize(
    ("actual", "asked", "reported"),
    [
        ({"a": 1, "default": 2}, {"a": 1}, {"a": 1}),
        ({"a": 3}, {"a": 1}, {"a": 3}),
        ({}, {"a": 1}, {"a": None}),
        ([{"a": 1, "default": 2}], [{"a": 1}], [{"a": 1}]),
        ([{"a": 1}], [{"a": 1}, {"a": 2}], [{"a": 1}]),
        ('{"a": 1}', '{"a":1}', '{"a":1}'),
        ('{"a": 2}', '{"a":1}', '{"a": 2}'),
        ("gone", None, "gone"),
        (None, 1, None),
    ],
)
def test_a_refresh_reports_the_inputs(actual: Any, asked: Any, reported: Any) -> None:
    assert keep_shape(actual, asked) == reported


def test_a_refresh_keeps_the_order_of_sets() -> None:
    actual = [{"id": 2, "default": 0}, {"id": 1, "default": 0}, {"id": 3}]
    assert keep_shape(actual, [{"id": 1}, {"id": 2}, {"id": 3}], path="a", sets=["a"]) == [
        {"id": 1},
        {"id": 2},
        {"id": 3},
    ]
    assert keep_shape(["b", "a"], ["a", "b"]) == ["b", "a"]
    assert keep_shape(["c", "a"], ["a", "b"], path="a", sets=["a"]) == ["a", "c"]


def test_a_refresh_reports_every_key_of_a_map() -> None:
    assert keep_shape({"a": 1, "b": 2}, {"a": 1}, path="tags", maps=["tags"]) == {"a": 1, "b": 2}


def test_a_refresh_keeps_write_only_properties_only_where_they_are_missing() -> None:
    rules: dict[str, Any] = {"path": "a", "forgets": ["a.secret"]}
    assert keep_shape({"x": 1}, {"x": 1, "secret": 2}, **rules) == {"x": 1, "secret": 2}
    assert keep_shape({"x": 1, "secret": 3}, {"x": 1, "secret": 2}, **rules) == {
        "x": 1,
        "secret": 3,
    }
