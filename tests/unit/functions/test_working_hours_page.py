"""Working hours: when the rule of the wake page is changed, and to what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.aws.answered import AnsweredCalls
from harness.aws.answered_platform import FAMILIES, HIDDEN, SHOWN, TURN, Platform

Pages = dict[str, list[str]]


def asleep(platform: Platform) -> None:
    platform.count, platform.health = 0, []


def waking(platform: Platform) -> None:
    platform.health = ["initial"]


def awake(platform: Platform) -> None:
    platform.health = ["healthy"]


def falling_asleep(platform: Platform) -> None:
    platform.parameter = '{"wanted": "asleep", "since": 1800000000, "done": false}'
    platform.agents = {"a": f"{FAMILIES}linux"}


@pytest.mark.parametrize(
    ("state", "found", "shown"),
    [
        (asleep, HIDDEN, SHOWN),
        (asleep, SHOWN, SHOWN),
        (waking, SHOWN, SHOWN),
        (waking, HIDDEN, HIDDEN),
        (awake, SHOWN, HIDDEN),
        (awake, HIDDEN, HIDDEN),
        (falling_asleep, HIDDEN, HIDDEN),
        (falling_asleep, SHOWN, HIDDEN),
    ],
)
def test_the_page_is_shown_from_falling_asleep_until_jenkins_answers_again(
    platform: Platform, state: Callable[[Platform], None], found: str, shown: str
) -> None:
    """And never for a controller that is awake and does not respond."""
    state(platform)
    platform.conditions = {"path-pattern": [found]}
    assert platform.act("settle")["state"] == state.__name__.replace("_", " ")
    assert platform.conditions == {"path-pattern": [shown]}
    assert platform.changes() == ([] if found == shown else [TURN])


def test_the_page_of_a_whole_night(platform: Platform) -> None:
    platform.agents = {"a": f"{FAMILIES}linux"}
    platform.act("end")
    assert platform.conditions == {"path-pattern": [HIDDEN]}, "not while the agents are draining"
    platform.act("settle", minutes=60)
    assert platform.conditions == {"path-pattern": [SHOWN]}
    platform.health = ["initial"]
    platform.act("start", minutes=600)
    assert platform.conditions == {"path-pattern": [SHOWN]}, "not before Jenkins is healthy"
    platform.health = ["healthy"]
    platform.act("settle", minutes=2)
    assert platform.conditions == {"path-pattern": [HIDDEN]}


@pytest.mark.parametrize(
    ("path_prefix", "state", "pages"),
    [
        ("/jenkins", awake, ["/jenkins/jenkins-platform/asleep"]),
        ("/jenkins", asleep, ["/jenkins", "/jenkins/*"]),
        ("/tools/ci", asleep, ["/tools/ci", "/tools/ci/*"]),
        ("", asleep, ["/*"]),
    ],
)
@pytest.mark.parametrize("found", [["/old", "/old/*"], ["/old/jenkins-platform/asleep"]])
def test_the_page_follows_the_path_of_jenkins(
    platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
    path_prefix: str,
    state: Callable[[Platform], None],
    pages: list[str],
    found: list[str],
) -> None:
    monkeypatch.setenv("PATH_PREFIX", path_prefix)
    state(platform)
    platform.conditions = {"path-pattern": found}
    platform.act("settle")
    assert platform.conditions == {"path-pattern": pages}
    platform.act("settle")
    assert platform.changes() == [TURN], "once"


@pytest.mark.parametrize(
    ("found", "pages"),
    [
        (["/old", "/old/*"], ["/new", "/new/*"]),
        (["/*"], ["/new", "/new/*"]),
        (["/old/jenkins-platform/asleep"], ["/new/jenkins-platform/asleep"]),
    ],
)
def test_while_jenkins_wakes_the_page_stays_as_it_is_below_another_path(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, found: list[str], pages: list[str]
) -> None:
    monkeypatch.setenv("PATH_PREFIX", "/new")
    waking(platform)
    platform.conditions = {"path-pattern": found}
    platform.act("settle")
    assert platform.conditions == {"path-pattern": pages}


@pytest.mark.parametrize(
    ("host", "found", "conditions"),
    [
        (
            "ci.example.com",
            {"path-pattern": [SHOWN]},
            {"path-pattern": [SHOWN], "host-header": ["ci.example.com"]},
        ),
        (
            "ci.example.com",
            {"path-pattern": [SHOWN], "host-header": ["jenkins.example.com"]},
            {"path-pattern": [SHOWN], "host-header": ["ci.example.com"]},
        ),
        (
            "",
            {"path-pattern": [SHOWN], "host-header": ["a.example.com"]},
            {"path-pattern": [SHOWN]},
        ),
    ],
)
def test_the_page_is_for_one_host_name_if_others_use_the_load_balancer(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, host: str, found: Pages, conditions: Pages
) -> None:
    monkeypatch.setenv("HOST_NAME", host)
    asleep(platform)
    platform.conditions = found
    platform.act("settle")
    assert platform.conditions == conditions
    platform.act("settle")
    assert platform.changes() == [TURN]


@pytest.mark.parametrize("rule", ["", None])
def test_without_a_wake_page_no_rule_is_read_or_changed(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, rule: str | None
) -> None:
    monkeypatch.setenv("PAGE_RULE", rule or "")
    if rule is None:
        monkeypatch.delenv("PAGE_RULE")
    asleep(platform)
    assert platform.act("settle") == {"state": "asleep", "because": ""}
    assert platform.aws.requests("elbv2:DescribeRules") == []
    assert platform.changes() == []


@pytest.mark.parametrize(
    "condition",
    [
        {"PathPatternConfig": {"Values": ["/a", "/a/*"]}},
        {"PathPatternConfig": {"Values": ["/a", "/a/*"]}, "Values": ["/a"]},
        {"Values": ["/a", "/a/*"]},
    ],
)
def test_a_condition_may_have_its_values_in_a_configuration_or_beside_it(
    platform: Platform,
    aws: AnsweredCalls,
    monkeypatch: pytest.MonkeyPatch,
    condition: dict[str, Any],
) -> None:
    monkeypatch.setenv("PATH_PREFIX", "/a")
    asleep(platform)
    rule = {"Conditions": [{"Field": "path-pattern", **condition}]}
    aws.answer("elbv2:DescribeRules", {"Rules": [rule]})
    platform.act("settle")
    assert platform.changes() == [], "the page is shown already"
