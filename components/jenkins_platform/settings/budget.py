"""Settings of the budget."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from .validation.base import Group, Integer, Problem, setting
from .validation.rules import no_duplicates
from .validation.values import EmailAddress


def _cents(value: float) -> float:
    if round(value, 2) != value:
        raise ValueError("must have at most two decimal places")
    return value


class BudgetSettings(Group):
    """See `BudgetArgs`. Limits: AWS Budgets User Guide, "Quotas"."""

    monthly_usd: Annotated[float, AfterValidator(_cents)] = setting(
        valid="an amount in USD above 0 with at most two decimal places", gt=0, le=10_000_000
    )
    threshold_percents: tuple[Annotated[Integer, Field(ge=1, le=1000)], ...] = setting(
        (80, 100), valid="up to five numbers from 1 to 1000", max_length=5
    )
    forecast: bool = setting(True, valid="true or false")
    email_addresses: tuple[EmailAddress, ...] = setting(
        (), valid="up to 10 email addresses", max_length=10
    )

    @property
    def limit_amount(self) -> str:
        """The budget as AWS Budgets expects it: a decimal number without an exponent."""
        return f"{self.monthly_usd:.2f}".removesuffix(".00")

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of values that are listed more than once."""
        yield from no_duplicates(f"{key}.email_addresses", self.email_addresses, same=str.lower)
        texts = [str(percent) for percent in self.threshold_percents]
        yield from no_duplicates(f"{key}.threshold_percents", texts)
