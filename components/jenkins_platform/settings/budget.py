"""Settings of the budget."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import Group, setting
from .values import EmailAddress


class BudgetSettings(Group):
    monthly_usd: float = setting(valid="an amount in USD above 0", gt=0, le=10_000_000)
    threshold_percents: tuple[Annotated[int, Field(ge=1, le=1000)], ...] = setting(
        (80, 100), valid="up to five numbers from 1 to 1000", max_length=5
    )
    forecast: bool = setting(True, valid="true or false")
    email_addresses: tuple[EmailAddress, ...] = setting(
        (), valid="up to ten e-mail addresses", max_length=10
    )
