"""The grammar of AWS's cron expressions: every name, limit and special character."""

from __future__ import annotations

import pytest
from jenkins_platform.settings.validation.cron import _fields

MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()  # noqa: SIM905
DAYS = "SUN MON TUE WED THU FRI SAT".split()  # noqa: SIM905


@pytest.mark.parametrize(
    "text",
    [
        "0 0 * * ? 1970",
        "59 23 31 12 ? 2199",
        "0 0 ? 1 1 *",
        "0 0 ? * 7 *",
        "0/5 0-6 ? * MON-FRI *",
        "0 0 L * ? *",
        "0 0 LW * ? *",
        "0 0 1,31 2 ? *",
        "0 0 1W,31W * ? *",
        "0 0 ? * 6#1,SAT#5 *",
        "0 0 ? * 2L,MONL,L *",
        *(f"0 0 1 {month} ? *" for month in MONTHS),
        *(f"0 0 ? * {day} *" for day in DAYS),
    ],
)
def test_a_valid_expression(text: str) -> None:
    assert _fields(text) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 0 * * ?", "must have six fields and has 5"),
        ("60 0 * * ? *", "has '60' as minutes, which must be from 0 to 59"),
        ("0 24 * * ? *", "has '24' as hours, which must be from 0 to 23"),
        ("0 0 0 * ? *", "has '0' as day of month, which must be from 1 to 31"),
        ("0 0 32 * ? *", "has '32' as day of month, which must be from 1 to 31"),
        ("0 0 1 0 ? *", "has '0' as month, which must be from 1 to 12"),
        ("0 0 1 13 ? *", "has '13' as month, which must be from 1 to 12"),
        ("0 0 1 MAI ? *", "has 'MAI' as month, which must be from 1 to 12"),
        ("0 0 ? * 0 *", "has '0' as day of week, which must be from 1 to 7"),
        ("0 0 ? * 8 *", "has '8' as day of week, which must be from 1 to 7"),
        ("0 0 ? * SO *", "has 'SO' as day of week, which must be from 1 to 7"),
        ("0 0 ? * 6#6 *", "has '6#6' as day of week, which must be from 1 to 7"),
        ("0 0 32W * ? *", "has '32W' as day of month, which must be from 1 to 31"),
        ("0 0 * * ? 1969", "has '1969' as year, which must be from 1970 to 2199"),
        ("0 0 * * ? 2200", "has '2200' as year, which must be from 1970 to 2199"),
        ("0 0 * * * *", "must have '?' as either day of month or day of week"),
        ("0 0 ? * ? *", "must have '?' as either day of month or day of week"),
    ],
)
def test_an_invalid_expression(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message.replace("?", "[?]") + "$"):
        _fields(text)


@pytest.mark.parametrize(
    ("day", "months"),
    [(30, ["FEB"]), (31, ["FEB", "APR", "JUN", "SEP", "NOV"])],
)
def test_a_day_that_no_month_has_is_refused(day: int, months: list[str]) -> None:
    for month in MONTHS:
        text = f"0 0 {day} {month} ? *"
        if month in months:
            with pytest.raises(ValueError, match=f"never occurs: no month of '{month}' has the"):
                _fields(text)
        else:
            assert _fields(text) == text
    assert _fields("0 0 29 FEB ? *") == "0 0 29 FEB ? *"
