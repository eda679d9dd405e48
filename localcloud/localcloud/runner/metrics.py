"""Metrics that AWS publishes by itself, put into the emulated CloudWatch."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.logs.models import logs_backends

from .clock import Clock
from .log_patterns import PatternError, matches

_log = logging.getLogger(__name__)


class Metrics:
    """Puts data points, with the time of the embedded cloud."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def add(
        self,
        region: str,
        namespace: str,
        dimensions: Mapping[str, str],
        values: Mapping[str, float],
        moments: Sequence[float] = (),
    ) -> None:
        """Put one data point for each metric name in ``values``.

        Args:
            moments: Seconds since the epoch, each with a data point. Default: now.
        """
        given = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        times = [
            datetime.fromtimestamp(moment, timezone.utc).replace(tzinfo=None)
            for moment in moments or [self._clock.now()]
        ]
        cloudwatch_backends[ACCOUNT][region].put_metric_data(
            namespace,
            [
                {"MetricName": name, "Value": value, "Dimensions": given, "Timestamp": time}
                for name, value in values.items()
                for time in times
            ],
        )

    def count_lines(self, region: str, group: str, lines: Iterable[str]) -> None:
        """Apply the metric filters of a log group, and read the embedded metric format."""
        filters = logs_backends[ACCOUNT][region].describe_metric_filters(log_group_name=group)
        for line in lines:
            if '"_aws"' in line:
                self._embedded(region, line)
            for each in filters:
                try:
                    if not matches(each["filterPattern"], line):
                        continue
                except PatternError:
                    _log.warning("%s: its pattern is not emulated", each["filterName"])
                    continue
                for change in each["metricTransformations"]:
                    value = change["metricValue"]
                    if not value.startswith("$"):
                        values = {change["metricName"]: float(value)}
                        self.add(region, change["metricNamespace"], {}, values)

    def _embedded(self, region: str, line: str) -> None:
        try:
            document: dict[str, Any] = json.loads(line)
            directives = document["_aws"]["CloudWatchMetrics"]
        except (ValueError, KeyError, TypeError):
            return
        for directive in directives:
            values = {m["Name"]: float(document[m["Name"]]) for m in directive["Metrics"]}
            for names in directive["Dimensions"]:
                dimensions = {name: str(document[name]) for name in names}
                self.add(region, directive["Namespace"], dimensions, values)
