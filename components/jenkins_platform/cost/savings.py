"""Settings that are expensive for the expected usage, each with the saving of an alternative.

A saving is the difference between the estimate and one with the setting changed, so it is always
consistent with the estimate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..inputs import Architecture, Connection, MonitoringLevel, NatStrategy, ThroughputMode
from ..settings import Settings
from ..settings.agents import label_forms
from ..settings.facts.weekly_windows import hours_a_month
from ..settings.schedule import ScheduleSettings
from .lines import lines
from .subject import Subject, builds

_OFFICE = ScheduleSettings.model_validate(
    {"time_zone": "UTC", "windows": [{"start": "08:00", "end": "18:00"}]}
)
"""50 hours a week."""
OFFICE_HOURS = hours_a_month(_OFFICE.week)
"""The same in hours per month."""
SMALLEST_USD = 1.0
"""Smallest saving that is reported."""


@dataclass(frozen=True)
class Saving:
    """A possible saving.

    Attributes:
        setting: The expensive input.
        advice: The alternative and its requirements.
        monthly_usd: Saving per month in USD.
    """

    setting: str
    advice: str
    monthly_usd: float


def savings(subject: Subject) -> list[Saving]:
    """Possible savings, the largest first. They cannot be added up."""
    now = _total(subject)
    found = [
        Saving(setting, advice, now - _total(cheaper))
        for setting, advice, cheaper in _alternatives(subject)
    ]
    large = [saving for saving in found if saving.monthly_usd >= SMALLEST_USD]
    return sorted(large, key=lambda saving: -saving.monthly_usd)


def _total(subject: Subject) -> float:
    return sum(line.monthly_usd for line in lines(subject))


def _alternatives(subject: Subject) -> Iterator[tuple[str, str, Subject]]:
    """The input, the advice and the changed platform for each expensive setting."""
    settings = subject.settings
    yield from _network(subject)
    if settings.controller.architecture is Architecture.X86_64:
        yield (
            "controller.architecture",
            "arm64: the same task on Graviton, with an image built for it",
            _with(subject, controller={"architecture": Architecture.ARM64}),
        )
    if subject.running_hours > OFFICE_HOURS:
        yield (
            "schedule.windows",
            f"50 hours a week ({OFFICE_HOURS:.0f} a month): the controller sleeps otherwise, if "
            "no builds run at night",
            replace(
                subject,
                settings=settings.model_copy(update={"schedule": _OFFICE}),
                use=subject.use.model_copy(update={"running_hours": None}),
            ),
        )
    yield from _agents(subject)
    yield from _storage(subject)
    if settings.monitoring.level is MonitoringLevel.ALL:
        yield (
            "monitoring.level",
            "alarms: no dashboard and no metrics of agents, if they are not used",
            _with(subject, monitoring={"level": MonitoringLevel.ALARMS}),
        )
    if settings.agent_cloud.connection is Connection.NETWORK_LOAD_BALANCER:
        yield (
            "agent_cloud.connection",
            "cloud-map, or web-socket: a private DNS name, no load balancer",
            _with(subject, agent_cloud={"connection": Connection.CLOUD_MAP}),
        )


def _network(subject: Subject) -> Iterator[tuple[str, str, Subject]]:
    network = subject.settings.network
    if network.existing:
        return
    if network.nat is NatStrategy.ONE_PER_ZONE:
        advice = "single: one gateway, so that a failure of its zone affects all zones"
    elif network.nat is NatStrategy.NONE:
        advice = "single: one NAT gateway is cheaper than these endpoints and adds internet access"
    else:
        return
    yield "network.nat", advice, _with(subject, network={"nat": NatStrategy.SINGLE})


def _agents(subject: Subject) -> Iterator[tuple[str, str, Subject]]:
    agents = subject.settings.agents
    if any(t.architecture is Architecture.X86_64 for t in agents):
        arm = tuple(t.model_copy(update={"architecture": Architecture.ARM64}) for t in agents)
        yield (
            "agents[].architecture",
            "arm64: for builds that do not require x86, with images built for it",
            replace(subject, settings=subject.settings.model_copy(update={"agents": arm})),
        )
    hours: dict[str, float] = {}
    for group in builds(subject):
        _, spot, *_ = label_forms(group.plain)
        hours[spot] = hours.get(spot, 0.0) + group.hours
    use = subject.use.model_copy(update={"build_hours": hours})
    yield (
        "usage_estimate.build_hours",
        "Spot for all builds that can be interrupted: `capacity: spot`, or labels with -spot",
        replace(subject, use=use),
    )


def _storage(subject: Subject) -> Iterator[tuple[str, str, Subject]]:
    if subject.settings.storage.throughput_mode is ThroughputMode.PROVISIONED:
        yield (
            "storage.throughput_mode",
            "elastic: charged by data read and written, without a throughput limit",
            _with(
                subject,
                storage={
                    "throughput_mode": ThroughputMode.ELASTIC,
                    "provisioned_throughput_mibps": None,
                },
            ),
        )


def _with(subject: Subject, **groups: dict[str, object]) -> Subject:
    """The subject with some settings changed."""
    changed = {
        group: getattr(subject.settings, group).model_copy(update=values)
        for group, values in groups.items()
    }
    settings: Settings = subject.settings.model_copy(update=changed)
    return replace(subject, settings=settings)
