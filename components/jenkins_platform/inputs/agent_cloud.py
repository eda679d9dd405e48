"""Inputs shared by all agents."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .schedule import WindowArgs


class Connection(str, Enum):
    """How agents connect to the controller."""

    CLOUD_MAP = "cloud-map"
    """Directly, through a private DNS name in AWS Cloud Map: HTTP and the TCP agent port."""
    NETWORK_LOAD_BALANCER = "network-load-balancer"
    """Through an internal Network Load Balancer with its own security group: a stable address for
    networks that cannot resolve the private DNS name."""
    WEB_SOCKET = "web-socket"
    """Over WebSocket on the HTTP port, through a private DNS name in AWS Cloud Map. The TCP agent
    port is closed."""


class ProvisioningArgs(TypedDict):
    """Timing of agent provisioning. The plugin requests an agent as soon as a build is queued;
    these settings tune Jenkins's own node provisioner and the plugin's polling."""

    recurrence_seconds: NotRequired[int]
    """Interval in seconds at which Jenkins checks the build queue, 1 to 60. Jenkins itself uses 10.
    An agent is requested in one check and started in the next. Sets
    ``hudson.slaves.NodeProvisioner.recurrencePeriod``. Default: ``1``."""
    initial_delay_seconds: NotRequired[int]
    """Delay in seconds after a start before agents are provisioned, 0 to 600. Jenkins itself uses
    100, for static agents to connect; an ECS agent that survived a restart only serves the build
    that it was running. Sets ``hudson.slaves.NodeProvisioner.initialDelay``. Default: ``0``."""
    polling_seconds: NotRequired[int]
    """Interval in seconds between DescribeTasks calls for each starting agent, 1 to 60. The plugin
    itself uses 1, which ECS throttles at a few hundred agents. Default: ``5``."""


class WarmAgentsArgs(TypedDict):
    """Agents that are started before a build needs them and wait for one. A waiting agent costs as
    much as one that builds."""

    agents: dict[str, int]
    """Number of agents that wait, 1 to 100, by label, such as ``{"linux": 2}``. A label of a
    template in any form."""
    windows: NotRequired[list[WindowArgs]]
    """Hours in which agents wait, at most 20 windows. Required without ``schedule.windows`` and
    cannot be combined with it. Default: none, those of ``schedule`` except on its holidays."""
    time_zone: NotRequired[str]
    """IANA time zone of ``windows``, such as ``Europe/Vienna``. Required with ``windows``.
    Default: none."""


class SpotCircuitBreakerArgs(TypedDict):
    """A circuit breaker that switches all Spot labels of a CPU architecture to on-demand capacity
    while AWS has no Spot capacity, and back."""

    enabled: NotRequired[bool]
    """Whether to create the circuit breaker. Default: ``true``."""
    failure_threshold: NotRequired[int]
    """Number of agents without Spot capacity within 10 minutes that switch an architecture to
    on-demand capacity, 1 to 100. Default: ``3``."""
    cool_down_minutes: NotRequired[int]
    """Minutes until Spot is tried again, 5 to 240. Doubled, up to 4 hours, each time that Spot
    capacity is still missing. Default: ``15``."""


class ReaperArgs(TypedDict):
    """A scheduled Lambda function that stops agent tasks that Jenkins failed to stop."""

    enabled: NotRequired[bool]
    """Whether to create the function. Default: ``true``."""
    max_hours: NotRequired[int]
    """Age in hours at which an agent task is stopped, 1 to 168. Must exceed the duration of the
    longest build. Default: ``24``."""


class AgentCloudArgs(TypedDict):
    """Inputs shared by all agents."""

    cluster_arn: NotRequired[pulumi.Input[str]]
    """ARN of an existing ECS cluster in the platform's region and account, on which others may run
    tasks too. ``FARGATE`` and ``FARGATE_SPOT``, and the providers that templates name, must be
    among its capacity providers. Cannot be combined with ``ephemeral_storage_key_arn`` and with
    instances that are created. Default: none, a cluster is created."""
    connection: NotRequired[Connection]
    """How agents connect to the controller. Default: ``cloud-map``."""
    provisioning: NotRequired[ProvisioningArgs]
    """Timing of agent provisioning."""
    default_template: NotRequired[str]
    """Name of the template that runs builds without a label, such as ``agent any``. Default: the
    first template."""
    warm: NotRequired[WarmAgentsArgs]
    """Agents that are started before a build needs them. Default: none."""
    spot_wait_minutes: NotRequired[int]
    """Longest time in minutes that an agent waits for Spot capacity, 1 to 60. Afterwards
    ``retryOnSpot`` and ``-auto`` labels use on-demand capacity, for the same time.
    Default: ``5``."""
    spot_circuit_breaker: NotRequired[SpotCircuitBreakerArgs]
    """Switches Spot labels to on-demand capacity while AWS has no Spot capacity."""
    reaper: NotRequired[ReaperArgs]
    """Stops agent tasks that are older than any build."""
    remove_stale_nodes: NotRequired[bool]
    """Whether the controller removes, at startup, nodes whose tasks have stopped.
    Default: ``true``."""
    reconnect_timeout_seconds: NotRequired[int]
    """How long in seconds a running pipeline waits for its agent to reconnect, for example after a
    restart of the controller, until the build step is aborted and can be retried, 60 to 3600.
    Jenkins itself uses 300. Sets
    ``org.jenkinsci.plugins.workflow.support.pickles.ExecutorPickle.timeoutForNodeMillis``.
    Default: ``180``."""
    execution_role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an existing IAM role used as the ECS task execution role of all agents, to pull images
    and write logs (docs/permissions.md). Its policies are not changed. Templates with their own
    image, secrets or log group get a separate role. Default: a role is created."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """ID of an existing security group for all agents. It must allow egress to the controller, to
    the image registries and to AWS. Default: a security group without ingress and with unrestricted
    egress is created."""
    ephemeral_storage_key_arn: NotRequired[pulumi.Input[str]]
    """ARN of the KMS key that encrypts the ephemeral storage of agent tasks. Its policy must
    allow Fargate to use it (docs/security.md). Applies to new tasks. Default: none, the AWS owned
    key."""
    log_retention_days: NotRequired[int]
    """Retention of the agent logs in days, one of the periods that CloudWatch Logs supports.
    Default: ``30``."""
    log_group_name: NotRequired[pulumi.Input[str]]
    """Name of an existing CloudWatch log group for the agent logs. Default: a log group is
    created."""
