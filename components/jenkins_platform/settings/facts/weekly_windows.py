"""Conversion of working hours to wake and sleep times. Independent of Pulumi."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ...inputs import Day

DAYS = tuple(Day)
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
_WEEKS_A_MONTH = 365 / 12 / 7


@dataclass(frozen=True)
class Window:
    """A time range on some days of the week.

    Attributes:
        days: Days on which it starts.
        start: Minute of the day, 0 to 1439.
        end: Minute of the day, or of the next day if it is not after ``start``.
    """

    days: Sequence[Day]
    start: int
    end: int


def awake(windows: Iterable[Window]) -> list[tuple[int, int]]:
    """The spans of the week that the windows cover, in minutes since Monday 00:00, disjoint and
    sorted. The last span can end on the next Monday."""
    spans = []
    for window in windows:
        length = (window.end - window.start - 1) % DAY_MINUTES + 1
        for day in window.days:
            start = DAYS.index(day) * DAY_MINUTES + window.start
            spans.append((start, start + length))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    # The last span can overlap the first one of the next week.
    while len(merged) > 1 and merged[-1][1] >= merged[0][0] + WEEK_MINUTES:
        start, end = merged.pop(0)
        merged[-1] = (merged[-1][0], max(end + WEEK_MINUTES, merged[-1][1]))
    return merged


def always(windows: Iterable[Window]) -> bool:
    """Whether the windows cover the whole week."""
    return any(end - start >= WEEK_MINUTES for start, end in awake(windows))


def covers(windows: Iterable[Window], moment: datetime) -> bool:
    """Whether a moment, in the time zone of the windows, is in one of them."""
    minute = moment.weekday() * DAY_MINUTES + moment.hour * 60 + moment.minute
    return any(
        start <= at < end for start, end in awake(windows) for at in (minute, minute + WEEK_MINUTES)
    )


def hours_a_month(windows: Iterable[Window]) -> float:
    """Average hours per month that the windows cover."""
    return sum(end - start for start, end in awake(windows)) / 60 * _WEEKS_A_MONTH


def crons(windows: Iterable[Window]) -> tuple[list[str], list[str]]:
    """Cron expressions of EventBridge Scheduler for wake and sleep times, one per time of day."""
    spans = awake(windows)
    return _crons(start for start, _ in spans), _crons(end for _, end in spans)


def _crons(minutes: Iterable[int]) -> list[str]:
    days: dict[int, set[int]] = {}
    for minute in minutes:
        day, at = divmod(minute % WEEK_MINUTES, DAY_MINUTES)
        days.setdefault(at, set()).add(day)
    return [
        f"{at % 60} {at // 60} ? * {','.join(DAYS[d].value.upper() for d in sorted(found))} *"
        for at, found in sorted(days.items())
    ]


def holiday_spans(dates: Iterable[str], time_zone: str) -> list[tuple[int, int]]:
    """Start and end of each date in a time zone, as Unix times."""
    zone = ZoneInfo(time_zone)

    def midnight(day: date) -> int:
        return int(datetime.combine(day, time(), zone).timestamp())

    days = sorted(date.fromisoformat(text) for text in set(dates))
    return [(midnight(day), midnight(day + timedelta(days=1))) for day in days]
