"""A budget: who is told when the month gets dearer than planned."""

from typing import TypedDict

from typing_extensions import NotRequired


class BudgetArgs(TypedDict):
    """An AWS budget over everything with the platform's tag ``JenkinsPlatform``. AWS counts a tag
    only once it is activated as a cost allocation tag in the billing console, and from then on."""

    monthly_usd: float
    """What a month may cost, in USD, above 0."""
    threshold_percents: NotRequired[list[int]]
    """Shares of that, in percent, at which to tell, 1 to 1000, five at the most. Default 80
    and 100."""
    forecast: NotRequired[bool]
    """Whether to tell also when AWS's forecast for the month passes 100 %. Default true."""
    email_addresses: NotRequired[list[str]]
    """Who gets an e-mail, besides the topic of ``monitoring``: ten at the most. Default: nobody."""
