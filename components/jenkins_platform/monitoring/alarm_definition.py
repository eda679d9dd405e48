"""What an alarm is: a metric, a threshold, what it means and what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi

from ..inputs import Alarm
from ..settings.monitoring import PERIOD_MINUTES

Text = pulumi.Input[str]
PERIOD = PERIOD_MINUTES * 60
BREACHING, IGNORED = "breaching", "notBreaching"
_SIDES = {">=": "GreaterThanOrEqualToThreshold", "<": "LessThanThreshold"}


@dataclass(frozen=True)
class Metric:
    """A metric of AWS or of the platform."""

    namespace: Text
    name: str
    dimensions: dict[str, Text]
    statistic: str


@dataclass(frozen=True)
class Definition:
    """One alarm.

    Attributes:
        kind: Which one.
        metrics: One metric, or several that ``expression`` combines.
        beyond: ``>=`` or ``<``: the side of the threshold that breaches it.
        periods: How many consecutive periods must breach it.
        missing: What a period without data means.
        meaning: What is wrong.
        to_do: What to do about it.
        expression: Metric math over ``m0``, ``m1`` and so on.
    """

    kind: Alarm
    metrics: list[Metric]
    beyond: str
    threshold: float
    meaning: str
    to_do: str
    periods: int = 1
    seconds: int = PERIOD
    missing: str = IGNORED
    expression: str | None = None

    @property
    def description(self) -> str:
        """Its description in CloudWatch and in each message."""
        return f"{self.meaning} What to do: {self.to_do}"

    def arguments(self) -> dict[str, Any]:
        """The arguments of a CloudWatch alarm."""
        common = {
            "alarm_description": self.description,
            "comparison_operator": _SIDES[self.beyond],
            "threshold": self.threshold,
            "evaluation_periods": self.periods,
            "treat_missing_data": self.missing,
        }
        if self.expression is None:
            (metric,) = self.metrics
            percentile = metric.statistic.startswith("p")
            return {
                **common,
                "namespace": metric.namespace,
                "metric_name": metric.name,
                "dimensions": metric.dimensions,
                "extended_statistic" if percentile else "statistic": metric.statistic,
                "period": self.seconds,
            }
        queries: list[dict[str, Any]] = [
            {
                "id": "result",
                "expression": self.expression,
                "label": self.kind.value,
                "return_data": True,
            }
        ]
        for index, metric in enumerate(self.metrics):
            queries.append(
                {
                    "id": f"m{index}",
                    "metric": {
                        "namespace": metric.namespace,
                        "metric_name": metric.name,
                        "dimensions": metric.dimensions,
                        "stat": metric.statistic,
                        "period": self.seconds,
                    },
                }
            )
        return {**common, "metric_queries": queries}
