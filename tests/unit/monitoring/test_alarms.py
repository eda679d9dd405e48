"""Every alarm as a table: metric, statistic, comparison, threshold, periods and missing data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from harness.stacks.parts import monitoring, parts
from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role, of_type, one

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC = f"arn:aws:mock:eu-central-1:{ACCOUNT}:jenkins-monitoring"
SIDES = {"GreaterThanOrEqualToThreshold": ">=", "LessThanThreshold": "<"}
SERVICE = {"ClusterName": "jenkins-controller", "ServiceName": "jenkins-controller"}
TARGET = {"LoadBalancer": "suffix-of/jenkins-alb", "TargetGroup": "suffix-of/jenkins-web"}
HOME = {"FileSystemId": "jenkins-home-id"}
WAITING, LOST = {"QueueName": "jenkins-webhooks"}, {"QueueName": "jenkins-webhooks-lost"}
COUNTED = "JenkinsPlatform/jenkins-abcdef"
ELB, EVENTS = "AWS/ApplicationELB", "AWS/Events"


def counted(rule: str) -> dict[str, str]:
    return {"RuleName": f"jenkins-event-{rule}"}


DEFAULTS: dict[str, tuple[object, ...]] = {
    "no-healthy-target": (
        (ELB, "HealthyHostCount", TARGET, "Maximum"),
        *("<", 1, 300, 2, "breaching"),
    ),
    "no-running-controller": (
        ("ECS/ContainerInsights", "RunningTaskCount", SERVICE, "Maximum"),
        *("<", 1, 300, 2, "breaching"),
    ),
    "controller-restarts": (
        (EVENTS, "TriggeredRules", counted("controller-stopped"), "Sum"),
        *(">=", 3, 3600, 1, "notBreaching"),
    ),
    "controller-cpu": (
        ("AWS/ECS", "CPUUtilization", SERVICE, "Average"),
        *(">=", 90, 300, 3, "notBreaching"),
    ),
    "controller-memory": (
        ("AWS/ECS", "MemoryUtilization", SERVICE, "Average"),
        *(">=", 90, 300, 3, "notBreaching"),
    ),
    "server-errors": (
        (ELB, "HTTPCode_Target_5XX_Count", TARGET, "Sum"),
        *(">=", 10, 300, 2, "notBreaching"),
    ),
    "slow-responses": (
        (ELB, "TargetResponseTime", TARGET, "p95"),
        *(">=", 5, 300, 3, "notBreaching"),
    ),
    "file-system-io": (
        ("AWS/EFS", "PercentIOLimit", HOME, "Average"),
        *(">=", 95, 300, 3, "notBreaching"),
    ),
    "backup-failed": (
        (EVENTS, "TriggeredRules", counted("backup-failed"), "Sum"),
        *(">=", 1, 300, 1, "notBreaching"),
    ),
    "agents-not-placed": (
        (COUNTED, "AgentsRefused", {}, "Sum"),
        *(">=", 5, 900, 1, "notBreaching"),
    ),
    "spot-interruptions": (
        (EVENTS, "TriggeredRules", counted("spot-interrupted"), "Sum"),
        *(">=", 20, 3600, 1, "notBreaching"),
    ),
    "spot-suspended": (
        ("JenkinsPlatform", "SpotSuspended", {"Platform": "jenkins-abcdef"}, "Maximum"),
        *(">=", 1, 300, 1, "notBreaching"),
    ),
    "log-errors": (
        (COUNTED, "LogErrors", {}, "Sum"),
        *(">=", 20, 900, 1, "notBreaching"),
    ),
}


def row(alarm: Mapping[str, Any]) -> tuple[object, ...]:
    (key,) = alarm.keys() & {"statistic", "extendedStatistic"}
    assert (key == "extendedStatistic") is alarm[key].startswith("p"), "only for percentiles"
    return (
        (alarm["namespace"], alarm["metricName"], alarm["dimensions"], alarm[key]),
        SIDES[alarm["comparisonOperator"]],
        alarm["threshold"],
        alarm["period"],
        alarm["evaluationPeriods"],
        alarm["treatMissingData"],
    )


def metrics(alarm: Mapping[str, Any]) -> tuple[str, list[tuple[str, str, dict[str, str], str]]]:
    """The expression of an alarm over several metrics, and those metrics in order."""
    result, *queries = alarm["metricQueries"]
    assert result["returnData"] is True
    assert [query["id"] for query in queries] == [f"m{i}" for i in range(len(queries))]
    found = [query["metric"] for query in queries]
    return result["expression"], [
        (m["namespace"], m["metricName"], m["dimensions"], m["stat"]) for m in found
    ]


def test_single_metric_alarms() -> None:
    alarms = {role: r.inputs for role, r in by_role(ALARM).items()}
    assert {
        role: row(alarm) for role, alarm in alarms.items() if "metricQueries" not in alarm
    } == DEFAULTS


def test_burst_credits_are_monitored_in_bursting_mode() -> None:
    assert row(by_role(ALARM, EVERYTHING)["burst-credits"].inputs) == (
        ("AWS/EFS", "BurstCreditBalance", HOME, "Minimum"),
        *("<", 3600 * 100 * 1024**2, 300, 1, "notBreaching"),
    )


@pytest.mark.parametrize(
    ("args", "functions"),
    [
        ({}, ["spot-breaker", "reaper"]),
        (EVERYTHING, ["meter", "spot-breaker", "reaper", "working-hours", "wake-page"]),
    ],
    ids=["default", "everything"],
)
def test_errors_of_every_function_are_summed(args: dict[str, Any], functions: list[str]) -> None:
    alarm = by_role(ALARM, args)["function-errors"].inputs
    terms = ", ".join(f"m{index}" for index in range(len(functions)))
    assert metrics(alarm) == (
        f"SUM([{terms}])",
        [
            ("AWS/Lambda", "Errors", {"FunctionName": f"jenkins-{name}"}, "Sum")
            for name in functions
        ],
    )
    assert SIDES[alarm["comparisonOperator"]] == ">="
    assert (alarm["threshold"], alarm["evaluationPeriods"]) == (1, 1)
    assert alarm["treatMissingData"] == "notBreaching"
    assert {q["metric"]["period"] for q in alarm["metricQueries"][1:]} == {3600}


@pytest.mark.parametrize(
    ("role", "metric"),
    [
        ("no-healthy-target", (ELB, "HealthyHostCount", TARGET, "Maximum")),
        (
            "no-running-controller",
            ("ECS/ContainerInsights", "RunningTaskCount", SERVICE, "Maximum"),
        ),
    ],
)
def test_a_sleeping_controller_is_not_down(role: str, metric: Any) -> None:
    alarm = by_role(ALARM, EVERYTHING)[role].inputs
    asleep = ("JenkinsPlatform", "Asleep", {"Platform": "jenkins-abcdef"}, "Maximum")
    assert metrics(alarm) == ("SUM([FILL(m0, 0), FILL(m1, 0)])", [metric, asleep])
    assert SIDES[alarm["comparisonOperator"]] == "<"
    assert (alarm["threshold"], alarm["evaluationPeriods"]) == (1, 2)
    assert alarm["treatMissingData"] == "breaching"


@pytest.mark.parametrize(
    ("schedule", "waiting", "periods"),
    [
        ({}, [], 1),
        (
            {"schedule": {}},
            [("JenkinsPlatform", "Asleep", {"Platform": "jenkins-abcdef"}, "Maximum")],
            4,
        ),
    ],
    ids=["always-awake", "sleeps"],
)
def test_webhooks_that_wait_or_are_lost(
    schedule: dict[str, Any], waiting: list[Any], periods: int
) -> None:
    secret = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:hook-AbCdEf"
    args = {
        "webhooks": {"github_secret_arn": secret},
        "monitoring": {"alarms": {"webhook_minutes": 20}},
        **schedule,
    }
    alarms = {role: r.inputs for role, r in of_type(parts(monitoring, args), ALARM).items()}
    assert row(alarms["webhooks-lost"]) == (
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", LOST, "Maximum"),
        *(">=", 1, 300, 1, "notBreaching"),
    )
    alarm = alarms["webhooks-waiting"]
    oldest = ("AWS/SQS", "ApproximateAgeOfOldestMessage", WAITING, "Maximum")
    if waiting:
        assert metrics(alarm) == ("IF(FILL(m1, 0) > 0, 0, m0)", [oldest, *waiting])
        assert {q["metric"]["period"] for q in alarm["metricQueries"][1:]} == {300}
    else:
        assert row(alarm)[0] == oldest
    assert SIDES[alarm["comparisonOperator"]] == ">="
    assert (alarm["threshold"], alarm["evaluationPeriods"]) == (1200, periods)
    assert alarm["treatMissingData"] == "notBreaching"


def test_every_alarm_notifies_the_topic_when_it_starts_and_when_it_ends() -> None:
    for role, alarm in by_role(ALARM).items():
        assert alarm.inputs["alarmActions"] == [TOPIC], role
        assert alarm.inputs["okActions"] == [TOPIC], role


def test_limits_are_inputs() -> None:
    limits = {
        "down_minutes": 30,
        "cpu_percent": 70,
        "memory_percent": 71,
        "response_seconds": 2.5,
        "server_errors": 3,
        "agents_not_placed": 4,
        "spot_interruptions": 6,
        "log_errors": 7,
    }
    found = parts(monitoring, {"monitoring": {"alarms": limits}})
    alarms = {role: r.inputs for role, r in of_type(found, ALARM).items()}
    assert {role: alarm["threshold"] for role, alarm in alarms.items()} == {
        "no-healthy-target": 1,
        "no-running-controller": 1,
        "controller-restarts": 3,
        "controller-cpu": 70,
        "controller-memory": 71,
        "server-errors": 3,
        "slow-responses": 2.5,
        "file-system-io": 95,
        "backup-failed": 1,
        "agents-not-placed": 4,
        "spot-interruptions": 6,
        "spot-suspended": 1,
        "log-errors": 7,
        "function-errors": 1,
    }
    assert alarms["no-healthy-target"]["evaluationPeriods"] == 6
    assert alarms["no-running-controller"]["evaluationPeriods"] == 6


def test_log_lines_are_counted_by_metric_filters() -> None:
    filters = by_role("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    assert {
        role: (
            r.inputs["logGroupName"],
            r.inputs["pattern"],
            r.inputs["metricTransformation"],
        )
        for role, r in filters.items()
    } == {
        "log-errors": (
            "jenkins-abcdef-controller",
            '"SEVERE"',
            {"name": "LogErrors", "namespace": COUNTED, "value": "1"},
        ),
        "agents-refused": (
            "jenkins-abcdef-controller",
            '"Error in provisioning"',
            {"name": "AgentsRefused", "namespace": COUNTED, "value": "1"},
        ),
    }


def test_the_composite_alarm_notifies_for_its_two_parts() -> None:
    down = one("aws:cloudwatch/compositeAlarm:CompositeAlarm", EVERYTHING).inputs
    assert (down["alarmActions"], down["okActions"]) == ([TOPIC], [TOPIC])
    alarms = by_role(ALARM, EVERYTHING)
    silent = {role for role, alarm in alarms.items() if alarm.inputs["alarmActions"] == []}
    assert silent == {"no-healthy-target", "no-running-controller"}
    assert {role for role, alarm in alarms.items() if alarm.inputs["okActions"] == []} == silent
