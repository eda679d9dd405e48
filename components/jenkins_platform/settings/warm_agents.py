"""Settings of agents that are started before a build needs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from .agents import AgentTemplate, Label
from .facts.weekly_windows import Window
from .schedule import WindowSettings
from .validation.base import Group, Integer, Problem, setting
from .validation.cron import TimeZone

if TYPE_CHECKING:
    from . import Settings

_KEY = "agent_cloud.warm"


class WarmAgentsSettings(Group):
    """See `WarmAgentsArgs`."""

    agents: dict[Label, Annotated[Integer, Field(ge=1, le=100)]] = setting(
        valid="at least one number of agents by label", min_length=1
    )
    windows: tuple[WindowSettings, ...] = setting((), valid="up to 20 windows", max_length=20)
    time_zone: TimeZone | None = setting(None, valid="a name such as Europe/Vienna")

    def rules(self, key: str) -> Iterator[Problem]:
        """The problem of windows without a time zone, and the reverse."""
        if bool(self.windows) != bool(self.time_zone):
            name, other = ("time_zone", "windows") if self.windows else ("windows", "time_zone")
            yield Problem(f"{key}.{name}", getattr(self, name) or None, f"required with {other}")


def warm_hours(settings: Settings) -> list[Window]:
    """Windows in which agents wait for builds."""
    warm, schedule = settings.agent_cloud.warm, settings.schedule
    if warm and warm.windows:
        return [w.window for w in warm.windows]
    return schedule.week if warm and schedule else []


def warm_templates(settings: Settings) -> Iterator[tuple[AgentTemplate, str, int]]:
    """Template, label and number of the agents that wait."""
    warm = settings.agent_cloud.warm
    owners = _owners(settings)
    for label, count in (warm.agents if warm else {}).items():
        yield owners[label], label, count


def warm_rules(settings: Settings) -> Iterator[Problem]:
    """Problems between warm agents, templates and the working hours."""
    warm, schedule = settings.agent_cloud.warm, settings.schedule
    if warm is None:
        return
    owners = _owners(settings)
    for label, count in warm.agents.items():
        template = owners.get(label)
        if template is None:
            message = f"is not a label of an agent template. Labels: {', '.join([*owners][:20])}"
            yield Problem(f"{_KEY}.agents.{label}", count, message)
        elif template.max_per_label is not None and count > template.max_per_label:
            message = f"is more than the template allows for a label: {template.max_per_label}"
            yield Problem(f"{_KEY}.agents.{label}", count, message)
    if schedule and schedule.wake_cron:
        yield Problem(
            _KEY,
            dict(warm.agents),
            "cannot be combined with schedule.wake_cron: the controller does not sleep before its "
            "agents, which end with the windows. Use schedule.windows",
        )
    elif schedule and schedule.windows:
        if warm.windows:
            spans = [f"{w.start}-{w.end}" for w in warm.windows]
            yield Problem(f"{_KEY}.windows", spans, "cannot be combined with schedule.windows")
    elif not warm.windows:
        yield Problem(f"{_KEY}.windows", [], "required without schedule.windows")


def _owners(settings: Settings) -> dict[str, AgentTemplate]:
    """Templates by label."""
    return {label: template for template in settings.agents for label in template.all_labels}
