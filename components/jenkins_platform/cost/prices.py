"""The price table: every price with its region, date and source.

The prices are in ``prices.yaml``, each with the query that finds it. `jenkins-platform prices
refresh` updates them from the AWS Price List API.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ..settings.validation.values import matching

FILE = Path(__file__).with_name("prices.yaml")
FALLBACK = "us-east-1"
"""Region whose price is used for a region that the table does not contain."""

_HEADER = """\
# List prices of AWS in USD, without taxes, free tiers, volume discounts and savings plans.
# Read by prices.py beside this file, rewritten by `jenkins-platform prices refresh`, which
# removes all other comments.
"""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Confidence(str, Enum):
    """Reliability of a source."""

    READ = "read"
    """Read from the AWS Price List API by `jenkins-platform prices refresh`."""
    QUOTED = "quoted"
    """Quoted from the Price List API by a public document."""
    ARTICLE = "article"
    """From one or more articles."""
    RECALLED = "recalled"
    """A list price without a document, to be refreshed."""
    ASSUMED = "assumed"
    """Derived from other prices, to be refreshed."""


UNSURE = (Confidence.RECALLED, Confidence.ASSUMED)


class Source(_Data):
    """The source of prices."""

    what: str
    confidence: Confidence


class Query(_Data):
    """A query of the Price List API.

    Attributes:
        service: Service code.
        family: Product family, if the usage type alone would match too many products.
        usage: Usage type without its region prefix.
        where: Additional attributes.
        scale: Factor for the unit of the API, such as a million for single requests.
        worldwide: Whether the price is the same in all regions.
    """

    service: str
    family: str | None = None
    usage: str
    where: dict[str, str] = {}
    scale: int = 1
    worldwide: bool = False


class RegionalPrice(_Data):
    """The price in one region."""

    usd: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    as_of: Annotated[str, matching(r"\d{4}(-\d\d(-\d\d)?)?", "a year, month or day")]
    source: str


class Price(_Data):
    """A billed item.

    Attributes:
        what: Description of the item.
        unit: Unit of the prices.
        api: Query of the Price List API, or None if the API does not contain it.
        by_region: Prices by region.
    """

    what: str
    unit: str
    api: Query | None = None
    by_region: dict[str, RegionalPrice]


def _with_fallback(prices: dict[str, Price]) -> dict[str, Price]:
    if missing := [key for key, price in prices.items() if FALLBACK not in price.by_region]:
        raise ValueError(f"no price for {FALLBACK}: {', '.join(missing)}")
    return prices


class PriceTable(_Data):
    """All prices by key."""

    sources: dict[str, Source]
    prices: Annotated[dict[str, Price], AfterValidator(_with_fallback)]

    @model_validator(mode="after")
    def _sources_exist(self) -> PriceTable:
        named = {f.source for p in self.prices.values() for f in p.by_region.values()}
        if unknown := sorted(named - self.sources.keys()):
            raise ValueError(f"unknown sources: {', '.join(unknown)}")
        return self

    @classmethod
    def load(cls, file: Path = FILE) -> PriceTable:
        """Read a table from a file.

        Raises:
            ValidationError: The file is not valid, or has no price for the fallback region.
        """
        # LibYAML reads it in a tenth of the time, where it is installed.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return cls.model_validate(yaml.load(file.read_text(), Loader=loader))  # noqa: S506

    def text(self) -> str:
        """The table in the format of its file."""
        data: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        return _HEADER + yaml.safe_dump(
            data, sort_keys=False, width=100, default_flow_style=None, allow_unicode=True
        )

    def regions(self) -> tuple[str, ...]:
        """Regions with a price for every item, the fallback region first."""
        every = [set(p.by_region) for p in self.prices.values()]
        return (FALLBACK, *sorted(set.intersection(*every) - {FALLBACK}))

    def regional(self, key: str, region: str) -> RegionalPrice:
        """The price in a region, or in the fallback region."""
        by_region: Mapping[str, RegionalPrice] = self.prices[key].by_region
        return by_region.get(region, by_region[FALLBACK])

    def usd(self, key: str, region: str) -> float:
        """The price in USD, as `regional` finds it."""
        return self.regional(key, region).usd


@functools.cache
def shipped() -> PriceTable:
    """The table in the package."""
    return PriceTable.load()
