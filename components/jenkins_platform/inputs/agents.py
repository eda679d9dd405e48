"""Inputs of the agent templates. An agent is an ECS task that runs one build."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .instances import InstancesArgs


class Architecture(str, Enum):
    """CPU architecture of a task."""

    X86_64 = "x86_64"
    """Intel and AMD."""
    ARM64 = "arm64"
    """AWS Graviton, about 20 % cheaper."""


class Capacity(str, Enum):
    """Capacity that a template's plain labels use. The labels ``<label>-spot``,
    ``<label>-on-demand`` and ``<label>-auto`` are available for every label regardless of this
    value."""

    ON_DEMAND = "on-demand"
    """Fargate: tasks are not interrupted."""
    SPOT = "spot"
    """Fargate Spot: up to 70 % cheaper; tasks can be interrupted with a two-minute notice."""
    AUTO = "auto"
    """Fargate Spot, or Fargate if Spot has no capacity."""
    INSTANCES = "instances"
    """EC2 instances, for builds that Fargate cannot run: ``docker``, ``gpu``, large disks."""


class PlatformImage(str, Enum):
    """A container image that the platform provides."""

    AGENT = "agent"
    """Jenkins inbound agent with Git and the AWS CLI."""
    KANIKO = "kaniko"
    """Jenkins inbound agent with Kaniko, to build container images without a Docker daemon."""


class ConditionArgs(TypedDict):
    """A condition of an IAM policy statement."""

    operator: str
    """Condition operator of IAM, such as ``StringEquals``, ``ArnLike``, ``Bool``, ``Null`` or
    ``IpAddress``. ``ForAnyValue:`` or ``ForAllValues:`` can precede it, and ``IfExists`` follow
    it."""
    key: str
    """Condition key, such as ``aws:ResourceTag/team`` or ``s3:prefix``."""
    values: list[pulumi.Input[str]]
    """Values, of which one must match; at least one. Numbers, dates and ``true`` or ``false`` are
    written as text."""


class PolicyStatementArgs(TypedDict):
    """An IAM policy statement with the effect ``Allow`` for an agent's task role."""

    actions: list[str]
    """IAM actions such as ``s3:GetObject``, at least one. A ``*`` is valid only at the end of the
    action name, after at least three characters."""
    resources: list[pulumi.Input[str]]
    """ARNs of the resources that the actions apply to, at least one. ``*`` alone is for actions
    without resources, such as ``ecr:GetAuthorizationToken``; with others it results in a
    warning, unless the statement has conditions."""
    conditions: NotRequired[list[ConditionArgs]]
    """Conditions, all of which must be met, at most 20. Default: none."""


class EfsVolumeArgs(TypedDict):
    """An existing EFS file system that agents mount over TLS. Its mount targets must allow ingress
    from the agents' security group. The file system of the Jenkins home is not valid."""

    file_system_id: pulumi.Input[str]
    """ID of the EFS file system, such as ``fs-0a1b2c3d``."""
    access_point_id: NotRequired[pulumi.Input[str]]
    """ID of an EFS access point, such as ``fsap-0a1b2c3d``. With an access point the mount is
    authorized by the task role. Default: none, the root directory is mounted."""


class VolumeArgs(TypedDict):
    """A volume of an agent."""

    container_path: str
    """Absolute mount path in the agent's container and in every sidecar. Must not contain ``..``,
    and must not be ``/``, a system directory such as ``/etc``, or the agent's own directories
    (``/kaniko``, ``/home/jenkins/agent``)."""
    efs: NotRequired[EfsVolumeArgs]
    """EFS file system to mount. Default: an empty directory on the task's ephemeral storage, shared
    with the sidecars. Empty volumes, and empty file systems without an access point, are made
    writable for every user of the task before its containers start."""
    read_only: NotRequired[bool]
    """Whether the agent mounts the volume read-only. Default: ``false``."""


class SidecarArgs(TypedDict):
    """An additional container in the agent's task, such as a database for integration tests. It
    shares the network namespace: the agent reaches it on ``localhost``."""

    name: str
    """Container name: a lowercase letter followed by lowercase letters, digits and hyphens, at most
    40 characters."""
    image: pulumi.Input[str]
    """Container image, such as ``postgres:17``."""
    image_credentials_arn: NotRequired[pulumi.Input[str]]
    """ARN of the Secrets Manager secret with ``username`` and ``password`` for the registry of
    ``image``, as JSON. Not for ECR, to which the execution role authenticates. Default: none."""
    command: NotRequired[list[str]]
    """Command of the container. Default: none, the command of the image."""
    environment: NotRequired[dict[str, str]]
    """Environment variables in plain text. Default: none."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables whose values come from Secrets Manager or SSM Parameter Store: ARNs by
    variable name. Default: none."""
    memory_mib: NotRequired[int]
    """Hard memory limit in MiB, at least 6. The limits of all sidecars together must be less than
    the template's ``memory_mib``. Default: none, only the task's limit applies."""


class AgentTemplateArgs(TypedDict):
    """An agent template: a task definition and the Jenkins labels that select it."""

    name: NotRequired[str]
    """Template name, unique in the platform: a lowercase letter followed by lowercase letters,
    digits and hyphens, at most 40 characters. Required in ``agents``."""
    labels: NotRequired[list[str]]
    """Jenkins labels of the template, at most 20: letters, digits, ``.``, ``_`` and ``-``. A label
    can belong to only one template. Default: none, the template's name is its label."""
    capacity: NotRequired[Capacity]
    """Capacity that the plain labels use. With ``instances`` all labels of the template run on EC2
    instances. Default: ``on-demand``."""
    instances: NotRequired[InstancesArgs]
    """The EC2 instances. Only valid with ``capacity`` ``instances``. Default: none, all
    defaults."""
    docker: NotRequired[bool]
    """Whether builds can use Docker: a Docker daemon runs in a privileged sidecar, and the instance
    runs one build at a time. ``DOCKER_HOST`` and the variables of Testcontainers are set. Only
    valid with ``capacity`` ``instances`` and at least 2048 CPU units. Default: ``false``."""
    gpu: NotRequired[int]
    """Number of NVIDIA GPUs of each agent, 1 to 8. Only valid with ``capacity`` ``instances`` and
    ``x86_64``. Default: none."""
    platform_image: NotRequired[PlatformImage]
    """Platform image to use. Cannot be combined with ``image``. Default: ``agent``."""
    image: NotRequired[pulumi.Input[str]]
    """Your own image, which must start as a Jenkins inbound agent. Default: none, the image that
    ``platform_image`` selects."""
    image_credentials_arn: NotRequired[pulumi.Input[str]]
    """ARN of the Secrets Manager secret with ``username`` and ``password`` for the registry of
    ``image``, as JSON. Only valid with ``image``. Not for ECR, to which the execution role
    authenticates. Default: none."""
    cpu: NotRequired[int]
    """CPU units (1024 units are 1 vCPU): 256, 512, 1024, 2048, 4096, 8192, 16384 or
    32768. Default: ``512``."""
    memory_mib: NotRequired[int]
    """Memory in MiB, one of the sizes that Fargate supports for ``cpu``; with ``capacity``
    ``instances`` 512 to 3145728. Default: ``1024``."""
    ephemeral_storage_gib: NotRequired[int]
    """Ephemeral storage of the task in GiB, 21 to 200, including the image. Cannot be combined with
    ``capacity`` ``instances``. Default: none, the 20 GiB that every Fargate task has."""
    architecture: NotRequired[Architecture]
    """CPU architecture. Default: ``x86_64``."""
    environment: NotRequired[dict[str, str]]
    """Environment variables in plain text. Use ``secrets`` for secret values. Default: none."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Environment variables whose values come from Secrets Manager or SSM Parameter Store: complete
    ARNs by variable name. Values are read when the task starts and appear in no task definition or
    log. Default: none."""
    java_options: NotRequired[list[str]]
    """Additional JVM options of the agent process. Options with spaces are passed in
    ``JDK_JAVA_OPTIONS``, which Java programs of builds inherit. Default: none."""
    heap_percentage: NotRequired[float]
    """Maximum Java heap of the agent process as a percentage of the memory, 10 to 85. Build tools
    use the remaining memory. Default: ``50``."""
    user: NotRequired[str]
    """User of the container as a name, UID or UID:GID. Cannot be combined with ``platform_image``
    ``kaniko``. Default: none, the user of the image."""
    init_process: NotRequired[bool]
    """Whether to run an init process that reaps orphaned child processes. Default: ``true``."""
    enable_execute_command: NotRequired[bool]
    """Whether ``aws ecs execute-command`` can open a session in the agent. Default: ``false``."""
    policy_statements: NotRequired[list[PolicyStatementArgs]]
    """IAM permissions of builds on this agent. Default: none."""
    assumable_role_arns: NotRequired[list[pulumi.Input[str]]]
    """ARNs of IAM roles that builds on this agent can assume, such as a deployment role.
    Default: none."""
    managed_policy_arns: NotRequired[list[pulumi.Input[str]]]
    """ARNs of up to 20 IAM managed policies, of AWS or of your account, that builds on this agent
    also have, such as ``arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess``. More than 10 need a
    higher quota. Default: none."""
    task_role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an existing IAM role used as the task role. Cannot be combined with
    ``policy_statements``, ``assumable_role_arns`` or ``managed_policy_arns``. Default: a role with
    only those permissions is created."""
    execution_role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an existing IAM role used as the task execution role. Its policies are not changed.
    Default: the execution role of all agents, or a new role if the template has its own image,
    secrets or log group."""
    security_group_ids: NotRequired[list[pulumi.Input[str]]]
    """IDs of at most 4 security groups in addition to the agents' own. Default: none."""
    public_address: NotRequired[bool]
    """Whether tasks get a public IPv4 address, which is required only in public subnets.
    Default: as ``network.nat`` requires."""
    push_repositories: NotRequired[list[pulumi.Input[str]]]
    """With ``platform_image`` ``kaniko``: repositories that builds can push images to, at most 100:
    names in ``images.application_repositories``, or ARNs of ECR repositories. The first is the
    default of ``kaniko``. With an empty list builds push no images, for example those of pull
    requests. Default: none, all of ``images.application_repositories`` and
    ``images.application_repository_arns``."""
    volumes: NotRequired[list[VolumeArgs]]
    """Volumes of the agent, at most 20. Default: none."""
    sidecars: NotRequired[list[SidecarArgs]]
    """Additional containers in the agent's task, at most 9. Default: none."""
    max_agents: NotRequired[int]
    """Maximum number of concurrent agents per label of the template, 1 to 5000. Default: none, no
    limit."""
    idle_minutes: NotRequired[int]
    """Minutes after which an idle agent is stopped, 1 to 60. Default: ``5``."""
    connect_timeout_seconds: NotRequired[int]
    """Seconds that a new agent has to connect, 60 to 3600, including the image pull.
    Default: ``900``."""
    log_group_name: NotRequired[pulumi.Input[str]]
    """Name of an existing CloudWatch log group for this template. Default: the log group of all
    agents."""
    tags: NotRequired[dict[str, str]]
    """Additional tags of the template's tasks. Default: none."""
