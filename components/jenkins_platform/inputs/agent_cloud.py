"""What all agents share."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class Connection(str, Enum):
    """How agents reach the controller."""

    CLOUD_MAP = "cloud-map"
    """By a private DNS name of AWS Cloud Map: HTTP and the TCP agent port. Nothing in between."""
    NETWORK_LOAD_BALANCER = "network-load-balancer"
    """By an internal Network Load Balancer with a security group of its own: an address that
    stays when the controller moves, for networks that cannot resolve the private name."""
    WEB_SOCKET = "web-socket"
    """By a private DNS name of AWS Cloud Map, all over the HTTP port; the TCP port is closed."""


class ProvisioningArgs(TypedDict):
    """When Jenkins starts agents. The plugin asks for one at once for each queued build; Jenkins's
    own provisioner is what these reach."""

    recurrence_seconds: NotRequired[int]
    """Seconds between two looks at the queue, 1 to 60. Default 5 (Jenkins's own: 10). Property
    ``hudson.slaves.NodeProvisioner.recurrencePeriod``."""
    initial_delay_seconds: NotRequired[int]
    """Seconds after a start before agents are provisioned, 0 to 600. Default 30 (Jenkins's own:
    100): agents that survived a restart get time to come back. Property
    ``hudson.slaves.NodeProvisioner.initialDelay``."""
    polling_seconds: NotRequired[int]
    """Seconds between two DescribeTasks calls of each agent that starts, 1 to 60. Default 5
    (the plugin's own: 1, which ECS throttles with a few hundred agents)."""


class ReaperArgs(TypedDict):
    """Stops tasks that outlived every build, whatever became of the Jenkins that started them."""

    enabled: NotRequired[bool]
    """Whether there is a reaper. Default true."""
    max_hours: NotRequired[int]
    """Age in hours from which an agent's task is stopped, 1 to 168. Default 24. It must be longer
    than the longest build."""


class AgentCloudArgs(TypedDict):
    """What all agents share."""

    connection: NotRequired[Connection]
    """How agents reach the controller. Default ``cloud-map``."""
    provisioning: NotRequired[ProvisioningArgs]
    """When Jenkins starts agents."""
    reaper: NotRequired[ReaperArgs]
    """Stops tasks that nobody needs any more."""
    remove_stale_nodes: NotRequired[bool]
    """Whether the controller forgets, when it starts, agents whose tasks are gone. Default true."""
    execution_role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an IAM role of yours that ECS starts agents with, but for templates that bring images,
    secrets or logs of their own: it pulls images and writes logs (docs/permissions.md). Nothing is
    added to it. Default: one is made."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """Id of a security group of yours for all agents. It must let them out to the controller, to
    registries and to AWS. Default: one is made, which lets nobody in and everything out."""
    log_retention_days: NotRequired[int]
    """Days that the agents' logs are kept: one of the periods that CloudWatch Logs knows.
    Default 30."""
    log_group_name: NotRequired[pulumi.Input[str]]
    """Name of a CloudWatch log group of yours. Default: one is made."""
