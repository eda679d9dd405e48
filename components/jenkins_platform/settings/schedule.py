"""Settings of the working hours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated

from pydantic import AfterValidator

from ..inputs import Day
from .base import Group, Problem, setting
from .values import TimeZone, matching
from .weekly_windows import Window, always

_WEEK = (Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY)
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_FIELDS = (
    ("minutes", 0, 59, ()),
    ("hours", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 1, 7, _DAYS),
    ("year", 1970, 2199, ()),
)
_SPECIAL = {"day of month": r"\?|L|\d{1,2}W", "day of week": r"\?|L|[1-7](L|#[1-5])"}


def _date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError("should be a date like 2026-12-25") from None


def _cron(value: str) -> str:
    """Check a cron expression of EventBridge Scheduler (its user guide, "Cron-based schedules")."""
    fields = value.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"should have six fields and has {len(fields)}")
    for text, (name, low, high, words) in zip(fields, _FIELDS, strict=True):
        if not all(_term(term, name, low, high, words) for term in text.split(",")):
            raise ValueError(f"has '{text}' as {name}, which should be from {low} to {high}")
    if (fields[2] == "?") == (fields[4] == "?"):
        raise ValueError("should have '?' as day of month or as day of week, one of them")
    return value


def _term(term: str, name: str, low: int, high: int, words: Sequence[str]) -> bool:
    if re.fullmatch(_SPECIAL.get(name, "(?!)"), term):
        return True
    span, _, step = term.partition("/")
    ends = span.split("-")
    numbers = [words.index(e) + low if e in words else int(e) if e.isdigit() else -1 for e in ends]
    inside = span == "*" or (len(ends) <= 2 and all(low <= n <= high for n in numbers))
    return inside and ("/" not in term or (step.isdigit() and int(step) > 0))


TimeOfDay = Annotated[str, matching(r"([01]\d|2[0-3]):[0-5]\d", "a time of day like 07:30")]
Date = Annotated[str, AfterValidator(_date)]
Cron = Annotated[str, AfterValidator(_cron)]
_CRON_VALID = "a list of cron expressions such as 0 7 ? * MON-FRI *"


def _minute(time_of_day: str) -> int:
    hours, minutes = time_of_day.split(":")
    return int(hours) * 60 + int(minutes)


class WindowSettings(Group):
    days: tuple[Day, ...] = setting(
        _WEEK, valid=f"a list of {', '.join(d.value for d in Day)}", min_length=1
    )
    start: TimeOfDay = setting(valid="a time of day from 00:00 to 23:59")
    end: TimeOfDay = setting(valid="a time of day from 00:00 to 23:59")

    @property
    def window(self) -> Window:
        return Window(self.days, _minute(self.start), _minute(self.end))


class ScheduleSettings(Group):
    time_zone: TimeZone | None = setting(None, valid="a name such as Europe/Vienna")
    windows: tuple[WindowSettings, ...] = setting((), valid="a list of windows", max_length=20)
    wake_cron: tuple[Cron, ...] = setting((), valid=_CRON_VALID, max_length=20)
    sleep_cron: tuple[Cron, ...] = setting((), valid=_CRON_VALID, max_length=20)
    # An environment variable of the function holds them.
    holidays: tuple[Date, ...] = setting((), valid="up to 100 dates", max_length=100)
    drain_timeout_minutes: int = setting(120, valid="0 to 1440 minutes", ge=0, le=1440)
    wake_page: bool = setting(False, valid="true or false")

    @property
    def week(self) -> list[Window]:
        return [w.window for w in self.windows]

    def rules(self, key: str) -> Iterator[Problem]:
        crons = (*self.wake_cron, *self.sleep_cron)
        if not self.time_zone and (self.windows or crons or self.holidays):
            yield Problem(
                f"{key}.time_zone",
                None,
                "required with windows, cron expressions and holidays. Valid: a name such as "
                "Europe/Vienna",
            )
        if self.windows and crons:
            yield Problem(
                f"{key}.windows",
                [f"{w.start}-{w.end}" for w in self.windows],
                "go without wake_cron and sleep_cron. Leave one of the two out",
            )
        if bool(self.wake_cron) != bool(self.sleep_cron):
            there, missing = sorted(("wake_cron", "sleep_cron"), key=lambda n: not getattr(self, n))
            yield Problem(f"{key}.{missing}", [], f"required with {there}")
        if always(self.week):
            yield Problem(
                f"{key}.windows",
                [f"{w.start}-{w.end}" for w in self.windows],
                "cover the whole week: the controller would never sleep. Leave `windows` out",
            )
