"""Simulates what the emulator lacks of CloudWatch: metric filters count log lines, and alarms
evaluate metrics. All definitions are read back from the emulated AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from localcloud.cloud import LocalCloud
from localcloud.runner import metric_math
from localcloud.runner.alarms import COMPARE


def run_metric_filters(cloud: LocalCloud, group: str) -> None:
    """Publish the metrics of a log group's metric filters."""
    logs = cloud.client("logs")
    for found in logs.describe_metric_filters(logGroupName=group)["metricFilters"]:
        lines = logs.filter_log_events(logGroupName=group, filterPattern=found["filterPattern"])
        for metric in found["metricTransformations"]:
            for _ in lines["events"]:
                put_metric(cloud, metric["metricNamespace"], metric["metricName"], {}, 1)


def put_metric(
    cloud: LocalCloud, namespace: str, name: str, dimensions: dict[str, str], value: float
) -> None:
    """Put one value of a metric."""
    cloud.client("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()],
                "Value": value,
            }
        ],
    )


def alarm_named(cloud: LocalCloud, start: str) -> dict[str, Any]:
    """The only alarm with a name prefix."""
    found = cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]
    (alarm,) = [a for a in found if a["AlarmName"].startswith(start)]
    return dict(alarm)


def evaluate(cloud: LocalCloud, start: str) -> str:
    """Evaluate an alarm over its latest periods, update its state, and return it."""
    alarm = alarm_named(cloud, start)
    queries = {q["Id"]: q for q in alarm.get("Metrics", []) if "MetricStat" in q}
    stats = {i: q["MetricStat"] for i, q in queries.items()} or {"m0": _of(alarm)}
    seconds = next(iter(stats.values()))["Period"]
    now = datetime.now(timezone.utc)
    breaches = []
    for back in range(alarm["EvaluationPeriods"]):
        end = now - timedelta(seconds=back * seconds)
        names = {i: _value(cloud, stat, end) for i, stat in stats.items()}
        expressions = [q["Expression"] for q in alarm.get("Metrics", []) if "Expression" in q]
        text = expressions[0] if expressions else "m0"
        value = metric_math.evaluate(text, names)
        beyond = COMPARE[alarm["ComparisonOperator"]]
        missing = alarm["TreatMissingData"] == "breaching"
        breaches.append(missing if value is None else beyond(value, alarm["Threshold"]))
    state = "ALARM" if all(breaches) else "OK"
    cloud.client("cloudwatch").set_alarm_state(
        AlarmName=alarm["AlarmName"], StateValue=state, StateReason=f"{breaches}"
    )
    return state


def _of(alarm: dict[str, Any]) -> dict[str, Any]:
    """The metric of an alarm in the form of a metric query."""
    metric = {k: alarm[k] for k in ("Namespace", "MetricName", "Dimensions")}
    return {"Metric": metric, "Stat": alarm["Statistic"], "Period": alarm["Period"]}


def _value(cloud: LocalCloud, stat: dict[str, Any], end: datetime) -> float | None:
    metric, statistic = stat["Metric"], stat["Stat"]
    points = cloud.client("cloudwatch").get_metric_statistics(
        Namespace=metric["Namespace"],
        MetricName=metric["MetricName"],
        Dimensions=metric["Dimensions"],
        StartTime=end - timedelta(seconds=stat["Period"]),
        EndTime=end + timedelta(seconds=1),
        # One data point for the whole period, independent of minute boundaries.
        Period=stat["Period"] * 2,
        Statistics=[statistic],
    )["Datapoints"]
    functions: dict[str, Callable[[Iterable[float]], float]] = {
        "Sum": sum,
        "Maximum": max,
        "Minimum": min,
    }
    return functions[statistic](p[statistic] for p in points) if points else None
