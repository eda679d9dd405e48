"""Inputs of the working hours, outside of which the controller sleeps."""

from enum import Enum
from typing import TypedDict

from typing_extensions import NotRequired


class Day(str, Enum):
    """Days of the week."""

    MONDAY = "mon"
    """Monday."""
    TUESDAY = "tue"
    """Tuesday."""
    WEDNESDAY = "wed"
    """Wednesday."""
    THURSDAY = "thu"
    """Thursday."""
    FRIDAY = "fri"
    """Friday."""
    SATURDAY = "sat"
    """Saturday."""
    SUNDAY = "sun"
    """Sunday."""


class WindowArgs(TypedDict):
    """Hours during which the controller runs."""

    days: NotRequired[list[Day]]
    """Days on which the window starts. Default: ``["mon", "tue", "wed", "thu", "fri"]``."""
    start: str
    """Start time as HH:MM, such as ``07:30``."""
    end: str
    """End time as HH:MM, such as ``19:00``. It is on the next day if it is not after ``start``."""


class ScheduleArgs(TypedDict):
    """Working hours of the controller. Without ``windows`` and cron expressions the controller
    sleeps and wakes only by command and through the wake page."""

    time_zone: NotRequired[str]
    """IANA time zone of all other inputs of this group, such as ``Europe/Vienna``. Required with
    ``windows``, cron expressions and ``holidays``. Default: none."""
    windows: NotRequired[list[WindowArgs]]
    """Hours during which the controller runs, at most 20. Windows can overlap. Cannot be combined
    with cron expressions. Default: none."""
    wake_cron: NotRequired[list[str]]
    """Cron expressions of EventBridge Scheduler with six fields at which the controller wakes, such
    as ``0 7 ? * MON-FRI *``, at most 20. Requires ``sleep_cron``. Default: none."""
    sleep_cron: NotRequired[list[str]]
    """Cron expressions at which the controller sleeps, at most 20. Requires ``wake_cron``.
    Default: none."""
    holidays: NotRequired[list[str]]
    """Dates such as ``2026-12-25``, from 2000 to 2199, on which the controller does not wake on
    schedule, at most 100. Default: none."""
    drain_timeout_minutes: NotRequired[int]
    """Maximum time in minutes to wait for running agents before the controller sleeps, 0 to 1440.
    After that their builds are lost. Default: ``120``."""
    wake_page: NotRequired[bool]
    """Whether the load balancer serves a page that can wake the sleeping controller. Everyone who
    can connect to the load balancer can use it, after signing in if ``sign_in.load_balancer_oidc``
    is set. Without the page the load balancer returns status 503. Default: ``false``."""
