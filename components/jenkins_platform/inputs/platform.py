"""The inputs of the whole platform, in groups."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .agent_cloud import AgentCloudArgs
from .agents import AgentTemplateArgs
from .backup import BackupArgs
from .budget import BudgetArgs
from .controller import ControllerArgs
from .images import ImagesArgs
from .jenkins import JenkinsArgs
from .load_balancer import LoadBalancerArgs
from .monitoring import MonitoringArgs
from .network import NetworkArgs
from .schedule import ScheduleArgs
from .sign_in import SignInArgs
from .storage import StorageArgs
from .usage_estimate import UsageEstimateArgs


class RemovalPolicy(str, Enum):
    """What happens to whatever holds Jenkins's data when it leaves the program."""

    RETAIN = "retain"
    """It is protected from deletion, and kept in AWS even when Pulumi forgets it."""
    DESTROY = "destroy"
    """It is deleted with the stack. For throw-away stacks only."""


class JenkinsPlatformArgs(TypedDict):
    """Everything has a default: a platform with no inputs comes up with a VPC of its own."""

    network: NotRequired[NetworkArgs]
    """The VPC, its subnets and the way out of them."""
    storage: NotRequired[StorageArgs]
    """The file system that holds the Jenkins home."""
    backup: NotRequired[BackupArgs]
    """Backups of the Jenkins home."""
    images: NotRequired[ImagesArgs]
    """The container images."""
    load_balancer: NotRequired[LoadBalancerArgs]
    """The load balancer, its name and certificate, and who may connect."""
    sign_in: NotRequired[SignInArgs]
    """How people sign in, and what they may do then."""
    controller: NotRequired[ControllerArgs]
    """Size and life of the controller."""
    agent_cloud: NotRequired[AgentCloudArgs]
    """What all agents share."""
    agent_defaults: NotRequired[AgentTemplateArgs]
    """Values for every template in ``agents`` that does not set them; not ``name``, ``labels``."""
    agents: NotRequired[list[AgentTemplateArgs]]
    """The agent templates. Default: one named ``linux``."""
    jenkins: NotRequired[JenkinsArgs]
    """Global settings of Jenkins."""
    usage_estimate: NotRequired[UsageEstimateArgs]
    """How much the platform will be used, for the estimate of its monthly cost."""
    monitoring: NotRequired[MonitoringArgs]
    """Alarms, messages, dashboard and logs."""
    schedule: NotRequired[ScheduleArgs]
    """When the controller sleeps. Default: never."""
    budget: NotRequired[BudgetArgs]
    """A monthly budget. Default: none."""
    removal_policy: NotRequired[RemovalPolicy]
    """What happens to the file system and the other things that hold data at the end. Default
    ``retain``."""
    tags: NotRequired[dict[str, str]]
    """Tags for every resource that takes tags, 40 at the most. Default: none; ``Name`` and
    ``JenkinsPlatform`` are always there."""
    permissions_boundary_arn: NotRequired[pulumi.Input[str]]
    """ARN of an IAM policy that bounds every role of the platform. Default: none."""
    name_prefix: NotRequired[str]
    """Prefix of all AWS names: a lower-case letter, then lower-case letters, digits and hyphens,
    19 characters at the most. Default: names are made from the component's name with a random
    end, so that platforms never collide; with a prefix you see to that yourself."""
