"""Agents: Fargate tasks that live for one build."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class Architecture(str, Enum):
    """CPU architecture of a task."""

    X86_64 = "x86_64"
    """Intel and AMD."""
    ARM64 = "arm64"
    """AWS Graviton: about 20 % cheaper."""


class Capacity(str, Enum):
    """What a template's plain labels run on. ``<label>-spot`` and ``<label>-on-demand`` are there
    for every label whatever this says."""

    ON_DEMAND = "on-demand"
    """Fargate: never interrupted."""
    SPOT = "spot"
    """Fargate Spot: up to 70 % cheaper, taken away with two minutes' notice."""


class Connection(str, Enum):
    """How agents reach the controller."""

    CLOUD_MAP = "cloud-map"
    """By a private DNS name of AWS Cloud Map, HTTP and the TCP agent port."""


class PolicyStatementArgs(TypedDict):
    """One allowing statement of an agent's task role."""

    actions: list[str]
    """Actions such as ``s3:GetObject``; at least one."""
    resources: list[pulumi.Input[str]]
    """ARNs that the actions are allowed on; at least one."""


class AgentTemplateArgs(TypedDict):
    """One kind of agent."""

    name: NotRequired[str]
    """Name of the template, unique in the platform: a lower-case letter, then lower-case letters,
    digits and hyphens, 40 characters at the most. Required in ``agents``."""
    labels: NotRequired[list[str]]
    """Jenkins labels of the template: letters, digits, ``.``, ``_``, ``-``. Default: its name.
    Two templates may not share a label."""
    image: NotRequired[pulumi.Input[str]]
    """Image of the agent's container, which must start as a Jenkins inbound agent. Default: the
    platform's agent image."""
    cpu: NotRequired[int]
    """CPU units (1024 are one vCPU): 256, 512, 1024, 2048, 4096, 8192 or 16384. Default 512."""
    memory_mib: NotRequired[int]
    """Memory in MiB, of the sizes that Fargate pairs with ``cpu``. Default 1024."""
    architecture: NotRequired[Architecture]
    """CPU architecture. Default ``x86_64``."""
    capacity: NotRequired[Capacity]
    """What the plain labels run on. Default ``on-demand``."""
    environment: NotRequired[dict[str, str]]
    """Environment variables, in plain text: never put a secret here. Default: none."""
    policy_statements: NotRequired[list[PolicyStatementArgs]]
    """What builds on this agent may do in AWS. Default: nothing."""


class AgentCloudArgs(TypedDict):
    """What all agents share."""

    connection: NotRequired[Connection]
    """How agents reach the controller. Default ``cloud-map``."""
    log_retention_days: NotRequired[int]
    """Days that the agents' logs are kept: one of the periods that CloudWatch Logs knows.
    Default 30."""
