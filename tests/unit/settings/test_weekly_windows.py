"""Conversion of working hours to wake and sleep times."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone

from hypothesis import assume, given
from hypothesis import strategies as st
from jenkins_platform.inputs import Day
from jenkins_platform.settings.facts.weekly_windows import (
    DAY_MINUTES,
    DAYS,
    WEEK_MINUTES,
    Window,
    always,
    awake,
    covers,
    crons,
    holiday_spans,
    hours_a_month,
)

OFFICE = Window(DAYS[:5], 7 * 60 + 30, 19 * 60)
days = st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True)
minutes = st.integers(0, DAY_MINUTES - 1)
windows = st.lists(st.builds(Window, days, minutes, minutes), min_size=1, max_size=4)


def covered(window: Window, minute: int) -> bool:
    """Whether a minute of the week is in a window, calculated the slow way."""
    length = window.end - window.start
    length += DAY_MINUTES if length <= 0 else 0
    starts = [DAYS.index(d) * DAY_MINUTES + window.start for d in window.days]
    return any((minute - start) % WEEK_MINUTES < length for start in starts)


def ends(window: Window) -> set[int]:
    """Minutes of the week, or of the next one, at which a window starts and ends."""
    days = [DAYS.index(d) * DAY_MINUTES for d in window.days]
    return {day + at for day in days for at in (window.start, window.end, window.end + DAY_MINUTES)}


def since(found: set[int], minute: int) -> int:
    """Minutes since the latest of these moments."""
    return min((minute - moment) % WEEK_MINUTES for moment in found)


def moments(expressions: list[str]) -> set[int]:
    """Minutes of the week at which cron expressions are due."""
    found = set()
    for expression in expressions:
        minute, hour, _, _, names, _ = expression.split()
        for name in names.split(","):
            day = [d.value.upper() for d in DAYS].index(name)
            found.add(day * DAY_MINUTES + int(hour) * 60 + int(minute))
    return found


def test_days_and_weeks_have_their_length() -> None:
    assert (DAY_MINUTES, WEEK_MINUTES) == (1_440, 10_080)


@given(windows)
def test_schedule_matches_windows(
    given_windows: list[Window],
) -> None:
    assume(not always(given_windows))
    wake, sleep = (moments(expressions) for expressions in crons(given_windows))
    assert not wake & sleep
    # Between those moments and the windows' ends nothing changes: their two sides are all there is.
    edges = wake | sleep | {m for w in given_windows for m in ends(w)}
    for minute in {m % WEEK_MINUTES for edge in edges for m in (edge - 1, edge)}:
        follows = since(wake, minute) < since(sleep, minute)
        assert follows == any(covered(w, minute) for w in given_windows), minute


@given(windows)
def test_spans_are_disjoint(given_windows: list[Window]) -> None:
    spans = awake(given_windows)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))


@given(windows, st.integers(0, WEEK_MINUTES - 1))
def test_a_moment_is_in_a_window_or_not(given_windows: list[Window], minute: int) -> None:
    monday = datetime(2026, 11, 23, tzinfo=timezone.utc)
    found = covers(given_windows, monday + timedelta(minutes=minute))
    assert found == any(covered(w, minute) for w in given_windows)


def test_one_expression_for_all_days_with_the_same_time() -> None:
    assert crons([OFFICE]) == (
        ["30 7 ? * MON,TUE,WED,THU,FRI *"],
        ["0 19 ? * MON,TUE,WED,THU,FRI *"],
    )


def test_adjacent_windows_are_merged() -> None:
    rest = Window([Day.FRIDAY], 19 * 60, 22 * 60)
    wake, sleep = crons([OFFICE, rest])
    assert wake == ["30 7 ? * MON,TUE,WED,THU,FRI *"]
    assert sleep == ["0 19 ? * MON,TUE,WED,THU *", "0 22 ? * FRI *"]


def test_a_window_may_end_on_the_next_day_and_in_the_next_week() -> None:
    nights = Window([Day.SUNDAY], 22 * 60, 6 * 60)
    assert crons([nights]) == (["0 22 ? * SUN *"], ["0 6 ? * MON *"])
    early = Window([Day.MONDAY], 5 * 60, 9 * 60)
    assert crons([nights, early]) == (["0 22 ? * SUN *"], ["0 9 ? * MON *"])


def test_windows_that_cover_the_whole_week() -> None:
    assert always([Window(DAYS, 0, 0)])
    assert always([Window(DAYS, 6 * 60, 18 * 60), Window(DAYS, 18 * 60, 6 * 60)])
    assert not always([OFFICE])


def test_hours_of_an_average_month() -> None:
    assert round(hours_a_month([OFFICE]), 1) == round(5 * 11.5 * 365 / 12 / 7, 1)


def test_holiday_with_a_daylight_saving_change() -> None:
    (spring,) = holiday_spans(["2026-03-29"], "Europe/Vienna")
    assert spring[1] - spring[0] == 23 * 3600
    start = datetime.fromtimestamp(spring[0], timezone.utc)
    assert start.isoformat() == "2026-03-28T23:00:00+00:00"


def test_holidays_are_sorted_and_unique() -> None:
    spans = holiday_spans(["2026-12-26", "2026-12-25", "2026-12-25"], "UTC")
    assert [datetime.fromtimestamp(s, timezone.utc).day for s, _ in spans] == [25, 26]
