"""The price table: every figure with the region it is for, its date and where it is from.

The figures are data, in ``prices.yaml``. `jenkins-platform prices refresh` reads them anew from the
AWS Price List API; the query that finds a price stands beside it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ..settings.values import matching

FILE = Path(__file__).with_name("prices.yaml")
FALLBACK = "us-east-1"
"""Region whose figure stands in for one that the table lacks."""

_HEADER = """\
# List prices of AWS in USD, without taxes, free tiers, volume discounts and savings plans.
# Read by prices.py beside this file, written anew by `jenkins-platform prices refresh`: no comment
# but this one survives that.
"""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Confidence(str, Enum):
    """How far a source can be trusted."""

    READ = "read"
    """Read from the AWS Price List API by this project's own command."""
    QUOTED = "quoted"
    """A public document says that it read it from the Price List API."""
    ARTICLE = "article"
    """An article or several."""
    RECALLED = "recalled"
    """Known as AWS's list price, without a document at hand: to be refreshed."""
    ASSUMED = "assumed"
    """Concluded from other prices: to be refreshed."""


UNSURE = (Confidence.RECALLED, Confidence.ASSUMED)


class Source(_Data):
    """Where figures are from."""

    what: str
    confidence: Confidence


class Query(_Data):
    """How the Price List API finds a price.

    Attributes:
        service: Service code.
        family: Product family, where the usage type alone would ask for too much.
        usage: Usage type, without the region that many start with.
        where: Further attributes.
        scale: What the API's unit is multiplied with: a million, where it prices single requests.
        worldwide: Whether the price is the same everywhere and belongs to no region.
    """

    service: str
    family: str | None = None
    usage: str
    where: dict[str, str] = {}
    scale: int = 1
    worldwide: bool = False


class Figure(_Data):
    """One price in one region."""

    usd: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    as_of: Annotated[str, matching(r"\d{4}(-\d\d(-\d\d)?)?", "a year, month or day")]
    source: str


class Price(_Data):
    """One thing that AWS charges for.

    Attributes:
        what: The thing.
        unit: What the figures are for one of.
        api: How the Price List API finds it; None where it does not.
        figures: The price by region.
    """

    what: str
    unit: str
    api: Query | None = None
    figures: dict[str, Figure]


def _with_fallback(prices: dict[str, Price]) -> dict[str, Price]:
    if missing := [key for key, price in prices.items() if FALLBACK not in price.figures]:
        raise ValueError(f"no figure for {FALLBACK}: {', '.join(missing)}")
    return prices


class PriceTable(_Data):
    """All prices, by their keys."""

    sources: dict[str, Source]
    prices: Annotated[dict[str, Price], AfterValidator(_with_fallback)]

    @model_validator(mode="after")
    def _sources_are_there(self) -> PriceTable:
        named = {f.source for p in self.prices.values() for f in p.figures.values()}
        if unknown := sorted(named - self.sources.keys()):
            raise ValueError(f"unknown sources: {', '.join(unknown)}")
        return self

    @classmethod
    def load(cls, file: Path = FILE) -> PriceTable:
        """The table in a file.

        Raises:
            ValidationError: it is not well-formed, or lacks a figure for the fallback region.
        """
        return cls.model_validate(yaml.safe_load(file.read_text()))

    def text(self) -> str:
        """The table as its file has it."""
        data: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        return _HEADER + yaml.safe_dump(
            data, sort_keys=False, width=100, default_flow_style=None, allow_unicode=True
        )

    def regions(self) -> tuple[str, ...]:
        """Regions that have a figure of their own for everything, the fallback first."""
        every = [set(p.figures) for p in self.prices.values()]
        return (FALLBACK, *sorted(set.intersection(*every) - {FALLBACK}))

    def figure(self, key: str, region: str) -> Figure:
        """The figure of a region, or else of the fallback region."""
        figures: Mapping[str, Figure] = self.prices[key].figures
        return figures.get(region, figures[FALLBACK])

    def usd(self, key: str, region: str) -> float:
        return self.figure(key, region).usd


@functools.cache
def shipped() -> PriceTable:
    """The table that came with the package, or was refreshed in it."""
    return PriceTable.load()
