"""The alarms: for each its metric, what it means and what to do. Pure.

Metrics and their dimensions are those of AWS's documentation: "CloudWatch metrics for your
Application Load Balancer", "Amazon ECS service utilization metrics", "Amazon ECS Container Insights
metrics", "CloudWatch metrics for Amazon EFS", "Types of metrics for Lambda functions", "Monitoring
Amazon EventBridge". Those in `metrics.NAMESPACE` are our own: `functions.working_hours` and
`functions.spot_breaker` print them, and two metric filters count lines of the controller's log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..functions.metrics import DIMENSION, NAMESPACE
from ..inputs import Alarm
from ..settings import Settings
from ..settings.monitoring import PERIOD_MINUTES
from .alarm_definition import BREACHING, PERIOD, Definition, Metric, Text
from .monitored_resources import (
    AGENTS_REFUSED,
    LOG_ERRORS,
    MonitoredResources,
    counted,
    happened,
)

HOUR = 3600
BURST_BYTES_PER_SECOND = 100 * 1024**2
"""What a file system of up to 1 TiB may reach in bursting mode: an hour of it is 360 GiB."""
NEAR_IO_LIMIT = 95


def alarms(settings: Settings, of: MonitoredResources, wanted: Sequence[Alarm]) -> list[Definition]:
    """The alarms of the wanted kinds, in that order."""
    makers = (_controller, _answers, _storage, _agents, _inside, _webhooks)
    found = [d for make in makers for d in make(settings, of)]
    return sorted((d for d in found if d.kind in wanted), key=lambda d: wanted.index(d.kind))


def _controller(settings: Settings, of: MonitoredResources) -> list[Definition]:
    limits = settings.monitoring.alarms
    service = {"ClusterName": of.controller_cluster, "ServiceName": of.service}
    target = {"LoadBalancer": of.load_balancer, "TargetGroup": of.target_group}
    healthy = Metric("AWS/ApplicationELB", "HealthyHostCount", target, "Maximum")
    running = Metric("ECS/ContainerInsights", "RunningTaskCount", service, "Maximum")
    down: dict[str, Any] = {
        "beyond": "<",
        "threshold": 1,
        "periods": limits.down_minutes // PERIOD_MINUTES,
        "missing": BREACHING,
    }
    asleep: list[Metric] = []
    if settings.schedule:
        # Asleep is not down. SUM, unlike +, ignores a missing metric.
        asleep = [Metric(NAMESPACE, "Asleep", {DIMENSION: of.platform}, "Maximum")]
        down["expression"] = "SUM([FILL(m0, 0), FILL(m1, 0)])"
    return [
        Definition(
            Alarm.NO_HEALTHY_TARGET,
            [healthy, *asleep],
            meaning=f"For {limits.down_minutes} minutes no Jenkins has answered the load balancer.",
            to_do="look at the controller's log for why it does not start or hangs; at the "
            "service's events in ECS for tasks that stop; at the last deployment, which ECS "
            "rolls back when it fails.",
            **down,
        ),
        Definition(
            Alarm.NO_RUNNING_CONTROLLER,
            [running, *asleep],
            meaning=f"For {limits.down_minutes} minutes ECS has run no controller.",
            to_do="look at the service's events in ECS: an image that cannot be pulled, a secret "
            "that cannot be read, no capacity, a file system that cannot be mounted.",
            **down,
        ),
        Definition(
            Alarm.CONTROLLER_RESTARTS,
            happened(of, Alarm.CONTROLLER_RESTARTS),
            beyond=">=",
            threshold=3,
            seconds=HOUR,
            meaning="The controller exited, or was replaced as unhealthy, three times in an hour.",
            to_do="look at the reason of the last stopped task in ECS. OutOfMemoryError: raise "
            "controller.memory_mib or lower controller.heap_percentage. Exit code 1: the start of "
            "the log names the plugin or line of configuration that failed.",
        ),
        *_use(settings, service),
    ]


def _use(settings: Settings, service: dict[str, Text]) -> list[Definition]:
    limits = settings.monitoring.alarms
    return [
        Definition(
            Alarm.CONTROLLER_CPU,
            [Metric("AWS/ECS", "CPUUtilization", service, "Average")],
            beyond=">=",
            threshold=limits.cpu_percent,
            periods=3,
            meaning=f"The controller has used {limits.cpu_percent} % of its CPU for 15 minutes.",
            to_do="look for a plugin or a job that does on the controller what an agent should; "
            "otherwise raise controller.cpu.",
        ),
        Definition(
            Alarm.CONTROLLER_MEMORY,
            [Metric("AWS/ECS", "MemoryUtilization", service, "Average")],
            beyond=">=",
            threshold=limits.memory_percent,
            periods=3,
            meaning=f"The controller has used {limits.memory_percent} % of its memory for "
            "15 minutes.",
            to_do="keep fewer builds and fewer plugins, or raise controller.memory_mib; the heap "
            "is controller.heap_percentage of it, and the rest is the JVM's own.",
        ),
    ]


def _answers(settings: Settings, of: MonitoredResources) -> list[Definition]:
    limits = settings.monitoring.alarms
    target = {"LoadBalancer": of.load_balancer, "TargetGroup": of.target_group}
    return [
        Definition(
            Alarm.SERVER_ERRORS,
            [Metric("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", target, "Sum")],
            beyond=">=",
            threshold=limits.server_errors,
            periods=2,
            meaning=f"Jenkins answered {limits.server_errors} requests or more with a server "
            "error, twice in a row within 5 minutes.",
            to_do="search the controller's log for SEVERE; most stack traces name the plugin.",
        ),
        Definition(
            Alarm.SLOW_RESPONSES,
            [Metric("AWS/ApplicationELB", "TargetResponseTime", target, "p95")],
            beyond=">=",
            threshold=limits.response_seconds,
            periods=3,
            meaning=f"One request in twenty took {limits.response_seconds:g} seconds or more, for "
            "15 minutes.",
            to_do="look at CPU, memory and file system on the dashboard: one is at its limit.",
        ),
    ]


def _storage(settings: Settings, of: MonitoredResources) -> list[Definition]:
    home = {"FileSystemId": of.file_system}
    return [
        Definition(
            Alarm.FILE_SYSTEM_IO,
            [Metric("AWS/EFS", "PercentIOLimit", home, "Average")],
            beyond=">=",
            threshold=NEAR_IO_LIMIT,
            periods=3,
            meaning=f"The home does {NEAR_IO_LIMIT} % of the operations that its file system can "
            "do, for 15 minutes.",
            to_do="keep fewer builds and artifacts, archive to S3, look for jobs that scan it.",
        ),
        Definition(
            Alarm.BURST_CREDITS,
            [Metric("AWS/EFS", "BurstCreditBalance", home, "Minimum")],
            beyond="<",
            threshold=HOUR * BURST_BYTES_PER_SECOND,
            meaning="The file system's burst credits last for less than an hour. Then it falls to "
            "about 50 KiB/s for each GiB that it holds, and Jenkins crawls.",
            to_do="set storage.throughput_mode to elastic; it takes effect at once.",
        ),
        Definition(
            Alarm.BACKUP_FAILED,
            happened(of, Alarm.BACKUP_FAILED),
            beyond=">=",
            threshold=1,
            meaning="A backup of the home failed, expired or was aborted.",
            to_do="look at the reason in AWS Backup, fix it and start a backup manually.",
        ),
    ]


def _agents(settings: Settings, of: MonitoredResources) -> list[Definition]:
    limits = settings.monitoring.alarms
    return [
        Definition(
            Alarm.AGENTS_NOT_PLACED,
            [counted(of, AGENTS_REFUSED)],
            beyond=">=",
            threshold=limits.agents_not_placed,
            seconds=3 * PERIOD,
            meaning=f"{limits.agents_not_placed} agents or more did not start within 15 minutes; "
            "builds wait.",
            to_do="look at the reasons of stopped tasks in the agents' cluster and at 'Error in "
            "provisioning' in the controller's log. No Spot capacity: use the on-demand label. "
            "Quota: request more Fargate vCPUs. Image or secret: fix the template.",
        ),
        Definition(
            Alarm.SPOT_INTERRUPTIONS,
            happened(of, Alarm.SPOT_INTERRUPTIONS),
            beyond=">=",
            threshold=limits.spot_interruptions,
            seconds=HOUR,
            meaning=f"{limits.spot_interruptions} agents or more lost Spot capacity in an hour.",
            to_do="run what must not be interrupted under the on-demand label, and let the rest "
            "retry; other zones and the other architecture have separate capacity.",
        ),
        Definition(
            Alarm.SPOT_SUSPENDED,
            [Metric(NAMESPACE, "SpotSuspended", {DIMENSION: of.platform}, "Maximum")],
            beyond=">=",
            threshold=1,
            meaning="Spot labels use on-demand capacity, at its price: AWS has no Spot capacity, "
            "or `jenkins-platform spot on-demand` was run.",
            to_do="nothing is required, Spot is tried again automatically; `jenkins-platform spot` "
            "shows when. If it was switched manually: `jenkins-platform spot auto`.",
        ),
    ]


def _inside(settings: Settings, of: MonitoredResources) -> list[Definition]:
    limits = settings.monitoring.alarms
    errors = [
        Metric("AWS/Lambda", "Errors", {"FunctionName": name}, "Sum") for name in of.functions
    ]
    return [
        Definition(
            Alarm.LOG_ERRORS,
            [counted(of, LOG_ERRORS)],
            beyond=">=",
            threshold=limits.log_errors,
            seconds=3 * PERIOD,
            meaning=f"Jenkins logged {limits.log_errors} messages or more of level SEVERE within "
            "15 minutes.",
            to_do="search the controller's log for SEVERE; the dashboard lists the latest.",
        ),
        Definition(
            Alarm.FUNCTION_ERRORS,
            errors,
            expression="SUM([" + ", ".join(f"m{i}" for i in range(len(errors))) + "])",
            beyond=">=",
            threshold=1,
            seconds=HOUR,
            meaning="One of the platform's own functions (reaper, meter, working hours, wake "
            "page, circuit breaker, webhooks) failed within the hour.",
            to_do="look at the log of the function whose errors the alarm shows.",
        ),
    ]


def _webhooks(settings: Settings, of: MonitoredResources) -> list[Definition]:
    if of.webhook_queues is None:
        return []
    waiting, lost = ({"QueueName": name} for name in of.webhook_queues)
    minutes = settings.monitoring.alarms.webhook_minutes
    metrics = [Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", waiting, "Maximum")]
    if settings.schedule:
        metrics.append(Metric(NAMESPACE, "Asleep", {DIMENSION: of.platform}, "Maximum"))
    return [
        Definition(
            Alarm.WEBHOOKS_WAITING,
            metrics,
            # While Jenkins sleeps they wait on purpose, and for some minutes when it wakes.
            expression="IF(FILL(m1, 0) > 0, 0, m0)" if settings.schedule else None,
            periods=minutes // PERIOD_MINUTES if settings.schedule else 1,
            beyond=">=",
            threshold=minutes * 60,
            meaning=f"A webhook has waited for {minutes} minutes although Jenkins is awake.",
            to_do="look at what Jenkins answers in the log of the function webhook-delivery.",
        ),
        Definition(
            Alarm.WEBHOOKS_LOST,
            [Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", lost, "Maximum")],
            beyond=">=",
            threshold=1,
            meaning="A webhook could not be delivered for four days.",
            to_do="once Jenkins answers, redrive the dead-letter queue webhooks-lost in SQS.",
        ),
    ]
