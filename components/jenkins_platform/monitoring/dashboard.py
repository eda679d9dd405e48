"""The CloudWatch dashboard as a document. Pure: names in, JSON out.

Everything in it is measured, except money: that is time times list prices, see `MONEY`.
"""

from __future__ import annotations

from typing import Any

from ..functions.metrics import NAMESPACE
from ..inputs import Event
from .monitored_resources import AGENTS_REFUSED
from .widgets import (
    DAY,
    HOUR,
    Facts,
    Series,
    Widget,
    graph,
    insights,
    ours,
    placed,
)

COUNTED_EVENT = Event.CONTROLLER_STOPPED
"""The event whose matches are shown."""
_LINES = 20
"""The most lines that one graph can show legibly."""
MONEY = (
    "**Money is an estimate**: seconds that tasks ran, times list prices of {as_of} for {region} "
    "(vCPU and memory; Spot at {spot:.0%} of them, though its price moves). Disk, logs, network, "
    "file system and load balancer are not included: `jenkins-platform cost` estimates those, and "
    "only the bill is exact."
)


def document(facts: Facts) -> dict[str, Any]:
    """The dashboard's body."""
    rows = [
        [_text(facts)],
        [{"type": "alarm", "properties": {"title": "Alarms", "alarms": list(facts.alarm_arns)}}],
        [_health(facts), _answers(facts), _controller_use(facts)],
        [_agents(facts), _cpu_by_template(facts), _memory_by_template(facts)],
        [_starts(facts), _failures(facts), _by_template(facts)],
        [_money(facts), _saved(facts)],
        [*_file_system(facts)],
        [_from_queue(facts), _errors(facts)],
    ]
    return {"start": "-P3D", "periodOverride": "inherit", "widgets": placed(rows)}


def _text(facts: Facts) -> Widget:
    money = MONEY.format(as_of=facts.prices_as_of, region=facts.region, spot=facts.spot_share)
    return {"type": "text", "properties": {"markdown": f"# {facts.title}\n{money}"}}


def _health(facts: Facts) -> Widget:
    balancing = ["LoadBalancer", facts.load_balancer, "TargetGroup", facts.target_group]
    service = ["ClusterName", facts.controller_cluster, "ServiceName", facts.service]
    series: list[Series] = [
        ["AWS/ApplicationELB", "HealthyHostCount", *balancing, {"label": "Answers"}],
        ["ECS/ContainerInsights", "RunningTaskCount", *service, {"label": "Runs"}],
        [
            *("AWS/Events", "TriggeredRules", "RuleName", facts.stopped_rule),
            {"stat": "Sum", "label": "Exited or replaced"},
        ],
    ]
    if facts.sleeps:
        series.append(ours(facts, "Asleep", stat="Maximum", label="Sleeps"))
    return graph(facts, "Controller", series, stat="Maximum", yAxis={"left": {"min": 0}})


def _answers(facts: Facts) -> Widget:
    balancing = ["LoadBalancer", facts.load_balancer, "TargetGroup", facts.target_group]
    name, right = "AWS/ApplicationELB", {"yAxis": "right"}
    return graph(
        facts,
        "Answers",
        [
            [name, "TargetResponseTime", *balancing, {"stat": "p95", "label": "Seconds (p95)"}],
            [name, "RequestCount", *balancing, {"stat": "Sum", "label": "Requests", **right}],
            [
                *(name, "HTTPCode_Target_5XX_Count", *balancing),
                {"stat": "Sum", "label": "Server errors", "color": "#d62728", **right},
            ],
        ],
    )


def _controller_use(facts: Facts) -> Widget:
    service = ["ClusterName", facts.controller_cluster, "ServiceName", facts.service]
    return graph(
        facts,
        "CPU and memory of the controller, % of its task",
        [
            ["AWS/ECS", "CPUUtilization", *service, {"label": "CPU"}],
            ["AWS/ECS", "MemoryUtilization", *service, {"label": "Memory"}],
        ],
        yAxis={"left": {"min": 0, "max": 100}},
    )


def _agents(facts: Facts) -> Widget:
    if facts.shared_cluster:
        return _reserved_by_template(facts)
    name, cluster = "ECS/ContainerInsights", ["ClusterName", facts.agents_cluster]
    return graph(
        facts,
        "Agents that run, and their vCPUs",
        [
            [name, "TaskCount", *cluster, {"stat": "Maximum", "label": "Agents"}],
            [name, "CpuReserved", *cluster, {"id": "reserved", "visible": False}],
            [{"expression": "reserved/1024", "label": "vCPUs", "yAxis": "right"}],
        ],
    )


def _reserved_by_template(facts: Facts) -> Widget:
    """What the agents reserve, without tasks of others on the same cluster."""
    series: list[Series] = []
    for index, (template, family) in enumerate(list(facts.families.items())[:_LINES]):
        where = ["ClusterName", facts.agents_cluster, "TaskDefinitionFamily", family]
        hidden = {"id": f"r{index}", "visible": False}
        series.append(["ECS/ContainerInsights", "CpuReserved", *where, hidden])
        series.append([{"expression": f"r{index}/1024", "label": template}])
    return graph(facts, "vCPUs of agents that run", series, yAxis={"left": {"min": 0}})


def _share_by_template(facts: Facts, title: str, used: str, reserved: str) -> Widget:
    """Builds' use of what they reserve, a line for each template."""
    series: list[Series] = []
    for index, (template, family) in enumerate(list(facts.families.items())[:_LINES]):
        where = ["ClusterName", facts.agents_cluster, "TaskDefinitionFamily", family]
        for key, metric in (("u", used), ("r", reserved)):
            hidden = {"id": f"{key}{index}", "visible": False}
            series.append(["ECS/ContainerInsights", metric, *where, hidden])
        series.append([{"expression": f"100*u{index}/r{index}", "label": template}])
    if len(facts.families) > _LINES:
        title += f" (first {_LINES} templates)"
    return graph(facts, title, series, yAxis={"left": {"min": 0, "max": 100}})


def _cpu_by_template(facts: Facts) -> Widget:
    title = "CPU of builds, % of their tasks"
    return _share_by_template(facts, title, "CpuUtilized", "CpuReserved")


def _memory_by_template(facts: Facts) -> Widget:
    title = "Memory of builds, % of their tasks"
    return _share_by_template(facts, title, "MemoryUtilized", "MemoryReserved")


def _starts(facts: Facts) -> Widget:
    name = "AgentStartSeconds"
    return graph(
        facts,
        "Seconds from RunTask to a running agent",
        [
            ours(facts, name, stat="p50", label="Half of them"),
            ours(facts, name, stat="p95", label="19 of 20"),
            ours(facts, name, stat="SampleCount", label="Agents", yAxis="right"),
        ],
    )


def _failures(facts: Facts) -> Widget:
    return graph(
        facts,
        "Agents lost to Spot, or not started",
        [
            ours(facts, "SpotInterruptions", label="Spot interruptions"),
            ours(facts, "AgentsFailedToStart", label="Failed to start"),
            [f"{NAMESPACE}/{facts.platform}", AGENTS_REFUSED, {"label": "Refused, by the log"}],
            *(
                [
                    ours(facts, "SpotUnavailable", label="Without Spot capacity"),
                    ours(facts, "SpotSuspended", stat="Maximum", label="Spot on demand"),
                ]
                if facts.breaks_circuit
                else []
            ),
        ],
        stat="Sum",
        period=HOUR,
    )


def _by_template(facts: Facts) -> Widget:
    query = (
        "filter ispresent(Template) | stats count(AgentStartSeconds) as agents, "
        "avg(AgentStartSeconds) as start_seconds, avg(PlacementSeconds) as placement, "
        "avg(PullSeconds) as pull, avg(ContainerStartSeconds) as container_start, "
        "sum(SpotInterruptions) as interrupted, "
        "sum(EstimatedUsd) as usd, sum(SavedUsd) as saved_usd by Template, Capacity "
        "| sort usd desc"
    )
    return insights(facts, "By template and capacity", facts.meter_log_group, query)


def _from_queue(facts: Facts) -> Widget:
    query = (
        "filter @message like /jenkins-platform: start of / "
        "| parse @message 'start of *: queued * s, connected * s, accepted * s' "
        "as agent, queued, connected, accepted "
        "| stats count() as agents, avg(queued) as in_queue, avg(connected) as until_connected, "
        "pct(connected, 95) as until_connected_p95, avg(accepted) as until_accepted by bin(1d) "
        "| sort bin(1d) desc"
    )
    title = "Seconds from the queue to the build"
    return insights(facts, title, facts.controller_log_group, query)


def _money(facts: Facts) -> Widget:
    service = ["ClusterName", facts.controller_cluster, "ServiceName", facts.service]
    running = ["ECS/ContainerInsights", "RunningTaskCount", *service]
    return graph(
        facts,
        "Estimated USD a day",
        [
            # One data point a minute: the sum is minutes, asleep (0 or no data) or not.
            [*running, {"id": "minutes", "stat": "Sum", "visible": False}],
            [{"expression": f"minutes/60*{facts.hourly_usd:.6f}", "label": "Controller"}],
            ours(facts, "EstimatedUsd", stat="Sum", label="Agents"),
        ],
        view="bar",
        period=DAY,
    )


def _saved(facts: Facts) -> Widget:
    return graph(
        facts,
        "Estimated USD a day that Spot saved",
        [ours(facts, "SavedUsd", stat="Sum", label="Saved")],
        view="bar",
        period=DAY,
    )


def _file_system(facts: Facts) -> list[Widget]:
    home = ["FileSystemId", facts.file_system]
    limits: list[Series] = [
        ["AWS/EFS", "PercentIOLimit", *home, {"stat": "Maximum", "label": "% of operations"}],
        [
            *("AWS/EFS", "ClientConnections", *home),
            {"stat": "Sum", "label": "Connections", "yAxis": "right"},
        ],
    ]
    traffic: list[Series] = [
        ["AWS/EFS", name, *home, {"stat": "Sum", "label": label}]
        for name, label in (
            ("DataReadIOBytes", "Read"),
            ("DataWriteIOBytes", "Written"),
            ("MetadataIOBytes", "Metadata"),
        )
    ]
    if facts.bursting:
        label = {"label": "Burst credits", "stat": "Minimum", "yAxis": "right"}
        limits.append(["AWS/EFS", "BurstCreditBalance", *home, label])
    return [graph(facts, "Home: operations", limits), graph(facts, "Home: bytes", traffic)]


def _errors(facts: Facts) -> Widget:
    query = "filter @message like /SEVERE/ | fields @timestamp, @message | limit 20"
    return insights(facts, "Latest errors of Jenkins", facts.controller_log_group, query)
