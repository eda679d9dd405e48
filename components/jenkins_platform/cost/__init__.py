"""The estimate of the monthly cost: prices, line items and savings. Independent of Pulumi."""

from .estimate import Estimate, estimate
from .prices import PriceTable, shipped
from .savings import Saving
from .subject import Line

__all__ = ["Estimate", "Line", "PriceTable", "Saving", "estimate", "shipped"]
