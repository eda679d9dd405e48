"""What commands print about costs and prices."""

from __future__ import annotations

from typing import Optional

from .base import Answer


class CostLine(Answer):
    """An item of the estimate."""

    part: str
    """Part of the platform."""
    item: str
    """What is billed."""
    quantity: float
    """Number of units a month."""
    unit: str
    """Unit of the quantity."""
    unit_usd: float
    """Price of a unit in USD."""
    as_of: str
    """Date of the price: a year, month or day."""
    source: str
    """Where the price comes from."""
    confirmed: bool
    """False if the price is from memory or derived from other prices."""
    monthly_usd: float
    """Cost of a month in USD, rounded to cents."""
    price: str
    """Key of the price in the table."""
    because: str
    """What the quantity depends on."""


class CostSaving(Answer):
    """A setting that would cost less."""

    setting: str
    """The setting."""
    advice: str
    """What it means."""
    monthly_usd: float
    """Saved in a month, in USD."""


class Cost(Answer):
    """The estimated cost of a month."""

    stack: str
    """Name of the stack."""
    region: str
    """Region of the prices."""
    monthly_usd: float
    """Total in USD."""
    parts: dict[str, float]
    """Total of each part in USD."""
    lines: list[CostLine]
    """The items."""
    savings: list[CostSaving]
    """Possible savings, each on its own."""
    notes: list[str]
    """Date and confirmation of the prices; what is not included."""


class PriceReading(Answer):
    """A price as read from AWS."""

    key: str
    """Key of the price."""
    region: str
    """The region."""
    before: Optional[float]
    """The price in the table so far."""
    after: Optional[float]
    """The price that was read; null if there was not exactly one."""
    problem: str
    """Why ``after`` is null."""
