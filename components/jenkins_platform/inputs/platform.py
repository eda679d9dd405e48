"""The inputs of `JenkinsPlatform`, in groups."""

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
from .webhooks import WebhooksArgs


class RemovalPolicy(str, Enum):
    """What happens to resources that hold Jenkins's data when they are removed from the program."""

    RETAIN = "retain"
    """They are protected from deletion, and remain in AWS if Pulumi removes them from the stack."""
    DESTROY = "destroy"
    """They are deleted with the stack. For temporary stacks only."""


class JenkinsPlatformArgs(TypedDict):
    """All inputs are optional: without any, the platform is created in a new VPC."""

    network: NotRequired[NetworkArgs]
    """The VPC and its subnets."""
    storage: NotRequired[StorageArgs]
    """The file system of the Jenkins home."""
    backup: NotRequired[BackupArgs]
    """Backups of the Jenkins home."""
    images: NotRequired[ImagesArgs]
    """The container images and their repositories."""
    load_balancer: NotRequired[LoadBalancerArgs]
    """The load balancer, its DNS name and certificate, and the allowed addresses."""
    sign_in: NotRequired[SignInArgs]
    """Authentication and authorization of users."""
    controller: NotRequired[ControllerArgs]
    """Size and lifecycle of the controller's task."""
    agent_cloud: NotRequired[AgentCloudArgs]
    """Inputs shared by all agents."""
    agent_defaults: NotRequired[AgentTemplateArgs]
    """Values for all templates in ``agents`` that do not set them. ``name`` and ``labels`` are not
    valid here. Default: none."""
    agents: NotRequired[list[AgentTemplateArgs]]
    """Agent templates, 1 to 2000. Default: ``[{"name": "linux"}]``."""
    jenkins: NotRequired[JenkinsArgs]
    """Global configuration of Jenkins."""
    usage_estimate: NotRequired[UsageEstimateArgs]
    """Expected monthly usage, for the cost estimate."""
    monitoring: NotRequired[MonitoringArgs]
    """Alarms, notifications, metrics and logs."""
    webhooks: NotRequired[WebhooksArgs]
    """Public endpoint for webhooks only. Default: none, webhooks go to the load balancer."""
    schedule: NotRequired[ScheduleArgs]
    """Working hours, outside of which the controller sleeps. Default: none, it always runs."""
    budget: NotRequired[BudgetArgs]
    """Monthly AWS budget. Default: none."""
    removal_policy: NotRequired[RemovalPolicy]
    """What happens to the file system and other resources with data when they are removed from the
    program. Default: ``retain``."""
    tags: NotRequired[dict[str, str]]
    """Tags of all resources that support tags, at most 40: keys of 1 to 128 and values of 1 to
    256 letters, digits, spaces and ``_.:/=+-@``. Keys must not start with ``aws:`` and must differ
    in more than case. ``Name``, ``JenkinsPlatform`` and other keys that the platform sets are
    reserved. Default: none."""
    permissions_boundary_arn: NotRequired[pulumi.Input[str]]
    """ARN of an IAM policy, your own or AWS managed, that is the permissions boundary of every role
    of the platform. Default: none."""
    name_prefix: NotRequired[str]
    """Prefix of all resource names in AWS: a lowercase letter followed by lowercase letters, digits
    and hyphens, at most 19 characters; not starting with ``aws``, ``ssm``, ``internal-``, ``xn--``
    or ``sthree-``, and without ``--``. You ensure that it is unique. It cannot be changed later.
    Default: none, names consist of the component's name and a random suffix."""
