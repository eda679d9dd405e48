"""An incomplete row does not load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from localcloud.providers import table
from localcloud.providers.protocol import ProviderError
from localcloud.providers.table import Row, Table
from pulumi.runtime.rpc import UNKNOWN, _special_archive_sig, _special_sig_key

TOKEN = "aws:s:Thing"


def row(**changes: Any) -> dict[str, Any]:
    """A row without gaps."""
    whole: dict[str, Any] = {
        "client": "sqs",
        "create": [{"call": "create_queue", "send": {"QueueName": "name", "Attributes": "deep.a"}}],
        "id": "name",
        "read": [{"call": "get_queue_url", "send": {"QueueName": "_id"}}],
        "found": "_res.get_queue_url",
        "inputs": {"name": "_id", "deep": "{a: A}"},
        "update": [{"call": "set_queue_attributes", "changed": ["deep"], "send": {"X": "deep.a"}}],
        "replace": ["name"],
    }
    return {k: v for k, v in (whole | changes).items() if v is not None}


def test_a_row_without_gaps_loads() -> None:
    assert Row(**row()).properties == {"name", "deep"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"replace": []}, r"nothing is said of a change of \['name'\]"),
        ({"update": []}, r"nothing is said of a change of \['deep'\]"),
        ({"inputs": {"name": "_id"}}, r"nothing is said of what a refresh makes of \['deep'\]"),
        ({"found": ""}, "'found' is missing"),
        ({"sets": ["colour"]}, r"\['colour'\] are spoken of, but never sent"),
        ({"forgets": {"colour": "why"}}, r"\['colour'\] are spoken of"),
        ({"replace_when": {"colour": "x"}}, r"\['colour'\] are spoken of"),
        ({"autoname": {"property": "colour"}}, r"\['colour'\] are spoken of"),
        ({"colour": 1}, "Extra inputs are not permitted"),
        ({"client": None}, "Field required"),
    ],
)
def test_a_row_with_a_gap_does_not_load(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Row(**row(**changes))


def test_a_reason_or_a_derived_value_closes_a_gap() -> None:
    Row(**row(inputs={"name": "_id"}, forgets={"deep": "AWS does not show it"}))
    Row(**row(update=[], left_out={"deep": "not needed"}))
    Row(**row(found="", read=[], recorded_only="the emulator lacks it"))
    Row(**row(replace=["name", "deep.a"], update=[]))


def test_a_taggable_row_needs_a_service_with_tagging_calls() -> None:
    resources = {TOKEN: Row(**row(tagging="_id"))}
    with pytest.raises(ValueError, match=r"services.yaml does not say how \['sqs'\] tag"):
        Table(resources=resources, functions={}, tagging={})
    resources = {TOKEN: Row(**row(tagging="_id", tagged_as="others"))}
    with pytest.raises(ValueError, match=r"how \['others'\] tag"):
        Table(resources=resources, functions={}, tagging={})


def test_a_type_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump({TOKEN: row()}))
    with pytest.raises(ValueError, match=r"b.yaml: \['aws:s:Thing'\] stand in another file too"):
        table.load(tmp_path)


def test_keys_with_a_dot_hold_only_shared_definitions(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(yaml.safe_dump({TOKEN: row(), ".shared": {"any": "thing"}}))
    (tmp_path / "functions.yaml").write_text("")
    (tmp_path / "services.yaml").write_text("")
    assert table.load(tmp_path).resources.keys() == {TOKEN}


def test_unknown_types_and_functions_are_refused_by_name() -> None:
    whole = table.load()
    with pytest.raises(ProviderError, match="no row for the resource type 'aws:x:Y'"):
        whole.row("aws:x:Y")
    with pytest.raises(ProviderError, match="no row for the function 'aws:x:getY'"):
        whole.function("aws:x:getY")


def test_properties_that_are_not_sent_are_found_at_any_depth() -> None:
    thing = Row(**row(left_out={"quiet": "not needed"}, tagging="_id"))
    known = {"name": "x", "deep": {"a": {"anything": 1}}, "quiet": {"x": 1}, "tags": {"any": "x"}}
    assert thing.not_sent(known) == []
    assert thing.not_sent({"colour": 1, "deep": {"a": 1, "b": 2}}) == ["colour", "deep.b"]
    assert thing.not_sent({"deep": [{"a": 1}, {"b": 1}]}) == ["deep.b"]


@pytest.mark.parametrize("value", [{}, [], UNKNOWN])
def test_empty_and_unknown_values_are_accepted_for_an_object(value: Any) -> None:
    thing = Row(**row())
    assert thing.not_sent({"deep": value}) == []
    assert thing.not_sent({"colour": value}) == ["colour"]


def test_an_archive_is_a_single_value() -> None:
    archive = {_special_sig_key: _special_archive_sig, "path": "x", "hash": "y"}
    assert Row(**row()).not_sent({"name": archive}) == []


def test_a_property_in_a_condition_of_a_call_counts_as_used() -> None:
    step = {"call": "delete_queue", "when": "really", "send": {"QueueUrl": "_id"}}
    thing = Row(**row(delete=[step]))
    assert thing.not_sent({"really": True}) == []
    part = {"call": "delete_queue", "when": "deep", "send": {"QueueUrl": "deep.a"}}
    assert Row(**row(delete=[part])).not_sent({"deep": {"b": 1}}) == ["deep.b"]


def test_unused_arguments_of_a_function_are_reported() -> None:
    zone = table.load().function("aws:route53/getZone:getZone")
    assert zone.not_used({"zoneId": "Z", "name": "x", "colour": 1, "region": "x"}) == ["colour"]
