"""Schedule expressions, as EventBridge documents them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from localcloud.runner.expressions import Expression

BERLIN = "Europe/Berlin"


def moment(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("expression", "last"),
    [
        ("cron(0 7 ? * MON-FRI *)", "2026-11-27T07:00"),  # the 28th is a Saturday
        ("cron(0 19 ? * MON,TUE,WED,THU,FRI *)", "2026-11-27T19:00"),
        ("cron(30 8 ? * 7 *)", "2026-11-28T08:30"),  # SAT is 7
        ("cron(0/15 * * * ? *)", "2026-11-28T12:00"),
        ("cron(0 22 L * ? *)", "2026-10-31T22:00"),
        ("cron(0 22 ? * 6L *)", "2026-11-27T22:00"),
        ("cron(0 9 ? * 2#1 *)", "2026-11-02T09:00"),
        ("cron(0 9 1W * ? *)", "2026-11-02T09:00"),  # the 1st is a Sunday
        ("cron(0 0 1 1 ? 2026)", "2026-01-01T00:00"),
        ("cron(0 8 ? * FRI-MON *)", "2026-11-28T08:00"),
        ("at(2026-11-28T11:59:00)", "2026-11-28T11:59"),
    ],
)
def test_the_last_time_is_found(expression: str, last: str) -> None:
    now = moment("2026-11-28T12:00")
    assert Expression(expression).last(0, now) == moment(last)


def test_a_span_does_not_hold_its_begin() -> None:
    noon, expression = moment("2026-11-28T12:00"), Expression("cron(0 12 * * ? *)")
    assert expression.last(noon, noon + 3600) is None
    assert expression.last(noon - 1, noon) == noon
    assert expression.last(noon - 3600, noon - 1) is None


def test_a_rate_counts_from_its_begin() -> None:
    expression = Expression("rate(2 minutes)", begin=1000.0)
    assert expression.last(1000, 1119) is None
    assert expression.last(1000, 1120) == 1120
    assert expression.last(1120, 1600) == 1600
    assert Expression("rate(1 day)", begin=0.0).last(0, 86400) == 86400


def test_time_zones_and_their_changes() -> None:
    expression = Expression("cron(0 7 * * ? *)", BERLIN)
    for day in ("2026-03-28", "2026-03-30", "2026-10-25"):
        seven = moment(f"{day}T07:00", BERLIN)
        assert expression.last(seven - 1, seven) == seven
    # 02:30 does not exist on this day.
    skipped = Expression("cron(30 2 29 3 ? 2026)", BERLIN)
    assert skipped.last(moment("2026-03-29T00:00"), moment("2026-03-30T00:00")) is None


@pytest.mark.parametrize("text", ["", "every day", "cron(0 7 * * ?)", "rate(two minutes)"])
def test_what_is_not_an_expression_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Expression(text)
