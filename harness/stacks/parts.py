"""Sub-components on their own against mocks: a few resources instead of a whole platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pulumi
from jenkins_platform.agents.agents import AgentCloud, AgentTemplates
from jenkins_platform.agents.cluster import AgentCluster
from jenkins_platform.agents.connection import AgentConnection
from jenkins_platform.base.context import Context
from jenkins_platform.base.log_groups import LogGroups
from jenkins_platform.base.roles import Roles
from jenkins_platform.container_images.images import Images
from jenkins_platform.controller.configuration import Configuration
from jenkins_platform.controller.container import ControllerTask
from jenkins_platform.controller.secrets import Secrets
from jenkins_platform.controller.service import ControllerService
from jenkins_platform.controller.service import Registration as Registered
from jenkins_platform.load_balancer import existing
from jenkins_platform.load_balancer.load_balancer import LoadBalancer
from jenkins_platform.monitoring.monitoring import Monitored, Monitoring
from jenkins_platform.network.security_groups import SecurityGroups
from jenkins_platform.network.vpc import Network, Placement
from jenkins_platform.schedule.wake_page import WakeRule
from jenkins_platform.settings import Settings
from jenkins_platform.storage.file_system import Storage
from jenkins_platform.testing import ACCOUNT, REGION, Registration, register
from jenkins_platform.webhooks.webhooks import Webhooks


def parts(
    compose: Callable[[Context], object], args: Mapping[str, Any], **answers: Any
) -> list[Registration]:
    """What the sub-components that ``compose`` creates register.

    Args:
        compose: Creates sub-components as `JenkinsPlatform` does.
        args: Inputs of the platform that they belong to.
        answers: ``ids``, ``calls`` and ``outputs`` of `register`.
    """

    def program() -> None:
        settings = Settings.from_args("jenkins", args)  # type: ignore[arg-type]
        parent = pulumi.ComponentResource("test:index:Parent", settings.name)
        compose(Context.of(settings, parent))

    return register(program, **answers)


def load_balancer(context: Context) -> LoadBalancer:
    """The load balancer, created or existing, with its network and security groups, and with the
    rule of the wake page if the schedule has one."""
    context, found = existing.guarded(context)
    network = Network(context)
    groups = SecurityGroups(context, network)
    balancer = LoadBalancer(context, network, groups.load_balancer_ids, None, found)
    if context.settings.schedule and context.settings.schedule.wake_page:
        WakeRule(balancer, balancer)
    return balancer


def security_groups(context: Context) -> SecurityGroups:
    """The security groups with their network."""
    return SecurityGroups(context, Network(context))


def home(context: Context) -> Storage:
    """The file system of the home with its network, security groups and the roles."""
    network = Network(context)
    groups = SecurityGroups(context, network)
    role = Roles(context).controller
    return Storage(context, network.storage_subnet_ids, groups.storage_id, role.arn)


def agents(context: Context) -> AgentTemplates:
    """The agents with their cluster, instances and images."""
    images = Images(context)
    created = any(t.on_instances and not t.host.existing for t in context.settings.agents)
    cloud = AgentCloud(context, images, LogGroups(context), _placement() if created else None)
    home_id, host = map(pulumi.Output.from_input, ("fs-0123456789", "controller.example.com"))
    return AgentTemplates(context, cloud, images, home_id, host)


def controller(context: Context, placement: Placement | None = None) -> ControllerService:
    """The controller with its roles and secrets, by default in a private subnet."""
    roles, secrets = Roles(context), Secrets(context)
    secrets.grant_read_credentials(roles.controller)
    secrets.grant_read(roles.controller_execution)
    home_id, access_point_id = map(pulumi.Output.from_input, ("fs-0a1b2c3d", "fsap-0a1b2c3d"))
    return ControllerService(
        context,
        roles,
        LogGroups(context),
        ControllerTask(
            "registry.example.com/controller:1",
            home_id,
            access_point_id,
            [],
            secrets.environment,
            secrets.references,
        ),
        placement or _placement(),
        Registered([], None, []),
    )


def configuration(context: Context) -> Configuration:
    """The configuration of Jenkins, with the network and what agents connect to."""
    network = Network(context)
    groups = SecurityGroups(context, network)
    resolved = {
        "url": "https://ci.example.com/",
        "cluster_arn": "arn:aws:ecs:eu-central-1:123456789012:cluster/jenkins-agents",
        "families": {t.name: f"jenkins-agent-{t.name}" for t in context.settings.agents},
    }
    connection = AgentConnection(context, network, groups)
    return Configuration(context, connection, network.placement(groups.agents_id), resolved)


def webhooks(context: Context) -> Webhooks:
    """The endpoint for webhooks, with the network and what agents connect to."""
    network = Network(context)
    groups = SecurityGroups(context, network)
    assert groups.webhooks_id is not None, "no webhooks in the inputs"
    return Webhooks(
        context,
        LogGroups(context),
        context.settings.webhook_secret_arns,
        AgentConnection(context, network, groups).agent_url,
        network.placement(groups.webhooks_id),
        working_hours=None,
    )


def monitoring(context: Context) -> Monitoring:
    """The monitoring of resources that are not registered, with the names that a platform gives
    them. The agents have their own cluster."""
    settings = context.settings
    functions = {
        "spot-breaker": settings.agent_cloud.spot_circuit_breaker.enabled,
        "issuer-keys": settings.jenkins.job_identity,
        "reaper": settings.agent_cloud.reaper.enabled,
        "working-hours": settings.schedule,
        "wake-page": settings.schedule and settings.schedule.wake_page,
        "webhook-receiver": settings.webhooks,
        "webhook-delivery": settings.webhooks,
    }
    queues = [_known(f"webhooks{suffix}").name for suffix in ("", "-lost")]
    cluster, balancer, service, web = map(_known, ("controller", "alb", "controller", "web"))
    agents, vault = _known("agents"), _known("backup")
    monitored = Monitored(
        balancer.arn_suffix,
        web,
        cluster,
        service,
        pulumi.Output.from_input("jenkins-abcdef-controller"),
        AgentCluster(agents.arn, agents.name, {}),
        pulumi.Output.from_input("jenkins-abcdef-agent-"),
        {
            t.name: pulumi.Output.from_input(f"jenkins-abcdef-agent-{t.name}")
            for t in settings.agents
        },
        ["FARGATE_SPOT"],
        pulumi.Output.from_input("jenkins-home-id"),
        [_known(role) for role, exists in functions.items() if exists],
        vault.arn,
        vault.arn,
        (queues[0], queues[1]) if settings.webhooks else None,
    )
    return Monitoring(context, LogGroups(context), monitored)


def _known(role: str) -> Any:
    """What others read of a resource."""
    name = f"jenkins-{role}"
    arn = f"arn:aws:mock:{REGION}:{ACCOUNT}:{name}"
    values = {"name": name, "arn": arn, "arn_suffix": f"suffix-of/{name}"}
    return SimpleNamespace(**{k: pulumi.Output.from_input(v) for k, v in values.items()})


def _placement() -> Placement:
    subnet, group = map(pulumi.Output.from_input, ("subnet-0a1b2c3d", "sg-0a1b2c3d"))
    return Placement([subnet], group, public_addresses=False, depends_on=[])
