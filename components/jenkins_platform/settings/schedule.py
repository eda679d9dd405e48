"""Settings of the working hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import AfterValidator

from ..inputs import Day
from .facts.weekly_windows import Window, always
from .validation.base import Group, Problem, setting
from .validation.cron import SchedulerCron, TimeZone
from .validation.rules import no_duplicates
from .validation.values import matching

_WEEK = (Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY)
_YEARS = range(2000, 2200)


def _date(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a date like 2026-12-25") from None
    if day.year not in _YEARS:
        raise ValueError(f"must be from {_YEARS[0]} to {_YEARS[-1]}")
    return day.isoformat()


TimeOfDay = Annotated[str, matching(r"([01]\d|2[0-3]):[0-5]\d", "a time of day like 07:30")]
Date = Annotated[str, AfterValidator(_date)]
_CRON_VALID = "up to 20 cron expressions such as 0 7 ? * MON-FRI *"


def _minute(time_of_day: str) -> int:
    hours, minutes = time_of_day.split(":")
    return int(hours) * 60 + int(minutes)


class WindowSettings(Group):
    """See `WindowArgs`."""

    days: tuple[Day, ...] = setting(
        _WEEK, valid=f"at least one of {', '.join(d.value for d in Day)}", min_length=1
    )
    start: TimeOfDay = setting(valid="a time of day from 00:00 to 23:59")
    end: TimeOfDay = setting(valid="a time of day from 00:00 to 23:59")

    @property
    def window(self) -> Window:
        """The window in minutes."""
        return Window(self.days, _minute(self.start), _minute(self.end))


class ScheduleSettings(Group):
    """See `ScheduleArgs`."""

    time_zone: TimeZone | None = setting(None, valid="a name such as Europe/Vienna")
    windows: tuple[WindowSettings, ...] = setting((), valid="up to 20 windows", max_length=20)
    wake_cron: tuple[SchedulerCron, ...] = setting((), valid=_CRON_VALID, max_length=20)
    sleep_cron: tuple[SchedulerCron, ...] = setting((), valid=_CRON_VALID, max_length=20)
    # Limited by the size of the function's environment variables.
    holidays: tuple[Date, ...] = setting((), valid="up to 100 dates", max_length=100)
    drain_timeout_minutes: int = setting(120, valid="0 to 1440 minutes", ge=0, le=1440)
    wake_page: bool = setting(False, valid="true or false")

    @property
    def week(self) -> list[Window]:
        """All windows in minutes."""
        return [w.window for w in self.windows]

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems between windows, cron expressions and the time zone."""
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
                "cannot be combined with wake_cron and sleep_cron",
            )
        for name in ("wake_cron", "sleep_cron", "holidays"):
            yield from no_duplicates(f"{key}.{name}", getattr(self, name))
        if bool(self.wake_cron) != bool(self.sleep_cron):
            given, missing = sorted(("wake_cron", "sleep_cron"), key=lambda n: not getattr(self, n))
            yield Problem(f"{key}.{missing}", [], f"required with {given}")
        for index, cron in enumerate(self.sleep_cron):
            if cron.split() in [other.split() for other in self.wake_cron]:
                message = "is also in wake_cron: the controller would wake and sleep at once"
                yield Problem(f"{key}.sleep_cron[{index}]", cron, message)
        if always(self.week):
            yield Problem(
                f"{key}.windows",
                [f"{w.start}-{w.end}" for w in self.windows],
                "cover the whole week: the controller would never sleep. Omit `windows`",
            )
