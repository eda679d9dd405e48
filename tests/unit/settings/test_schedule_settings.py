"""Validation of working hours."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.settings import Settings, SettingsError

HOURS = {"start": "07:00", "end": "19:00"}


def schedule(**group: Any) -> Any:
    return Settings.from_args("jenkins", {"schedule": group}).schedule  # type: ignore[typeddict-item]


def problems(**group: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        schedule(**group)
    return [str(problem) for problem in caught.value.problems]


def test_the_group_alone_is_enough_for_the_commands() -> None:
    assert schedule().drain_timeout_minutes == 120


def test_windows_need_a_time_zone() -> None:
    (problem,) = problems(windows=[HOURS])
    assert problem.startswith("schedule.time_zone: nothing: required with windows")


def test_unknown_time_zone_suggests_the_nearest() -> None:
    (problem,) = problems(time_zone="Europe/Vienn")
    assert problem == (
        "schedule.time_zone: 'Europe/Vienn': is not the name of an IANA time zone; the nearest "
        "is 'Europe/Vienna'. Valid: a name such as Europe/Vienna"
    )


@pytest.mark.parametrize("time", ["24:00", "7:00", "07:60", "seven", ""])
def test_a_time_of_day_has_two_digits_each(time: str) -> None:
    (problem,) = problems(time_zone="UTC", windows=[{"start": time, "end": "19:00"}])
    assert problem.startswith(f"schedule.windows[0].start: {time!r}: must be a time of day")


def test_windows_and_cron_expressions_exclude_each_other() -> None:
    crons = {"wake_cron": ["0 7 ? * MON-FRI *"], "sleep_cron": ["0 19 ? * MON-FRI *"]}
    assert schedule(time_zone="UTC", **crons).sleep_cron == ("0 19 ? * MON-FRI *",)
    (problem,) = problems(time_zone="UTC", windows=[HOURS], **crons)
    assert problem.startswith(
        "schedule.windows: ['07:00-19:00']: cannot be combined with wake_cron"
    )


def test_wake_cron_and_sleep_cron_require_each_other() -> None:
    (problem,) = problems(time_zone="UTC", wake_cron=["0 7 ? * MON-FRI *"])
    assert problem == "schedule.sleep_cron: []: required with wake_cron"
    (problem,) = problems(time_zone="UTC", sleep_cron=["0 7 ? * MON-FRI *"])
    assert problem == "schedule.wake_cron: []: required with sleep_cron"


def test_windows_that_never_end_are_refused() -> None:
    every = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    (problem,) = problems(
        time_zone="UTC", windows=[{"days": every, "start": "00:00", "end": "00:00"}]
    )
    assert "cover the whole week" in problem


@pytest.mark.parametrize(
    "cron",
    [
        "0 7 ? * MON-FRI *",
        "0/15 8-18 ? * 2-6 *",
        "30 6 1,15 * ? *",
        "0 6 L * ? *",
        "0 6 15W * ? 2026-2028",
        "0 6 ? * 2#1 *",
        "0 6 ? JAN-MAR 6L *",
    ],
)
def test_valid_cron_expressions(cron: str) -> None:
    assert schedule(time_zone="UTC", wake_cron=[cron], sleep_cron=["59 23 * * ? *"]).wake_cron == (
        cron,
    )


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("0 7 * * MON-FRI", "must have six fields and has 5"),
        ("60 7 ? * MON *", "has '60' as minutes, which must be from 0 to 59"),
        ("0 24 ? * MON *", "has '24' as hours, which must be from 0 to 23"),
        ("0 7 ? * MONDAY *", "has 'MONDAY' as day of week, which must be from 1 to 7"),
        ("0 7 ? 13 MON *", "has '13' as month, which must be from 1 to 12"),
        ("0/0 7 ? * MON *", "has '0/0' as minutes, which must be from 0 to 59"),
        ("0 7 1 * MON *", "must have '?' as either day of month or day of week"),
        ("0 7 ? * ? *", "must have '?' as either day of month or day of week"),
    ],
)
def test_invalid_cron_expressions_name_the_field(cron: str, why: str) -> None:
    (problem,) = problems(time_zone="UTC", wake_cron=[cron], sleep_cron=["0 19 ? * MON *"])
    assert problem.startswith(f"schedule.wake_cron[0]: {cron!r}: {why}")


def test_a_holiday_must_be_a_date_that_exists() -> None:
    (problem,) = problems(time_zone="UTC", holidays=["2026-02-30"])
    assert problem.startswith("schedule.holidays[0]: '2026-02-30': must be a date")
