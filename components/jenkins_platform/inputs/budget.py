"""Inputs of the AWS budget."""

from typing import TypedDict

from typing_extensions import NotRequired


class BudgetArgs(TypedDict):
    """A monthly AWS cost budget for all resources with the tag ``JenkinsPlatform``. AWS includes
    costs from the time at which the tag is activated as a cost allocation tag in the billing
    console."""

    monthly_usd: float
    """Monthly budget in USD, above 0 and at most 10000000, with at most two decimal places."""
    threshold_percents: NotRequired[list[int]]
    """Percentages of the budget at which to send a notification, at most five, each 1 to 1000 and
    listed once. Default: ``[80, 100]``."""
    forecast: NotRequired[bool]
    """Whether to also send a notification when the forecast for the month exceeds the budget.
    Default: ``true``."""
    email_addresses: NotRequired[list[str]]
    """Email addresses to notify in addition to the topic of ``monitoring``, at most ten.
    Default: none."""
