"""Every wrong value of every input has one clear message, with values as they are in YAML."""

from __future__ import annotations

import datetime
from enum import Enum
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.settings.load_balancer import AccessLogsSettings
from jenkins_platform.settings.validation.problems import hidden, shown

from harness.inputs.models import paths

from .test_properties import at
from .test_wrong_inputs import PYTHON

INPUTS = [path for path in paths() if path != "name"]


class _Odd(Enum):
    ODD = "odd"


WRONG_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "number": st.sampled_from([-1, 0, 7, 2.5, 10**30, 1e300, float("nan"), float("inf")]),
    "text": st.sampled_from(["", " ", "7", "true", "no", "it's: a\ntext", "\x00", "ü" * 5000]),
    "boolean": st.booleans(),
    "list": st.sampled_from([[], [None], [[]], [True], ["a", 1], [{"a": None}], ("a",), {"a"}]),
    "mapping": st.sampled_from([{}, {"a": None}, {"": True}, {"a": {"b": [None, False]}}, {1: 2}]),
    "date": st.sampled_from([datetime.date(2026, 2, 3), datetime.datetime(2026, 2, 3, 4, 5)]),
    "of Python": st.sampled_from([_Odd.ODD, object(), b"a", str, 1j]),
}


def refusal(args: Any) -> list[str]:
    try:
        Settings.from_args("jenkins", args)
    except SettingsError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize("kind", WRONG_VALUES)
@given(data=st.data(), path=st.sampled_from(INPUTS))
def test_a_wrong_value_of_any_input_has_one_message_without_python(
    kind: str, data: st.DataObject, path: str
) -> None:
    found = refusal(at(path, data.draw(WRONG_VALUES[kind])))
    assert [text for text in found if PYTHON.search(text) or "\n" in text] == []
    keys = [text.partition(": ")[0] for text in found]
    assert len(set(keys)) == len(keys), found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (7, "7"),
        (float("nan"), ".nan"),
        ("", "''"),
        ("it's", "'it''s'"),
        ("two\nlines", '"two\\nlines"'),
        ("7", "'7'"),
        (datetime.date(2026, 2, 3), "2026-02-03"),
        (["a", "7", None, False], "[a, '7', null, false]"),
        (("a",), "[a]"),
        ({"a": {"b": True}, 1: None}, "{a: {b: true}, '1': null}"),
        (_Odd.ODD, "'odd'"),
        ([pulumi.Output.from_input("a")], "[an output]"),
        (object(), "…"),
        ({"api_token": "abc", "a": [b"x"]}, "{api_token: a value that is not shown, a: […]}"),
        ("x" * 200, "'" + "x" * 79 + "…"),
        (AccessLogsSettings(enabled=True, prefix="a"), "{enabled: true, prefix: a}"),
    ],
)
def test_values_are_shown_as_in_yaml(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_value_that_contains_itself_is_cut_off() -> None:
    value: list[object] = []
    value.append(value)
    assert shown(value) == "[[[[[…]]]]]"


@pytest.mark.parametrize("value", ["hunter2", {"a": "hunter2"}, ["hunter2"], 7])
def test_what_may_be_a_secret_is_not_shown(value: object) -> None:
    assert shown(hidden(value)) == "a value that is not shown"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("load_balancer.idle_timeout_seconds", "100", None),
        ("load_balancer.idle_timeout_seconds", "1e3", "must be an integer"),
        ("load_balancer.idle_timeout_seconds", "1_00", "must be an integer"),
        ("load_balancer.idle_timeout_seconds", "0100", "must be an integer"),
        ("budget.monthly_usd", "0500", "must be a number"),
        ("load_balancer.idle_timeout_seconds", "100.5", "must be an integer"),
        ("load_balancer.idle_timeout_seconds", "٣٠٠", "must be an integer"),
        ("load_balancer.idle_timeout_seconds", 100.0, None),
        ("controller.heap_percentage", "50.5", None),
        ("controller.enable_execute_command", "true", None),
        ("controller.enable_execute_command", "yes", "must be true or false"),
        ("controller.enable_execute_command", 1, "must be true or false"),
        ("budget.threshold_percents[]", "80", None),
        ("budget.threshold_percents[]", True, "must be a number, not true or false"),
        ("agent_cloud.warm.agents.linux", "2", None),
        ("agent_cloud.warm.agents.linux", True, "must be a number, not true or false"),
        ("usage_estimate.build_hours.linux", "2.5", None),
    ],
)
def test_only_plain_text_is_a_number_or_a_boolean(
    path: str, value: Any, message: str | None
) -> None:
    key = path.replace("[]", "[0]")
    found = [text for text in refusal(at(path, value)) if text.startswith(f"{key}: ")]
    assert len(found) == (1 if message else 0)
    assert all(text.startswith(f"{key}: {shown(value)}: {message}.") for text in found)


def test_inputs_of_an_existing_load_balancer_show_what_was_given() -> None:
    arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/{}/a/0a1b/2c3d"
    load_balancer = {
        "existing": {"listener_arn": arn.format("app"), "priority": 100},
        "access_logs": {"enabled": True},
        "web_acl": {"rate_limit": 1000},
        "allowed_cidrs": ["10.0.0.0/8"],
        "scheme": "internet-facing",
    }
    found = "\n".join(refusal({"load_balancer": load_balancer}))
    for text in (
        "access_logs: {enabled: true}: is only valid with a load balancer that is created",
        "web_acl: {rate_limit: 1000}: is only valid with",
        "allowed_cidrs: [10.0.0.0/8]: is only valid with",
        "scheme: 'internet-facing': is only valid with",
    ):
        assert f"load_balancer.{text}" in found
    load_balancer["existing"] = {"listener_arn": arn.format("net"), "priority": 100}
    assert (
        "must be an ARN like arn:aws:elasticloadbalancing:<region>:<account>:listener/app/"
        "<load balancer>/<id>/<id>. Valid: the ARN of an HTTPS listener of an Application Load "
        "Balancer"
    ) in "\n".join(refusal({"load_balancer": load_balancer}))
