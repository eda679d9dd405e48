"""Schedule expressions of EventBridge: ``rate(…)``, ``cron(…)`` and ``at(…)``. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_MONTHS = dict(
    zip(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
        range(1, 13),
        strict=True,
    )
)
_DAYS = dict(zip(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], range(1, 8), strict=True))
_UNITS = {"minute": 60, "hour": 3600, "day": 86400}


class Expression:
    """When something is due.

    Args:
        text: The expression.
        zone: Name of the time zone of ``cron`` and ``at``.
        begin: From when a ``rate`` counts, as Unix time.

    Raises:
        ValueError: it is not one.
    """

    def __init__(self, text: str, zone: str = "UTC", begin: float = 0.0) -> None:
        kind, _, rest = text.partition("(")
        self._begin, self._zone = begin, ZoneInfo(zone)
        self._every = 0
        self._at: float | None = None
        self._fields: list[str] = []
        content = rest.removesuffix(")")
        if kind == "rate":
            number, unit = content.split()
            self._every = int(number) * _UNITS[unit.removesuffix("s")]
        elif kind == "at":
            moment = datetime.fromisoformat(content).replace(tzinfo=self._zone)
            self._at = moment.timestamp()
        elif kind == "cron" and len(content.split()) == 6:
            self._fields = content.split()
        else:
            raise ValueError(f"{text}: not a schedule expression")

    def last(self, after: float, until: float) -> float | None:
        """The last time in a span at which it is due; None where it is not.

        Args:
            after, until: Unix times; ``after`` does not belong to the span.
        """
        if self._at is not None:
            return self._at if after < self._at <= until else None
        if self._every:
            times = int((until - self._begin) // self._every)
            due = self._begin + times * self._every
            return due if times > 0 and due > after else None
        return (
            next((t for t in self._backwards(until) if t > after), None) if after < until else None
        )

    def _backwards(self, until: float) -> Iterator[float]:
        """Times of a cron expression, the last one first, for a year and a half."""
        end = datetime.fromtimestamp(until, self._zone)
        hours = sorted(_numbers(self._fields[1], 0, 23), reverse=True)
        minutes = sorted(_numbers(self._fields[0], 0, 59), reverse=True)
        for days in range(550):
            day = (end - timedelta(days=days)).date()
            if not self._matches(day):
                continue
            for hour in hours:
                for minute in minutes:
                    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self._zone)
                    # A time that is skipped when clocks go forward does not come back the same.
                    again = moment.astimezone(timezone.utc).astimezone(self._zone)
                    if moment <= end and (again.hour, again.minute) == (hour, minute):
                        yield moment.timestamp()

    def _matches(self, day: date) -> bool:
        of_month, month, of_week, year = self._fields[2:]
        return (
            day.year in _numbers(year, 1970, 2199)
            and day.month in _numbers(month, 1, 12, _MONTHS)
            and _day_of_month(of_month, day)
            and _day_of_week(of_week, day)
        )


def _day_of_month(field: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    if field == "L":
        return day.day == last
    if match := re.fullmatch(r"(\d+)W", field):
        return day == _nearest_weekday(day.year, day.month, min(int(match[1]), last))
    return day.day in _numbers(field, 1, 31)


def _nearest_weekday(year: int, month: int, number: int) -> date:
    wanted, last = date(year, month, number), calendar.monthrange(year, month)[1]
    if wanted.weekday() == 5:
        return wanted - timedelta(days=1) if number > 1 else wanted + timedelta(days=2)
    if wanted.weekday() == 6:
        return wanted + timedelta(days=1) if number < last else wanted - timedelta(days=2)
    return wanted


def _day_of_week(field: str, day: date) -> bool:
    today = day.isoweekday() % 7 + 1
    if match := re.fullmatch(r"(\w+)#(\d)", field):
        return today == _number(match[1], _DAYS) and (day.day - 1) // 7 + 1 == int(match[2])
    if field.endswith("L") and field[:-1]:
        last = calendar.monthrange(day.year, day.month)[1]
        return today == _number(field[:-1], _DAYS) and day.day > last - 7
    return today in _numbers("7" if field == "L" else field, 1, 7, _DAYS)


def _number(text: str, names: dict[str, int]) -> int:
    return names.get(text.upper()) or int(text)


def _numbers(field: str, least: int, most: int, names: dict[str, int] | None = None) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = least, most
        else:
            start, dash, end = span.partition("-")
            first = _number(start, names or {}) if start != "0" else 0
            last = _number(end, names or {}) if dash else (most if step else first)
        numbers = (
            range(first, last + 1)
            if first <= last
            else [*range(first, most + 1), *range(least, last + 1)]  # FRI-MON
        )
        found |= set(list(numbers)[:: int(step or 1)])
    return found
