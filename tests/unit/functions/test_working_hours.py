"""Working hours: when the controller sleeps and wakes, and what is changed for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError
from jenkins_platform.functions import working_hours

from harness.aws.answered import AnsweredCalls, Request, ServiceError
from harness.aws.answered_platform import FAMILIES, HIDDEN, SAVE, SCALE, SHOWN, STOP, TURN, Platform

NOW, MINUTE, DAY = 1_800_000_000, 60, 86_400
DONE = {"rolloutState": "COMPLETED"}


@pytest.mark.parametrize("action", ["end", "sleep"])
def test_the_controller_sleeps_at_the_end_of_working_hours_or_on_demand(
    platform: Platform, action: str
) -> None:
    platform.clock.now += 0.9
    assert platform.act(action) == {"state": "asleep", "because": ""}
    assert (platform.count, platform.conditions) == (0, {"path-pattern": [SHOWN]})
    assert platform.changes() == [SAVE, SCALE, SAVE, TURN]
    assert platform.saved == {"wanted": "asleep", "since": NOW, "done": True}


@pytest.mark.parametrize("action", ["start", "wake"])
def test_the_controller_wakes_at_the_start_of_working_hours_or_on_demand(
    platform: Platform, action: str
) -> None:
    platform.act("sleep")
    platform.aws.made.clear()
    platform.health = []
    assert platform.act(action, minutes=10) == {"state": "waking", "because": ""}
    assert platform.count == 1
    assert platform.changes() == [SAVE, SCALE, SAVE]
    assert platform.saved == {"wanted": "awake", "since": NOW + 600, "done": True}
    platform.health = ["healthy"]
    assert platform.act("settle", minutes=2) == {"state": "awake", "because": ""}


def test_a_pending_change_is_saved_before_it_is_applied_and_when_it_is(
    platform: Platform, aws: AnsweredCalls
) -> None:
    saved: list[str] = []

    def save(request: Request) -> dict[str, Any]:
        saved.append(request["Value"])
        return platform._put_parameter(request)

    aws.serve(SAVE, save)
    platform.act("end")
    assert [json.loads(value) for value in saved] == [
        {"wanted": "asleep", "since": NOW, "done": False},
        {"wanted": "asleep", "since": NOW, "done": True},
    ]


@pytest.mark.parametrize(
    ("count", "action", "state"),
    [(1, "start", "awake"), (2, "wake", "awake"), (0, "end", "asleep")],
)
def test_a_controller_in_the_desired_state_is_not_scaled(
    platform: Platform, count: int, action: str, state: str
) -> None:
    platform.count = count
    platform.agents = {"a": f"{FAMILIES}linux"}
    assert platform.act(action)["state"] == state
    assert platform.count == count
    assert SCALE not in platform.changes()
    assert STOP not in platform.changes()
    assert platform.saved["done"] is True


def test_sleep_waits_until_the_agents_have_stopped(platform: Platform) -> None:
    platform.agents = dict.fromkeys("ab", f"{FAMILIES}linux") | {"c": "another-platform"}
    pending = {"state": "falling asleep", "because": "2 agents are still running"}
    assert platform.act("end") == pending
    assert platform.act("settle", minutes=30) == pending
    assert platform.saved == {"wanted": "asleep", "since": NOW, "done": False}
    assert platform.changes() == [SAVE]
    del platform.agents["a"], platform.agents["b"]
    assert platform.act("settle", minutes=2) == {"state": "asleep", "because": ""}
    assert platform.agents == {"c": "another-platform"}
    assert STOP not in platform.changes()


@pytest.mark.parametrize(("seconds", "state"), [(3599, "falling asleep"), (3600, "asleep")])
def test_at_the_deadline_agents_are_stopped_and_the_controller_sleeps(
    platform: Platform, seconds: int, state: str
) -> None:
    platform.agents = {"a": f"{FAMILIES}linux", "b": "another-platform"}
    platform.act("end")
    assert platform.act("settle", minutes=seconds / MINUTE)["state"] == state
    assert platform.count == (1 if state == "falling asleep" else 0)
    stops = platform.aws.requests(STOP)
    reason = "The controller of jenkins-platform is asleep"
    assert stops == (
        [{"cluster": "agents", "task": "a", "reason": reason}] if state == "asleep" else []
    )
    assert "b" in platform.agents


def test_the_controller_is_stopped_before_its_agents(platform: Platform) -> None:
    """So that it starts no others."""
    platform.agents = {"a": f"{FAMILIES}linux", "b": f"{FAMILIES}arm"}
    platform.act("end")
    platform.agents["c"] = f"{FAMILIES}linux"
    platform.act("settle", minutes=60)
    assert platform.changes() == [SAVE, SCALE, STOP, STOP, STOP, SAVE, TURN]


def test_an_agent_that_cannot_be_stopped_does_not_keep_the_controller_awake(
    platform: Platform, aws: AnsweredCalls, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.agents = {"a": f"{FAMILIES}linux", "b": f"{FAMILIES}linux"}
    platform.act("end")
    aws.answer(STOP, ServiceError("ClientException", "gone"), ServiceError("Other", "busy"))
    capsys.readouterr()
    assert platform.act("settle", minutes=60)["state"] == "asleep"
    assert platform.saved["done"] is True
    assert capsys.readouterr().out.splitlines()[0] == (
        "a: An error occurred (ClientException) when calling the StopTask operation: gone; "
        "b: An error occurred (Other) when calling the StopTask operation: busy"
    )


def test_the_controller_does_not_sleep_during_a_deployment(platform: Platform) -> None:
    platform.deployments = [{"rolloutState": "IN_PROGRESS"}]
    pending = {"state": "falling asleep", "because": "a deployment is in progress"}
    assert platform.act("end") == pending
    assert platform.act("settle", minutes=100) == pending, "whatever the deadline says"
    assert platform.changes() == [SAVE]
    platform.deployments = [DONE]
    assert platform.act("settle", minutes=2) == {"state": "asleep", "because": ""}


def test_the_controller_wakes_during_a_deployment(platform: Platform) -> None:
    platform.count, platform.deployments = 0, [{"rolloutState": "IN_PROGRESS"}]
    assert platform.act("wake")["state"] == "awake"
    assert platform.count == 1


@pytest.mark.parametrize(
    ("deployments", "deploying"),
    [
        ([DONE], False),
        ([{"rolloutState": "FAILED"}], False),
        ([{}], False),
        ([], False),
        ([{"rolloutState": "IN_PROGRESS"}], True),
        ([DONE, DONE], True),
        ([DONE, {"rolloutState": "IN_PROGRESS"}], True),
    ],
)
def test_two_deployments_or_one_that_rolls_out_are_in_progress(
    deployments: list[dict[str, str]], deploying: bool
) -> None:
    assert working_hours.deploying({"deployments": deployments}) == deploying


def test_a_new_desired_state_replaces_a_pending_one(platform: Platform) -> None:
    platform.agents = {"a": f"{FAMILIES}linux"}
    platform.act("end")
    assert platform.act("wake", minutes=5)["state"] == "awake"
    assert platform.act("settle", minutes=200)["state"] == "awake"
    assert platform.changes() == [SAVE, SAVE, SAVE]
    assert platform.act("end")["state"] == "falling asleep", "the deadline starts again"


def test_a_manual_wake_lasts_until_the_next_end_of_working_hours(platform: Platform) -> None:
    platform.act("end")
    platform.act("wake", minutes=60)
    for _ in range(3):
        assert platform.act("settle", minutes=2)["state"] == "awake"
    assert platform.act("end", minutes=24 * 60)["state"] == "asleep"


@pytest.mark.parametrize(("action", "by_hand"), [("start", 0), ("end", 1)])
def test_manual_scaling_is_respected(platform: Platform, action: str, by_hand: int) -> None:
    platform.act(action)
    platform.aws.made.clear()
    platform.count = by_hand
    for _ in range(3):
        platform.act("settle", minutes=2)
    assert platform.count == by_hand
    assert SCALE not in platform.changes()
    assert SAVE not in platform.changes()


def test_a_refused_scaling_keeps_the_desired_state_pending(
    platform: Platform, aws: AnsweredCalls
) -> None:
    aws.answer(SCALE, ServiceError("ServerException"))
    with pytest.raises(ClientError, match="ServerException"):
        platform.act("end")
    assert platform.saved == {"wanted": "asleep", "since": NOW, "done": False}
    assert platform.conditions == {"path-pattern": [HIDDEN]}
    aws.serve(SCALE, platform._update_service)
    assert platform.act("settle", minutes=2)["state"] == "asleep"


@pytest.mark.parametrize(
    ("at", "holiday"),
    [
        (NOW - 1, False),
        (NOW, True),
        (NOW + DAY - 1, True),
        (NOW + DAY, False),
        (NOW + 3 * DAY, True),
    ],
)
def test_working_hours_do_not_start_on_a_holiday(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, at: int, holiday: bool
) -> None:
    spans = [[NOW, NOW + DAY], [NOW + 2 * DAY, NOW + 4 * DAY]]
    monkeypatch.setenv("HOLIDAYS", json.dumps(spans))
    platform.act("end")
    platform.aws.made.clear()
    platform.clock.now = at
    if holiday:
        assert platform.act("start") == {"state": "asleep", "because": "today is a holiday"}
        assert platform.changes() == []
    else:
        assert platform.act("start") == {"state": "awake", "because": ""}


@pytest.mark.parametrize(("action", "state"), [("wake", "awake"), ("end", "asleep")])
def test_on_a_holiday_other_actions_work(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, action: str, state: str
) -> None:
    monkeypatch.setenv("HOLIDAYS", json.dumps([[NOW, NOW + DAY]]))
    platform.count = 0 if action == "wake" else 1
    assert platform.act(action) == {"state": state, "because": ""}


@pytest.mark.parametrize(
    ("health", "state"),
    [
        (["healthy"], "awake"),
        (["draining", "healthy"], "awake"),
        (["initial"], "waking"),
        (["unhealthy", "draining"], "waking"),
        ([], "waking"),
    ],
)
def test_the_controller_is_awake_if_it_has_a_healthy_target(
    platform: Platform, health: list[str], state: str
) -> None:
    platform.health = health
    assert platform.act("settle") == {"state": state, "because": ""}
    assert platform.changes() == []


@pytest.mark.parametrize("action", ["dance", "", "START"])
def test_an_unknown_action_is_refused(platform: Platform, action: str) -> None:
    expected = f"action '{action}': must be settle or one of start, wake, end, sleep"
    with pytest.raises(ValueError, match=f"^{expected}$"):
        platform.act(action)
    assert platform.changes() == []


@pytest.mark.parametrize(
    ("actions", "asleep", "state"),
    [(["end"], 1, "asleep"), (["settle"], 0, "awake"), (["end", "wake"], 0, "awake")],
)
def test_sleep_is_published_as_a_metric(
    platform: Platform,
    capsys: pytest.CaptureFixture[str],
    actions: Sequence[str],
    asleep: int,
    state: str,
) -> None:
    for action in actions:
        platform.act(action)
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    (directive,) = line.pop("_aws")["CloudWatchMetrics"]
    assert directive["Metrics"] == [{"Name": "Asleep", "Unit": "Count"}]
    assert line == {"Platform": "jenkins-abc", "State": state, "Asleep": asleep}


def test_options_are_those_of_all_clients(aws: AnsweredCalls) -> None:
    options = {"endpoint_url": "http://localhost:5000"}
    working_hours.WorkingHours({}, **options)
    assert aws.clients == [("ecs", options), ("ssm", options), ("elbv2", options)]
