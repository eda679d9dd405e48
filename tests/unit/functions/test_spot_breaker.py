"""The circuit breaker for Spot capacity: its decisions, its saved state and its metrics."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from botocore.exceptions import ClientError
from jenkins_platform.functions import spot_breaker
from jenkins_platform.functions.spot_breaker import Breaker, SpotBreaker

from harness.aws.answered import AnsweredCalls, Clock, Request, ServiceError

NOW, MINUTE, HOUR = 1_800_000_000, 60, 3600
ENVIRONMENT = {
    "PLATFORM": "jenkins-abc",
    "PARAMETER": "jenkins-spot-breaker",
    "ARCHITECTURES": "arm64,x86_64",
    "FAILURE_THRESHOLD": "3",
    "COOL_DOWN_SECONDS": "900",
}
GET, PUT = "ssm:GetParameter", "ssm:PutParameter"
CLOSED: dict[str, Any] = {"failures": [], "until": 0, "trips": 0}


def after(breaker: Breaker, count: int, minutes: float) -> Breaker:
    """With the defaults: three failures open it for 15 minutes."""
    return breaker.after(count, NOW + int(minutes * MINUTE), 3, 15 * MINUTE)


def test_failures_below_the_threshold_or_far_apart_do_not_open_it() -> None:
    breaker = after(after(Breaker(), 2, 0), 1, 10)
    assert not breaker.open(NOW + 10 * MINUTE)
    assert after(after(Breaker(), 2, 0), 1, 9).open(NOW + 9 * MINUTE)


def test_it_is_open_for_the_cool_down_and_ignores_what_was_requested_before() -> None:
    opened = after(Breaker(), 3, 0)
    assert opened == Breaker(until=NOW + 15 * MINUTE, trips=1)
    assert after(opened, 50, 14) == opened
    assert opened.open(NOW + 15 * MINUTE - 1)
    assert not opened.open(NOW + 15 * MINUTE)


def test_one_failure_reopens_it_each_time_for_longer_up_to_four_hours() -> None:
    breaker, now, periods = after(Breaker(), 3, 0), NOW, []
    for _ in range(6):
        now = breaker.until
        breaker = breaker.after(1, now, 3, 15 * MINUTE)
        periods.append((breaker.until - now) // MINUTE)
    assert periods == [30, 60, 120, 240, 240, 240]


def test_a_window_without_failures_closes_it() -> None:
    opened = after(Breaker(), 3, 0)
    tried = after(opened, 0, 24)
    assert tried.trips == 1
    closed = after(tried, 0, 25)
    assert closed == Breaker()
    assert not after(closed, 2, 26).open(NOW + 26 * MINUTE)


def test_a_long_cool_down_is_not_shortened() -> None:
    assert Breaker().after(1, NOW, 1, 4 * HOUR).until == NOW + 4 * HOUR


def test_a_failure_counts_for_less_than_ten_minutes() -> None:
    first = after(Breaker(), 2, 0)
    assert first == Breaker(failures=(NOW, NOW))
    second = first.after(1, NOW + 600, 3, 900)
    assert second == Breaker(failures=(NOW + 600,))
    assert first.after(1, NOW + 599, 3, 900) == Breaker(until=NOW + 1499, trips=1)


@pytest.mark.parametrize(("count", "opens"), [(2, False), (3, True), (4, True)])
def test_the_threshold_opens_it(count: int, opens: bool) -> None:
    assert after(Breaker(), count, 0).open(NOW) == opens


def test_a_failure_in_the_window_after_the_cool_down_reopens_it_and_later_ones_start_again() -> (
    None
):
    opened = Breaker(until=NOW, trips=2)
    assert opened.after(1, NOW + 599, 3, 900) == Breaker(until=NOW + 599 + 3600, trips=3)
    assert opened.after(1, NOW + 600, 3, 900) == Breaker(failures=(NOW + 600,))
    assert opened.after(3, NOW + 600, 3, 900) == Breaker(until=NOW + 1500, trips=1)
    assert opened.after(0, NOW, 3, 900) == opened


@pytest.mark.parametrize(
    ("cool_down", "trips", "seconds"),
    [
        (900, 0, 900),
        (900, 1, 1800),
        (900, 4, 4 * HOUR),
        (900, 5, 4 * HOUR),
        (5 * HOUR, 0, 5 * HOUR),
        (5 * HOUR, 3, 5 * HOUR),
    ],
)
def test_each_opening_in_a_row_lasts_twice_as_long(
    cool_down: int, trips: int, seconds: int
) -> None:
    opened = Breaker(until=NOW, trips=trips).after(1, NOW, 1, cool_down)
    assert opened == Breaker(until=NOW + seconds, trips=trips + 1)


def test_a_state_that_several_architectures_share_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Breaker().until = NOW  # type: ignore[misc]


class Parameter:
    """The parameter with the state."""

    def __init__(self, aws: AnsweredCalls, value: Any) -> None:
        self.value = json.dumps(value)
        self.writes: list[Request] = []
        aws.serve(GET, self._get)
        aws.serve(PUT, self._put)

    def _get(self, request: Request) -> dict[str, Any]:
        assert request == {"Name": "jenkins-spot-breaker"}
        return {"Parameter": {"Name": request["Name"], "Value": self.value}}

    def _put(self, request: Request) -> dict[str, Any]:
        self.writes.append(request)
        self.value = request["Value"]
        return {"Version": 2}

    @property
    def saved(self) -> Any:
        return json.loads(self.value)


@pytest.fixture
def parameter(aws: AnsweredCalls, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Parameter:
    """The state of a new platform."""
    for key, value in ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    return Parameter(aws, {})


def report(**failures: int) -> list[str]:
    found = spot_breaker.handler({"failures": failures}, None)
    assert found.keys() == {"on_demand"}
    return found["on_demand"]


def test_enough_failures_switch_one_architecture_until_the_cool_down_ends(
    parameter: Parameter, clock: Clock
) -> None:
    assert report(x86_64=2, arm64=1) == []
    assert report(x86_64=1) == ["x86_64"]
    clock.now += 899
    assert report() == ["x86_64"]
    clock.now += 1
    assert report() == []
    assert report(x86_64=1) == ["x86_64"], "tried again, and reopened by one"


def test_the_state_is_saved_with_the_mode_when_it_changes(parameter: Parameter) -> None:
    report(x86_64=3, arm64=1)
    expected = {
        "mode": "auto",
        "breakers": {
            "arm64": {"failures": [NOW], "until": 0, "trips": 0},
            "x86_64": {"failures": [], "until": NOW + 900, "trips": 1},
        },
    }
    (write,) = parameter.writes
    assert json.loads(write.pop("Value")) == expected
    assert write == {"Name": "jenkins-spot-breaker", "Overwrite": True}
    report(x86_64=5)
    assert len(parameter.writes) == 1, "what was requested before it opened changes nothing"


def test_a_saved_state_is_continued(aws: AnsweredCalls, parameter: Parameter) -> None:
    parameter.value = json.dumps(
        {
            "mode": "auto",
            "breakers": {
                "arm64": {"failures": [NOW - 599, NOW - 1], "until": 0, "trips": 0},
                "x86_64": {"failures": [], "until": NOW - 599, "trips": 1},
            },
        }
    )
    assert SpotBreaker(ENVIRONMENT).breakers == {
        "arm64": Breaker(failures=(NOW - 599, NOW - 1)),
        "x86_64": Breaker(until=NOW - 599, trips=1),
    }
    assert report(arm64=1, x86_64=1) == ["arm64", "x86_64"]
    assert parameter.saved["breakers"] == {
        "arm64": {**CLOSED, "until": NOW + 900, "trips": 1},
        "x86_64": {**CLOSED, "until": NOW + 1800, "trips": 2},
    }


def test_architectures_are_those_of_the_platform(parameter: Parameter) -> None:
    parameter.value = json.dumps({"breakers": {"sparc": {"until": NOW + 60, "trips": 1}}})
    assert report(sparc=9) == []
    assert SpotBreaker(ENVIRONMENT).breakers == {"arm64": Breaker(), "x86_64": Breaker()}
    assert parameter.writes == []


def test_an_event_without_failures_asks_only(parameter: Parameter) -> None:
    assert spot_breaker.handler({}, None) == {"on_demand": []}
    assert parameter.writes == []


def test_threshold_and_cool_down_are_those_of_the_platform(
    parameter: Parameter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAILURE_THRESHOLD", "5")
    monkeypatch.setenv("COOL_DOWN_SECONDS", "300")
    assert report(arm64=4) == []
    assert report(arm64=1) == ["arm64"]
    assert parameter.saved["breakers"]["arm64"]["until"] == NOW + 300


def test_a_refused_write_fails_the_function_which_is_then_called_again(
    aws: AnsweredCalls, parameter: Parameter
) -> None:
    aws.answer(PUT, ServiceError("TooManyUpdates"))
    with pytest.raises(ClientError, match="TooManyUpdates"):
        report(x86_64=3)
    assert parameter.saved == {}


def test_it_asks_for_its_parameter_only_with_the_given_options(
    aws: AnsweredCalls, parameter: Parameter
) -> None:
    breaker = SpotBreaker(ENVIRONMENT, endpoint_url="http://localhost:5000")
    assert aws.clients == [("ssm", {"endpoint_url": "http://localhost:5000"})]
    assert aws.made == [(GET, {"Name": "jenkins-spot-breaker"})]
    assert (breaker.mode, breaker.on_demand(NOW)) == ("auto", [])


def test_the_mode_overrides_the_breakers_and_is_saved(parameter: Parameter) -> None:
    report(x86_64=3)
    SpotBreaker(ENVIRONMENT).set_mode("on-demand")
    assert parameter.saved["mode"] == "on-demand"
    assert parameter.saved["breakers"]["x86_64"]["trips"] == 1, "the breakers stay as they are"
    assert report() == report(arm64=1) == ["arm64", "x86_64"]
    assert parameter.saved["mode"] == "on-demand"
    assert parameter.writes[1]["Overwrite"] is True


def test_auto_closes_the_breakers(parameter: Parameter) -> None:
    report(x86_64=3)
    SpotBreaker(ENVIRONMENT).set_mode("auto")
    assert parameter.saved == {"mode": "auto", "breakers": {"arm64": CLOSED, "x86_64": CLOSED}}
    assert report() == []


@pytest.mark.parametrize(
    ("failures", "suspended", "unavailable"),
    [
        ({"x86_64": 2, "arm64": 1}, [], 3),
        ({"x86_64": 3}, ["x86_64"], 3),
        ({"x86_64": 3, "arm64": 4}, ["arm64", "x86_64"], 7),
    ],
)
def test_failures_and_suspended_architectures_are_metrics(
    parameter: Parameter,
    capsys: pytest.CaptureFixture[str],
    failures: dict[str, int],
    suspended: list[str],
    unavailable: int,
) -> None:
    report(**failures)
    line = json.loads(capsys.readouterr().out)
    (directive,) = line.pop("_aws")["CloudWatchMetrics"]
    assert directive["Metrics"] == [
        {"Name": "SpotSuspended", "Unit": "Count"},
        {"Name": "SpotUnavailable", "Unit": "Count"},
    ]
    assert line == {
        "Platform": "jenkins-abc",
        "Architectures": suspended,
        "SpotSuspended": len(suspended),
        "SpotUnavailable": unavailable,
    }


def test_metrics_are_published_while_it_is_open_and_not_while_all_is_well(
    parameter: Parameter, capsys: pytest.CaptureFixture[str]
) -> None:
    report()
    assert capsys.readouterr().out == ""
    report(arm64=3)
    capsys.readouterr()
    report()
    assert '"SpotSuspended": 1, "SpotUnavailable": 0}' in capsys.readouterr().out
