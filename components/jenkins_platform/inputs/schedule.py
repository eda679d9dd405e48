"""Working hours: when the controller sleeps."""

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
    """Hours in which the controller is awake."""

    days: NotRequired[list[Day]]
    """Days on which the window starts. Default: Monday to Friday."""
    start: str
    """When it starts, such as ``07:30``."""
    end: str
    """When it ends, such as ``19:00``; on the next day where that is not after ``start``."""


class ScheduleArgs(TypedDict):
    """When the controller sleeps. With the group alone, and no windows and no cron expressions, it
    sleeps and wakes by command and by the wake page only."""

    time_zone: NotRequired[str]
    """Name of the time zone of all that follows, such as ``Europe/Vienna``. Required with
    ``windows``, cron expressions and ``holidays``."""
    windows: NotRequired[list[WindowArgs]]
    """Hours in which the controller is awake; they may overlap. Not with cron expressions."""
    wake_cron: NotRequired[list[str]]
    """When to wake, as cron expressions of EventBridge Scheduler with six fields, such as
    ``0 7 ? * MON-FRI *``."""
    sleep_cron: NotRequired[list[str]]
    """When to sleep, likewise."""
    holidays: NotRequired[list[str]]
    """Dates, such as ``2026-12-25``, on which the controller does not wake by itself."""
    drain_timeout_minutes: NotRequired[int]
    """Longest wait, in minutes, for agents that still run when it is time to sleep, 0 to 1440.
    Then it sleeps anyway, and their builds are lost. Default 120."""
    wake_page: NotRequired[bool]
    """Whether the load balancer shows a page that can wake the controller while it sleeps.
    Whoever may connect to the load balancer may press its button, once signed in where there is
    ``sign_in.load_balancer_oidc``. Default false: the load balancer answers with status 503."""
