"""Widgets of a CloudWatch dashboard, and what they are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..functions.metrics import DIMENSION, NAMESPACE

Widget = dict[str, Any]
Series = list[Any]
COLUMNS = 24
HEIGHT, _TEXT_HEIGHT = 6, 3
DAY, HOUR, PERIOD = 86_400, 3600, 300


@dataclass(frozen=True)
class Facts:
    """What the dashboard shows.

    Attributes:
        platform: The value of our metrics' dimension.
        alarm_arns: The alarms.
        stopped_rule: Name of the rule that matches `COUNTED_EVENT`.
        families: Families of the agents' task definitions, by template.
        hourly_usd: What an hour of the controller's task costs.
        prices_as_of: Date of the prices.
        spot_share: Share of the price that Spot costs.
        sleeps: Whether there is a schedule.
        breaks_circuit: Whether there is a circuit breaker for Spot capacity.
        bursting: Whether the file system has burst credits.
    """

    title: str
    region: str
    platform: str
    load_balancer: str
    target_group: str
    controller_cluster: str
    service: str
    agents_cluster: str
    shared_cluster: bool
    file_system: str
    controller_log_group: str
    meter_log_group: str
    stopped_rule: str
    alarm_arns: Sequence[str]
    families: Mapping[str, str]
    hourly_usd: float
    prices_as_of: str
    spot_share: float
    sleeps: bool
    breaks_circuit: bool
    bursting: bool


def placed(rows: list[list[Widget]]) -> list[Widget]:
    """Widgets with their places: each row shares the width."""
    placed, top = [], 0
    for row in rows:
        width = COLUMNS // len(row)
        height = _TEXT_HEIGHT if row[0]["type"] in ("text", "alarm") else HEIGHT
        for index, widget in enumerate(row):
            place = {"x": index * width, "y": top, "width": width, "height": height}
            placed.append({**widget, **place})
        top += height
    return placed


def graph(facts: Facts, title: str, series: list[Series], **options: Any) -> Widget:
    properties = {
        "title": title,
        "region": facts.region,
        "view": "timeSeries",
        "stat": "Average",
        "period": PERIOD,
        "metrics": series,
        **options,
    }
    return {"type": "metric", "properties": properties}


def insights(facts: Facts, title: str, group: str, query: str) -> Widget:
    source = f"SOURCE '{group}' | {query}"
    properties = {"title": title, "region": facts.region, "view": "table", "query": source}
    return {"type": "log", "properties": properties}


def ours(facts: Facts, name: str, **options: Any) -> Series:
    return [NAMESPACE, name, DIMENSION, facts.platform, options]
