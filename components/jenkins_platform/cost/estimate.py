"""The estimate: line items, their total and possible savings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..settings import Settings, UsageEstimate
from .lines import lines
from .prices import FALLBACK, PriceTable, shipped
from .savings import Saving, savings
from .subject import Line, Subject

NOT_COUNTED = (
    "Not included: taxes, data transfer to the internet (100 GB a month are free), free tiers, "
    "Savings Plans, what restores and restore tests read from backups, and the cost of an existing "
    "VPC or of repositories of others."
)


@dataclass(frozen=True)
class Estimate:
    """The estimated cost of a month.

    Attributes:
        region: Region of the platform.
        lines: Line items, by part of the platform.
        savings: Possible savings, the largest first.
        notes: Remarks on the prices.
    """

    region: str
    lines: tuple[Line, ...]
    savings: tuple[Saving, ...]
    notes: tuple[str, ...]

    @property
    def monthly_usd(self) -> float:
        """Total in USD."""
        return sum(line.monthly_usd for line in self.lines)

    @property
    def parts(self) -> Mapping[str, float]:
        """The total of each part, in the order of the lines."""
        sums: dict[str, float] = {}
        for line in self.lines:
            sums[line.part] = sums.get(line.part, 0.0) + line.monthly_usd
        return sums

    @property
    def headline(self) -> str:
        """The estimate in one line, with the most expensive parts."""
        largest = sorted(self.parts.items(), key=lambda part: -part[1])[:3]
        named = ", ".join(f"{part} {usd:,.0f}" for part, usd in largest)
        return f"about {self.monthly_usd:,.0f} USD a month in {self.region} ({named})"


def estimate(
    settings: Settings,
    region: str,
    use: UsageEstimate | None = None,
    prices: PriceTable | None = None,
) -> Estimate:
    """Estimate the monthly cost of a platform.

    Args:
        settings: Settings of the platform.
        region: Its region, such as ``eu-central-1``.
        use: Expected usage. Default: the one in the settings.
        prices: Price table. Default: the one in the package.
    """
    table = prices or shipped()
    subject = Subject(settings, use or settings.usage_estimate, table, region)
    found = lines(subject)
    return Estimate(region, tuple(found), tuple(savings(subject)), _notes(found, table, region))


def _notes(found: list[Line], table: PriceTable, region: str) -> tuple[str, ...]:
    dates = sorted(line.as_of for line in found)
    notes = [f"List prices as of {dates[0]} to {dates[-1]}." if dates else "", NOT_COUNTED]
    if lacking := {
        line.price for line in found if region not in table.prices[line.price].by_region
    }:
        notes.insert(
            0,
            f"The price table has no {region} price for {len(lacking)} items; those of {FALLBACK} "
            f"are used. Run `jenkins-platform prices refresh --region {region}` to read them "
            "from AWS.",
        )
    if unsure := sum(not line.confirmed for line in found):
        notes.insert(
            len(notes) - 1,
            f"{unsure} of {len(found)} prices, marked * in `jenkins-platform cost`, are from "
            "memory or derived. Run `jenkins-platform prices refresh` to read them from AWS.",
        )
    return tuple(note for note in notes if note)
