"""The dashboard: which metrics each widget shows, and where it stands."""

from __future__ import annotations

import json
import re
from typing import Any

from jenkins_platform.testing import Registration

from harness.inputs.lean import SMALL
from harness.jenkins.groovy_scripts import START_LINE
from harness.stacks.mocks import platform
from harness.stacks.parts import monitoring, parts
from harness.stacks.registered import EVERYTHING, by_role, only

DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
PLAIN: dict[str, Any] = {**SMALL, "monitoring": {"level": "all"}}
SERVICE = "ClusterName=jenkins-controller ServiceName=jenkins-controller"
TARGET = "LoadBalancer=suffix-of/jenkins-alb TargetGroup=suffix-of/jenkins-web"
AGENTS = "ClusterName=jenkins-agents"
LINUX = f"{AGENTS} TaskDefinitionFamily=jenkins-abcdef-agent-linux"
HOME = "FileSystemId=jenkins-home-id"
OURS = "Platform=jenkins-abcdef"


def widgets(registered: list[Registration]) -> list[dict[str, Any]]:
    body = json.loads(only(registered, DASHBOARD).inputs["dashboardBody"])
    found: list[dict[str, Any]] = body["widgets"]
    return found


def metric(series: list[Any], default: str) -> str:
    """One line of a graph: metric, dimensions and statistic, or its expression."""
    *words, options = series
    if "expression" in options:
        return str(options["expression"])
    namespace, name, *dimensions = words
    pairs = zip(dimensions[::2], dimensions[1::2], strict=True)
    found = [f"{namespace}/{name}", *(f"{key}={value}" for key, value in pairs)]
    return " ".join([*found, options.get("stat", default)])


def graphs(registered: list[Registration]) -> list[list[str]]:
    return [
        [metric(series, w["properties"]["stat"]) for series in w["properties"]["metrics"]]
        for w in widgets(registered)
        if w["type"] == "metric"
    ]


def test_each_graph_shows_its_metrics() -> None:
    controller, answers, use, agents, cpu, memory, starts, failures, money, saved, *home = graphs(
        platform(PLAIN)
    )
    assert controller == [
        f"AWS/ApplicationELB/HealthyHostCount {TARGET} Maximum",
        f"ECS/ContainerInsights/RunningTaskCount {SERVICE} Maximum",
        "AWS/Events/TriggeredRules RuleName=jenkins-event-controller-stopped Sum",
    ]
    assert answers == [
        f"AWS/ApplicationELB/TargetResponseTime {TARGET} p95",
        f"AWS/ApplicationELB/RequestCount {TARGET} Sum",
        f"AWS/ApplicationELB/HTTPCode_Target_5XX_Count {TARGET} Sum",
    ]
    assert use == [
        f"AWS/ECS/CPUUtilization {SERVICE} Average",
        f"AWS/ECS/MemoryUtilization {SERVICE} Average",
    ]
    assert agents == [
        f"ECS/ContainerInsights/TaskCount {AGENTS} Maximum",
        f"ECS/ContainerInsights/CpuReserved {AGENTS} Average",
        "reserved/1024",
    ]
    assert cpu == [
        f"ECS/ContainerInsights/CpuUtilized {LINUX} Average",
        f"ECS/ContainerInsights/CpuReserved {LINUX} Average",
        "100*u0/r0",
    ]
    assert memory == [
        f"ECS/ContainerInsights/MemoryUtilized {LINUX} Average",
        f"ECS/ContainerInsights/MemoryReserved {LINUX} Average",
        "100*u0/r0",
    ]
    assert starts == [
        f"JenkinsPlatform/AgentStartSeconds {OURS} {statistic}"
        for statistic in ("p50", "p95", "SampleCount")
    ]
    assert failures == [
        f"JenkinsPlatform/SpotInterruptions {OURS} Sum",
        f"JenkinsPlatform/AgentsFailedToStart {OURS} Sum",
        "JenkinsPlatform/jenkins-abcdef/AgentsRefused Sum",
        f"JenkinsPlatform/SpotUnavailable {OURS} Sum",
        f"JenkinsPlatform/SpotSuspended {OURS} Maximum",
    ]
    minutes, controller_usd, agents_usd = money
    assert minutes == f"ECS/ContainerInsights/RunningTaskCount {SERVICE} Sum"
    assert controller_usd.startswith("minutes/60*0.0")
    assert agents_usd == f"JenkinsPlatform/EstimatedUsd {OURS} Sum"
    assert saved == [f"JenkinsPlatform/SavedUsd {OURS} Sum"]
    assert home == [
        [f"AWS/EFS/PercentIOLimit {HOME} Maximum", f"AWS/EFS/ClientConnections {HOME} Sum"],
        [
            f"AWS/EFS/{name} {HOME} Sum"
            for name in ("DataReadIOBytes", "DataWriteIOBytes", "MetadataIOBytes")
        ],
    ]


def test_working_hours_and_burst_credits_are_shown_where_there_are_any() -> None:
    every = [line for graph in graphs(platform(EVERYTHING)) for line in graph]
    plain = [line for graph in graphs(platform(PLAIN)) for line in graph]
    for line in (
        f"JenkinsPlatform/Asleep {OURS} Maximum",
        f"AWS/EFS/BurstCreditBalance {HOME} Minimum",
    ):
        assert line in every
        assert line not in plain


def test_every_alarm_is_shown() -> None:
    (shown,) = [
        w["properties"]["alarms"] for w in widgets(platform(EVERYTHING)) if w["type"] == "alarm"
    ]
    names = {arn.rpartition(":")[2].removeprefix("jenkins-") for arn in shown}
    metric_alarms = by_role("aws:cloudwatch/metricAlarm:MetricAlarm", EVERYTHING)
    composite = by_role("aws:cloudwatch/compositeAlarm:CompositeAlarm", EVERYTHING)
    assert names == {*metric_alarms, *composite}


def test_logs_are_queried_in_their_groups() -> None:
    queries = [w["properties"]["query"] for w in widgets(platform(PLAIN)) if w["type"] == "log"]
    assert [query.split("|")[0].strip() for query in queries] == [
        "SOURCE 'jenkins-abcdef-meter'",
        "SOURCE 'jenkins-abcdef-controller'",
        "SOURCE 'jenkins-abcdef-controller'",
    ]


def test_the_start_of_agents_is_read_from_the_lines_of_the_hook() -> None:
    (query,) = [
        w["properties"]["query"]
        for w in widgets(platform(PLAIN))
        if w["properties"].get("title") == "Seconds from the queue to the build"
    ]
    (pattern,) = re.findall(r"parse @message '(.*?)'", query)
    matched = re.search(re.escape(pattern).replace(r"\*", "(.*?)"), START_LINE.format("a", 1, 2, 3))
    assert matched
    assert matched.groups() == ("a", "1", "2", "3")


def test_widgets_fill_the_width_in_rows_without_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    rows: dict[int, int] = {}
    for widget in widgets(platform(PLAIN)):
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        taken |= cells
        rows[widget["y"]] = rows.get(widget["y"], 0) + widget["width"]
    assert rows == {0: 24, 3: 24, 6: 24, 12: 24, 18: 24, 24: 24, 30: 24, 36: 24}


def test_the_graph_of_templates_ends_at_twenty() -> None:
    agents = [{"name": f"a{index:02}"} for index in range(22)]
    _, _, _, _, cpu, memory, *_ = graphs(parts(monitoring, {**PLAIN, "agents": agents}))
    assert (len(cpu), len(memory)) == (60, 60)


def test_there_is_no_dashboard_by_default() -> None:
    assert by_role(DASHBOARD) == {}
