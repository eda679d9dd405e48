"""The subject of an estimate, and its line items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..settings import Settings, UsageEstimate
from ..settings.agents import AgentTemplate, label_forms
from ..settings.facts.weekly_windows import hours_a_month
from ..settings.usage_estimate import HOURS_A_MONTH
from ..settings.warm_agents import warm_hours, warm_templates
from .prices import UNSURE, PriceTable


@dataclass(frozen=True)
class Line:
    """One line of the estimate.

    Attributes:
        part: Part of the platform.
        item: The billed item.
        price: Its key in the price table.
        quantity: Quantity per month.
        unit: Unit of the quantity.
        unit_usd: Price per unit in USD.
        because: Origin of the quantity.
        as_of: Date of the price.
        source: Where the price comes from.
        confirmed: Whether a document or AWS confirms the price.
    """

    part: str
    item: str
    price: str
    quantity: float
    unit: str
    unit_usd: float
    because: str
    as_of: str
    source: str
    confirmed: bool

    @property
    def monthly_usd(self) -> float:
        """Cost per month in USD."""
        return self.quantity * self.unit_usd


@dataclass(frozen=True)
class Subject:
    """Settings and usage, with the prices of a region."""

    settings: Settings
    use: UsageEstimate
    prices: PriceTable
    region: str

    def line(
        self, part: str, item: str, price: str, quantity: float, because: str, share: float = 1
    ) -> Line:
        """A line item; ``share`` is the fraction of the price that is charged."""
        found = self.prices.regional(price, self.region)
        source = self.prices.sources[found.source]
        return Line(
            part=part,
            item=item,
            price=price,
            quantity=quantity,
            unit=self.prices.prices[price].unit,
            unit_usd=found.usd * share,
            because=because,
            as_of=found.as_of,
            source=source.what,
            confirmed=source.confidence not in UNSURE,
        )

    @property
    def running_hours(self) -> float:
        """Hours per month that the controller runs: the given ones, or those of the windows."""
        if self.use.running_hours is not None:
            return self.use.running_hours
        schedule = self.settings.schedule
        return hours_a_month(schedule.week) if schedule and schedule.windows else HOURS_A_MONTH

    @property
    def running_because(self) -> str:
        """Origin of `running_hours`."""
        schedule = self.settings.schedule
        if self.use.running_hours is None and schedule and schedule.windows:
            return "schedule.windows"
        return "running_hours"


@dataclass(frozen=True)
class Builds:
    """The builds of one label.

    Attributes:
        template: Template of their agents.
        plain: The label without its capacity suffix.
        label: The label.
        spot: Whether they run on Spot.
        hours: Hours per month.
    """

    template: AgentTemplate
    plain: str
    label: str
    spot: bool
    hours: float


def warm(subject: Subject) -> Iterator[Builds]:
    """The hours in which agents wait for builds."""
    hours = min(hours_a_month(warm_hours(subject.settings)), subject.running_hours)
    for template, label, count in warm_templates(subject.settings):
        plain, spot = next((p, spot) for p, known, spot in _labels(template) if known == label)
        yield Builds(template, plain, f"{label}, waiting", spot, count * hours)


def builds(subject: Subject) -> Iterator[Builds]:
    """The builds of each label that is used."""
    hours = subject.use.hours_by_label(subject.settings.agents)
    for template in subject.settings.agents:
        for plain, label, spot in _labels(template):
            if hours.get(label):
                yield Builds(template, plain, label, spot, hours[label])


def _labels(template: AgentTemplate) -> Iterator[tuple[str, str, bool]]:
    """Each label of a template with its plain form, and whether it is on Spot."""
    for plain in template.plain_labels:
        _, spot, on_demand, auto = label_forms(plain)
        yield plain, plain, template.plain_on_spot
        yield plain, spot, True
        yield plain, on_demand, False
        yield plain, auto, True
