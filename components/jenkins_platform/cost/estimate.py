"""The estimate: lines, their sum, and what would be cheaper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..settings import Settings, UsageEstimate
from .lines import lines
from .prices import FALLBACK, UNSURE, PriceTable, shipped
from .savings import Saving, savings
from .subject import Line, Subject

NOT_COUNTED = (
    "Not in it: taxes, traffic out to the internet (100 GB a month are free), free tiers, Savings "
    "Plans, and what belongs to an adopted VPC or to others' repositories."
)


@dataclass(frozen=True)
class Estimate:
    """What a month costs.

    Attributes:
        region: Region that the platform is in.
        lines: What is paid for, part by part.
        savings: Settings that are dear, the dearest first.
        notes: What to know about the figures.
    """

    region: str
    lines: tuple[Line, ...]
    savings: tuple[Saving, ...]
    notes: tuple[str, ...]

    @property
    def monthly_usd(self) -> float:
        return sum(line.monthly_usd for line in self.lines)

    @property
    def parts(self) -> Mapping[str, float]:
        """The sum of each part, in the order of the lines."""
        sums: dict[str, float] = {}
        for line in self.lines:
            sums[line.part] = sums.get(line.part, 0.0) + line.monthly_usd
        return sums

    @property
    def headline(self) -> str:
        """The estimate in one line, the dearest parts by name."""
        dearest = sorted(self.parts.items(), key=lambda part: -part[1])[:3]
        named = ", ".join(f"{part} {usd:,.0f}" for part, usd in dearest)
        return f"about {self.monthly_usd:,.0f} USD a month in {self.region} ({named})"


def estimate(
    settings: Settings,
    region: str,
    use: UsageEstimate | None = None,
    prices: PriceTable | None = None,
) -> Estimate:
    """Reckon what a platform costs a month.

    Args:
        settings: The platform.
        region: Its region, such as ``eu-central-1``.
        use: The use; default: what the settings expect.
        prices: The price table; default: the one that came with the package.
    """
    table = prices or shipped()
    subject = Subject(settings, use or settings.usage_estimate, table, region)
    found = lines(subject)
    return Estimate(region, tuple(found), tuple(savings(subject)), _notes(found, table, region))


def _notes(found: list[Line], table: PriceTable, region: str) -> tuple[str, ...]:
    figures = [table.figure(line.price, region) for line in found]
    dates = sorted(figure.as_of for figure in figures)
    notes = [f"List prices as of {dates[0]} to {dates[-1]}." if dates else "", NOT_COUNTED]
    if lacking := {line.price for line in found if region not in table.prices[line.price].figures}:
        notes.insert(
            0,
            f"The price table lacks {len(lacking)} figures for {region}: those of {FALLBACK} stand "
            f"in. `jenkins-platform prices refresh --region {region}` reads them.",
        )
    unsure = sum(table.sources[figure.source].confidence in UNSURE for figure in figures)
    if unsure:
        notes.insert(
            len(notes) - 1,
            f"{unsure} of {len(figures)} figures are from memory or concluded: "
            "`jenkins-platform prices refresh` reads them from AWS.",
        )
    return tuple(note for note in notes if note)
