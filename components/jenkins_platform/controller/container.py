"""The container definition of the controller."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from ..base import proxy
from ..base.container import log_configuration
from ..base.context import Context
from ..base.java_options import JENKINS, quoted_for_xargs
from ..inputs import ArtifactStorage
from ..load_balancer.load_balancer import HEALTH_PATH
from ..outputs import when_known
from ..settings import Settings
from ..settings.company_network import CERTIFICATE_VARIABLE
from ..settings.facts import ports
from ..settings.facts.permissions import java_options
from ..settings.facts.weekly_windows import awake
from ..settings.warm_agents import warm_hours
from . import artifacts

CONTAINER = "controller"
HOME = "/var/jenkins_home"
HOME_VOLUME = "home"
SCRATCH = "/run/jenkins-platform"
"""The only other folder that the image writes to; a volume in its Dockerfile, so that the task's
volume has the right owner."""
SCRATCH_VOLUME = "scratch"
_PROVISIONER = "hudson.slaves.NodeProvisioner"
_LOST_NODE = "org.jenkinsci.plugins.workflow.support.pickles.ExecutorPickle.timeoutForNodeMillis"
KEEP_ALIVE_MARGIN_SECONDS = 10
"""How much longer Jenkins keeps an idle connection than the load balancer, which otherwise may send
a request on a connection that is being closed and answer 502 (Elastic Load Balancing, "Troubleshoot
your Application Load Balancers"). The default of Jenkins is 30 seconds."""
STOP_SECONDS = 120
"""Fargate's maximum: time for Jenkins to save its queue and disconnect agents."""


@dataclass(frozen=True)
class ControllerTask:
    """What the task runs.

    Attributes:
        image: Image of the controller.
        file_system_id: File system of the home.
        access_point_id: Access point of the home.
        mount_targets: What must exist before the home can be mounted.
        environment: Variables, besides those that only depend on settings.
        secrets: ARNs of secrets, by variable name.
    """

    image: pulumi.Input[str]
    file_system_id: pulumi.Input[str]
    access_point_id: pulumi.Input[str]
    mount_targets: Sequence[pulumi.Resource]
    environment: Mapping[str, pulumi.Input[str]]
    secrets: Mapping[str, pulumi.Input[str]]


def container_definition(
    context: Context, task: ControllerTask, log_group: pulumi.Input[str]
) -> dict[str, Any]:
    """The definition of the controller's only container."""
    settings = context.settings.controller
    agents = context.settings.agent_cloud
    provisioning = agents.provisioning
    path_prefix = context.settings.load_balancer.prefix
    idle = context.settings.load_balancer.idle_timeout_seconds
    keep_alive = idle + KEEP_ALIVE_MARGIN_SECONDS
    stores_in_s3 = context.settings.jenkins.artifacts is ArtifactStorage.S3
    java: list[pulumi.Input[str]] = [
        f"-XX:MaxRAMPercentage={settings.heap_percentage:g}",
        *_collector(settings.java_options),
        # ECS replaces a controller that exits, not one that is short of memory.
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        "-Djenkins.install.runSetupWizard=false",
        f"-D{_PROVISIONER}.recurrencePeriod={provisioning.recurrence_seconds * 1000}",
        f"-D{_PROVISIONER}.initialDelay={provisioning.initial_delay_seconds * 1000}",
        f"-D{_LOST_NODE}={agents.reconnect_timeout_seconds * 1000}",
        *java_options(context.settings.sign_in.granted),
        *proxy.java_options(context),
        *(artifacts.JAVA_OPTIONS if stores_in_s3 else ()),
        *settings.java_options,
    ]
    environment: dict[str, pulumi.Input[str]] = {
        "AWS_REGION": context.region,
        JENKINS: when_known(java, quoted_for_xargs),
        "JENKINS_OPTS": f"--httpKeepAliveTimeout={keep_alive * 1000}",
        # A reference that cannot be resolved fails the start instead of becoming "".
        "CASC_STRICT_SECRET_RESOLUTION": "true",
        "DEFAULT_LABEL": context.settings.default_label,
        "SPOT_WAIT_MINUTES": str(agents.spot_wait_minutes),
        "REMOVE_STALE_NODES": str(agents.remove_stale_nodes).lower(),
        # The start script moves these from the environment into files.
        "VARIABLES_AS_FILES": ",".join(
            sorted(n for n in task.secrets if not n.startswith(CERTIFICATE_VARIABLE))
        ),
        **({"JENKINS_PREFIX": path_prefix} if path_prefix else {}),
        **_warm_agents(context.settings),
        **proxy.environment(context),
        **settings.environment,
        **task.environment,
    }
    return {
        "name": CONTAINER,
        "image": task.image,
        "essential": True,
        "environment": [{"name": k, "value": v} for k, v in sorted(environment.items())],
        "secrets": [{"name": k, "valueFrom": v} for k, v in sorted(task.secrets.items())],
        # The agent of ECS Exec writes to the root file system.
        "readonlyRootFilesystem": not settings.enable_execute_command,
        "portMappings": [
            {"containerPort": port, "protocol": "tcp"}
            for port in ports.open_to_agents(agents.connection).values()
        ],
        "mountPoints": [
            {"sourceVolume": HOME_VOLUME, "containerPath": HOME},
            {"sourceVolume": SCRATCH_VOLUME, "containerPath": SCRATCH},
        ],
        "healthCheck": {
            "command": [
                "CMD-SHELL",
                f"curl -fsS http://localhost:{ports.HTTP}{path_prefix}{HEALTH_PATH} || exit 1",
            ],
            "interval": 30,
            "timeout": 10,
            "retries": 5,
            "startPeriod": 300,
        },
        "logConfiguration": log_configuration(log_group, context.region, CONTAINER),
        "stopTimeout": STOP_SECONDS,
    }


def _warm_agents(settings: Settings) -> dict[str, str]:
    """What the start-up hook for warm agents reads: agents by label, and when they wait, in minutes
    since Monday 00:00."""
    warm, schedule = settings.agent_cloud.warm, settings.schedule
    if warm is None:
        return {}
    wanted = {
        "agents": dict(warm.agents),
        "spans": awake(warm_hours(settings)),
        "time_zone": warm.time_zone or (schedule and schedule.time_zone),
        "holidays": list(schedule.holidays) if schedule and not warm.windows else [],
    }
    return {"WARM_AGENTS": json.dumps(wanted)}


def _collector(options: Sequence[str]) -> list[str]:
    """The option that selects the G1 garbage collector, unless the user selects one: with two the
    JVM does not start. Below 2 CPUs or 1792 MiB its default is the serial collector, with long
    pauses."""
    chosen = any(o.startswith("-XX:+Use") and o.endswith("GC") for o in options)
    return [] if chosen else ["-XX:+UseG1GC"]
