"""Alarms of the embedded cloud: filter patterns, metric math, and the state from data points."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from localcloud.runner.alarms import judge
from localcloud.runner.clock import Clock
from localcloud.runner.log_patterns import PatternError, matches
from localcloud.runner.metric_math import MathError, Value, evaluate
from localcloud.runner.metrics import Metrics
from moto import mock_aws
from moto.cloudwatch.models import cloudwatch_backends

from harness.aws.clients import session

ACCOUNT, REGION = "123456789012", "eu-central-1"
MADE = datetime(2026, 1, 1, tzinfo=timezone.utc)
NOW = MADE + timedelta(days=1)


@pytest.mark.parametrize(
    ("pattern", "line", "expected"),
    [
        ("", "anything", True),
        ('"SEVERE"', "10:00 SEVERE x", True),
        ('"SEVERE"', "10:00 severe x", False),
        ('"Error in provisioning"', "Error in provisioning; agent=x", True),
        ('"Error in provisioning"', "Error while provisioning", False),
        ("one two", "two one", True),
        ("one two", "one", False),
        ("?one ?two", "two", True),
        ("?one ?two", "three", False),
        ("one -two", "one", True),
        ("one -two", "one two", False),
        ("%[45][0-9][0-9]%", "status 502", True),
        ("%[45][0-9][0-9]%", "status 200", False),
    ],
)
def test_a_filter_pattern_matches_lines(pattern: str, line: str, expected: bool) -> None:
    assert matches(pattern, line) is expected


def test_patterns_for_json_are_not_emulated() -> None:
    with pytest.raises(PatternError):
        matches("{ $.level = 1 }", "x")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("SUM([FILL(m0, 0), FILL(m2, 0)])", 1),
        ("SUM([m0, m1, m2])", 5),
        ("SUM([m2])", None),
        ("m0 + m1 * 2", 9),
        ("m0 + m2", None),
        ("m1 / 0", None),
        ("MAX([m0, m1]) - MIN([m0, m1])", 3),
        ("AVG([m0, m1])", 2.5),
    ],
)
def test_metric_math_over_one_period(expression: str, expected: Value) -> None:
    assert evaluate(expression, {"m0": 1, "m1": 4, "m2": None}) == expected


@pytest.mark.parametrize("expression", ["ANOMALY_DETECTION_BAND(m0)", "m9", "m0 >", "m0.x"])
def test_other_metric_math_is_not_emulated(expression: str) -> None:
    with pytest.raises(MathError):
        evaluate(expression, {"m0": 1})


@pytest.fixture
def cloudwatch() -> Iterator[Any]:
    with mock_aws():
        yield session().client("cloudwatch", region_name=REGION)


def state(cloudwatch: Any, points: dict[float, float], **alarm: Any) -> str:
    """State of an alarm on data points, by minutes before now."""
    cloudwatch.put_metric_alarm(
        **{
            "AlarmName": "a",
            "Namespace": "N",
            "MetricName": "M",
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 3,
            "Threshold": 5,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            **alarm,
        }
    )
    backend = cloudwatch_backends[ACCOUNT][REGION]
    backend.alarms["a"].configuration_updated_timestamp = MADE.replace(tzinfo=None)
    for before, value in points.items():
        datum = {"MetricName": "M", "Value": value, "Timestamp": NOW - timedelta(minutes=before)}
        cloudwatch.put_metric_data(Namespace="N", MetricData=[datum])
    return judge(backend.alarms["a"], backend.metric_data, NOW.timestamp())[0]


@pytest.mark.parametrize(
    ("points", "alarm", "expected"),
    [
        ({1: 5, 6: 5, 11: 5}, {}, "ALARM"),
        ({1: 2, 2: 3, 6: 5, 11: 5}, {}, "ALARM"),
        ({1: 4, 6: 5, 11: 5}, {}, "OK"),
        ({1: 4, 6: 5, 11: 5}, {"DatapointsToAlarm": 2}, "ALARM"),
        ({1: 5, 16: 5, 21: 5}, {}, "OK"),
        ({}, {}, "INSUFFICIENT_DATA"),
        ({}, {"TreatMissingData": "breaching"}, "ALARM"),
        ({1: 1}, {"TreatMissingData": "breaching"}, "OK"),
        ({}, {"TreatMissingData": "notBreaching"}, "OK"),
        ({1: 9}, {"EvaluationPeriods": 1, "Statistic": "Average"}, "ALARM"),
        ({1: 9, 2: 0}, {"EvaluationPeriods": 1, "Statistic": "Average"}, "OK"),
        ({1: 9, 2: 0}, {"EvaluationPeriods": 1, "Statistic": "Maximum"}, "ALARM"),
    ],
)
def test_data_points_decide_the_state(
    cloudwatch: Any, points: dict[float, float], alarm: dict[str, Any], expected: str
) -> None:
    assert state(cloudwatch, points, **alarm) == expected


def test_periods_before_the_alarm_existed_do_not_breach(cloudwatch: Any) -> None:
    assert state(cloudwatch, {}, TreatMissingData="breaching") == "ALARM"
    alarm = cloudwatch_backends[ACCOUNT][REGION].alarms["a"]
    alarm.configuration_updated_timestamp = (NOW - timedelta(minutes=9)).replace(tzinfo=None)
    assert judge(alarm, [], NOW.timestamp())[0] == "OK"


def test_lines_become_metrics_by_filter_and_by_embedded_format(cloudwatch: Any) -> None:
    logs = session().client("logs", region_name=REGION)
    logs.create_log_group(logGroupName="g")
    logs.put_metric_filter(
        logGroupName="g",
        filterName="f",
        filterPattern='"SEVERE"',
        metricTransformations=[
            {"metricName": "Errors", "metricNamespace": "N", "metricValue": "1"}
        ],
    )
    directive = {
        "Namespace": "E",
        "Dimensions": [["Platform"]],
        "Metrics": [{"Name": "Asleep", "Unit": "Count"}],
    }
    line = {"_aws": {"CloudWatchMetrics": [directive]}, "Platform": "p", "Asleep": 1}
    metrics = Metrics(Clock())
    metrics.count_lines(REGION, "g", ["SEVERE a", "INFO b", json.dumps(line), '{"_aws": 1}'])
    metrics.count_lines(REGION, "other", ["SEVERE c"])
    found = [
        (d.namespace, d.name, d.value, [(i.name, i.value) for i in d.dimensions])
        for d in cloudwatch_backends[ACCOUNT][REGION].metric_data
    ]
    assert found == [("N", "Errors", 1, []), ("E", "Asleep", 1, [("Platform", "p")])]
