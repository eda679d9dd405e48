"""Cron expressions of EventBridge Scheduler and AWS Backup, and their time zones.

Rules: Amazon EventBridge Scheduler User Guide, "Cron-based schedules"; AWS Backup API Reference,
"BackupRule", which uses the same expressions at most once an hour.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Sequence
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[str, int, int, Sequence[str]], ...] = (
    ("minutes", 0, 59, ()),
    ("hours", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 1, 7, _DAYS),
    ("year", 1970, 2199, ()),
)
_SPECIAL = {
    "day of month": r"L|LW|([1-9]|[12]\d|3[01])W",
    "day of week": rf"L|([1-7]|{'|'.join(_DAYS)})(L|#[1-5])",
}
_NOT_IANA = frozenset({"Factory", "localtime", "posixrules"})
"""Files in a system's time zone database that are not time zones of IANA, so not of AWS."""
BACKUP_VALID = "an AWS cron expression such as cron(0 3 * * ? *)"


def _fields(value: str) -> str:
    fields = value.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"must have six fields and has {len(fields)}")
    for text, (name, low, high, words) in zip(fields, _FIELDS, strict=True):
        if text == "?" and name in _SPECIAL:
            continue
        if not all(_term(term, name, low, high, words) for term in text.split(",")):
            raise ValueError(f"has '{text}' as {name}, which must be from {low} to {high}")
    if (fields[2] == "?") == (fields[4] == "?"):
        raise ValueError("must have '?' as either day of month or day of week")
    days, months = _dates(fields[2], "day of month"), _dates(fields[3], "month")
    if days and min(days) > max(_DAYS_OF_MONTH[month - 1] for month in months):
        raise ValueError(f"never occurs: no month of '{fields[3]}' has the day {fields[2]}")
    return value


def _dates(text: str, name: str) -> list[int]:
    """Numbers of a valid field; empty with special days."""
    if re.search(r"[?LW]", text) and name in _SPECIAL:
        return []
    _, low, high, words = next(field for field in _FIELDS if field[0] == name)
    found: list[int] = []
    for term in text.split(","):
        span, slash, step = term.partition("/")
        first, *last = [
            words.index(end) + low if end in words else low if end == "*" else int(end)
            for end in span.split("-")
        ]
        end = last[0] if last else high if span == "*" or slash else first
        # A range may pass the end of the year or month.
        every = [*range(first, end + 1)] or [*range(first, high + 1), *range(low, end + 1)]
        found += every[:: int(step or 1)]
    return found


def _term(term: str, name: str, low: int, high: int, words: Sequence[str]) -> bool:
    if re.fullmatch(_SPECIAL.get(name, "(?!)"), term):
        return True
    span, slash, step = term.partition("/")
    ends = span.split("-")
    numbers = [
        words.index(end) + low if end in words else int(end) if re.fullmatch("[0-9]+", end) else -1
        for end in ends
    ]
    in_range = span == "*" or (len(ends) <= 2 and all(low <= n <= high for n in numbers))
    return in_range and (
        not slash or (re.fullmatch("[0-9]+", step) is not None and 0 < int(step) <= high)
    )


def _backup(value: str) -> str:
    match = re.fullmatch(r"cron\((.*)\)", value)
    if not match:
        raise ValueError(
            "must be `cron(minute hour day-of-month month day-of-week year)`, such as "
            "cron(0 3 * * ? *)"
        )
    _fields(match[1])
    if not match[1].split()[0].isdigit():
        raise ValueError("must have one number as minutes: AWS Backup runs at most once an hour")
    return value


_time_zones = functools.cache(available_timezones)
"""Cached, because it reads the whole time zone database."""


def _time_zone(value: str) -> str:
    known = _time_zones() - _NOT_IANA
    if value in _NOT_IANA or (known and value not in known):
        close = difflib.get_close_matches(value, known, n=1)
        hint = f"; the nearest is '{close[0]}'" if close else ""
        raise ValueError(f"is not the name of an IANA time zone{hint}")
    return value


SchedulerCron = Annotated[str, AfterValidator(_fields)]
BackupCron = Annotated[str, AfterValidator(_backup)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
