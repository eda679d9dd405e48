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


class PlatformImage(str, Enum):
    """An image of the platform's own."""

    AGENT = "agent"
    """Jenkins inbound agent with Git and the AWS CLI."""
    KANIKO = "kaniko"
    """Kaniko with a Jenkins agent in it: builds container images without a Docker daemon."""


class PolicyStatementArgs(TypedDict):
    """One allowing statement of an agent's task role."""

    actions: list[str]
    """Actions such as ``s3:GetObject``; at least one."""
    resources: list[pulumi.Input[str]]
    """ARNs that the actions are allowed on; at least one."""


class EfsVolumeArgs(TypedDict):
    """A file system of yours that an agent mounts, with TLS. It must let the agents' security
    group in. The platform's own home is refused."""

    file_system_id: pulumi.Input[str]
    """Id of the EFS file system, such as ``fs-0a1b2c3d``."""
    access_point_id: NotRequired[pulumi.Input[str]]
    """Id of an access point, such as ``fsap-0a1b2c3d``; the task role then authorizes the mount.
    Default: none, the root directory is mounted."""


class VolumeArgs(TypedDict):
    """A folder of the agent that is not part of its image."""

    container_path: str
    """Absolute path in the agent's container, and in every sidecar."""
    efs: NotRequired[EfsVolumeArgs]
    """What is mounted there. Default: an empty folder on the task's own disk, which the agent
    shares with its sidecars."""
    read_only: NotRequired[bool]
    """Whether the agent may not write there. Default false."""


class SidecarArgs(TypedDict):
    """Another container beside the agent, such as a database for tests. They share the network:
    it is reached on ``localhost``."""

    name: str
    """Name of the container: a lower-case letter, then lower-case letters, digits, hyphens."""
    image: pulumi.Input[str]
    """Image of the container."""
    command: NotRequired[list[str]]
    """Command. Default: the image's own."""
    environment: NotRequired[dict[str, str]]
    """Environment variables, in plain text. Default: none."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables from Secrets Manager or SSM: ARNs by name. Default: none."""
    memory_mib: NotRequired[int]
    """Hard memory limit in MiB, less than the template's. Default: only the task's limit."""


class AgentTemplateArgs(TypedDict):
    """One kind of agent."""

    name: NotRequired[str]
    """Name of the template, unique in the platform: a lower-case letter, then lower-case letters,
    digits and hyphens, 40 characters at the most. Required in ``agents``."""
    labels: NotRequired[list[str]]
    """Jenkins labels of the template: letters, digits, ``.``, ``_``, ``-``. Default: its name.
    Two templates may not share a label."""
    capacity: NotRequired[Capacity]
    """What the plain labels run on. Default ``on-demand``."""
    platform_image: NotRequired[PlatformImage]
    """Which of the platform's images to use. Default ``agent``."""
    image: NotRequired[pulumi.Input[str]]
    """An image of yours instead, which must start as a Jenkins inbound agent."""
    cpu: NotRequired[int]
    """CPU units (1024 are one vCPU): 256, 512, 1024, 2048, 4096, 8192, 16384
    or 32768. Default 512."""
    memory_mib: NotRequired[int]
    """Memory in MiB, of the sizes that Fargate pairs with ``cpu``. Default 1024."""
    ephemeral_storage_gib: NotRequired[int]
    """Disk of the task in GiB, 21 to 200; the image counts against it. Default: Fargate's 20."""
    architecture: NotRequired[Architecture]
    """CPU architecture. Default ``x86_64``."""
    environment: NotRequired[dict[str, str]]
    """Environment variables, in plain text: never put a secret here. Default: none."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables from Secrets Manager or SSM Parameter Store: ARNs by name. The value
    is read when the task starts and is in no definition or log. Default: none."""
    java_options: NotRequired[list[str]]
    """Further options for the JVM of the agent itself. Default: none."""
    heap_percentage: NotRequired[float]
    """Share of the memory for the agent's own Java heap, in percent, 10 to 85. Default 50; build
    tools need the rest."""
    user: NotRequired[str]
    """User of the container, as name, uid or uid:gid. Default: the image's."""
    init_process: NotRequired[bool]
    """Whether an init process reaps what builds leave behind. Default true."""
    enable_execute_command: NotRequired[bool]
    """Allow ``aws ecs execute-command`` into the agent. Default false."""
    policy_statements: NotRequired[list[PolicyStatementArgs]]
    """What builds on this agent may do in AWS. Default: nothing."""
    assumable_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that builds on this agent may assume, such as one to deploy with. Default: none."""
    task_role_arn: NotRequired[pulumi.Input[str]]
    """A role of yours instead of one of the platform's own for this template. Default: one is
    made, which may do nothing but what ``policy_statements`` and ``assumable_role_arns`` say."""
    execution_role_arn: NotRequired[pulumi.Input[str]]
    """A role of yours that ECS starts this template's tasks with; nothing is added to it. Default:
    the role of all agents, or one that is made where the template brings images, secrets or a
    log group."""
    security_group_ids: NotRequired[list[pulumi.Input[str]]]
    """Security groups besides the agents' own, 4 at the most. Default: none."""
    public_address: NotRequired[bool]
    """Whether tasks get a public address; needed only in public subnets. Default: as the network
    needs it."""
    volumes: NotRequired[list[VolumeArgs]]
    """Folders that are not part of the image. Default: none."""
    sidecars: NotRequired[list[SidecarArgs]]
    """Containers beside the agent, 9 at the most. Default: none."""
    max_agents: NotRequired[int]
    """Agents at the same time for each label of the template, 1 to 5000. Default: no limit."""
    idle_minutes: NotRequired[int]
    """Minutes until an agent that got no build is stopped, 1 to 60. Default 5."""
    connect_timeout_seconds: NotRequired[int]
    """Seconds from the start of a task until its agent must have connected, 60 to 3600; a large
    image takes its time. Default 900."""
    log_group_name: NotRequired[pulumi.Input[str]]
    """Name of a CloudWatch log group of yours. Default: the log group of all agents."""
    tags: NotRequired[dict[str, str]]
    """Further tags for the template's tasks. Default: none."""
