"""Inputs of agents on EC2 instances, for builds that Fargate cannot run."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class InstanceProvider(str, Enum):
    """Who launches and replaces the EC2 instances of a template."""

    MANAGED = "managed"
    """ECS Managed Instances: AWS launches, patches and replaces them, for a fee of about 12 %."""
    AUTO_SCALING_GROUP = "auto-scaling-group"
    """An Auto Scaling group with managed scaling, of instances with the ECS-optimized Amazon Linux
    2023 image: in regions without Managed Instances, and for ``docker``."""


class DiskType(str, Enum):
    """Type of the EBS volume of an instance."""

    GP3 = "gp3"
    """General purpose, 3000 IOPS at any size."""
    GP2 = "gp2"
    """General purpose of the previous generation, 3 IOPS per GiB."""


class ExistingInstancesArgs(TypedDict):
    """Existing ECS capacity providers. They must be able to serve the agents' cluster, which they
    are associated with, and their instances are not secured by this platform."""

    on_demand: str
    """Name of the capacity provider of on-demand instances."""
    spot: NotRequired[str]
    """Name of the capacity provider of Spot instances, for the label ``<label>-spot``.
    Default: none, the one of ``on_demand``."""


class InstancesArgs(TypedDict):
    """EC2 instances of an agent template with ``capacity`` ``instances``. A template never shares
    its instances with another one."""

    provider: NotRequired[InstanceProvider]
    """Who launches the instances. Default: none, which is ``managed``, or ``auto-scaling-group``
    with ``docker``, which requires it."""
    existing: NotRequired[ExistingInstancesArgs]
    """Existing capacity providers. Cannot be combined with the other inputs of this group except
    ``spot``, nor with ``docker``. Default: none, capacity providers are created."""
    spot: NotRequired[bool]
    """Whether the plain labels use Spot instances. The labels ``<label>-spot`` and
    ``<label>-on-demand`` exist in either case. Default: ``false``."""
    max_instances: NotRequired[int]
    """Maximum number of instances for on-demand and for Spot each, 1 to 1000. With managed
    instances and with ``docker`` it limits the agents of each label, because ECS launches an
    instance only for a task. Default: ``20``."""
    instance_types: NotRequired[list[str]]
    """Instance types to choose from, at most 30, such as ``m7i.xlarge`` or ``m7i.*``.
    Default: none, all of the current generation with enough vCPUs and memory, the cheapest
    first."""
    min_vcpus: NotRequired[int]
    """Minimum number of vCPUs of an instance, 1 to 192. Default: none, as many as the
    template's ``cpu``."""
    max_vcpus: NotRequired[int]
    """Maximum number of vCPUs of an instance, 1 to 192. A larger instance runs several agents and
    has the image for them already. Cannot be set with ``docker``, where an instance has fewer than
    twice the vCPUs of an agent. Default: none, four times ``min_vcpus``, or no limit with
    ``gpu``."""
    min_memory_mib: NotRequired[int]
    """Minimum memory of an instance in MiB, 512 to 6291456. Default: none, the template's
    ``memory_mib`` and a tenth, for the operating system, and 512 MiB."""
    disk_gib: NotRequired[int]
    """Size in GiB of the encrypted volume that images, containers and workspaces share, 30 to
    16384. Default: ``50``."""
    disk_type: NotRequired[DiskType]
    """Type of this volume. Only valid with ``auto-scaling-group``. Default: ``gp3``."""
    idle_minutes: NotRequired[int]
    """Minutes until an instance without tasks is terminated, 1 to 60. Only valid with ``managed``;
    the scaling of an Auto Scaling group waits 15 minutes. Default: ``10``."""
    ami_id: NotRequired[pulumi.Input[str]]
    """ID of your own image of the instances, such as ``ami-0a1b2c3d4e5f``, built on the
    ECS-optimized Amazon Linux 2023 image for the template's architecture; with ``gpu`` on its
    variant with drivers. Only valid with ``auto-scaling-group``, because AWS chooses the image of
    managed instances, and without ``ami_parameter``. Default: none, the newest ECS-optimized
    image at each deployment."""
    ami_parameter: NotRequired[str]
    """Name or ARN of the SSM parameter that contains the ID of such an image, read at each
    deployment. Only valid with ``auto-scaling-group`` and without ``ami_id``. Default: none."""
    session_manager: NotRequired[bool]
    """Whether Systems Manager can open a shell on an instance. Only valid with
    ``auto-scaling-group``: AWS allows no access to managed instances. Default: ``false``."""
    docker_cache: NotRequired[bool]
    """Whether images and layers of ``docker`` stay on the instance for the template's next builds,
    which then trust what earlier builds left there. Only valid with ``docker``.
    Default: ``false``."""
    docker_image: NotRequired[pulumi.Input[str]]
    """Image of the Docker daemon, built like the official ``docker:…-dind``, such as a mirror of
    it. Only valid with ``docker``. Default: none, ``docker:28.5.1-dind``."""
