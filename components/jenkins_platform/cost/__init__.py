"""What the platform costs a month: prices, what is paid for, and how to pay less. No Pulumi."""

from .estimate import Estimate, estimate
from .prices import PriceTable, shipped
from .savings import Saving
from .subject import Line

__all__ = ["Estimate", "Line", "PriceTable", "Saving", "estimate", "shipped"]
