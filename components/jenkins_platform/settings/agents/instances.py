"""Settings of the EC2 instances of an agent template."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from ...inputs import DiskType, InstanceProvider
from ..validation.base import Group, OutputOr, Problem, setting
from ..validation.rules import no_duplicates
from ..validation.values import ImageReference, matching

_OVERHEAD_MIB = 512
_OVERHEAD_SHARE = 0.1
"""What the operating system and the ECS agent need of an instance's memory, at least and as a share
of the tasks'. An instance registers with less memory than its type has."""
_LARGER = 4
"""How many times its smallest size an instance can have."""
CapacityProviderName = Annotated[
    str,
    # ECS reserves the prefixes; the plugin takes a name that contains FARGATE for Fargate.
    matching(
        r"(?i:(?!aws|ecs)(?!.*fargate)[a-z0-9_-]{1,255})",
        "the name of a capacity provider: letters, digits, '-' and '_', starting with neither aws "
        "nor ecs, and not containing fargate",
    ),
]
InstanceType = Annotated[
    str,
    matching(
        r"[a-z0-9*-]{1,20}\.[a-z0-9*-]{1,20}",
        "an instance type such as m7i.xlarge, or a pattern such as m7i.*",
    ),
]
AmiId = Annotated[str, matching(r"ami-[0-9a-f]{8,17}", "an ID like ami-0a1b2c3d4e5f")]
ImageParameter = Annotated[
    str,
    matching(
        r"(arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter)?/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14}",
        "the name or ARN of an SSM parameter, such as /images/jenkins-agents",
    ),
]


@dataclass(frozen=True)
class InstanceSizes:
    """The sizes of instances to choose from.

    Attributes:
        min_vcpus: Minimum number of vCPUs.
        max_vcpus: Maximum number of vCPUs; None without a limit.
        min_memory_mib: Minimum memory in MiB.
    """

    min_vcpus: int
    max_vcpus: int | None
    min_memory_mib: int


class ExistingInstances(Group):
    """See `ExistingInstancesArgs`."""

    on_demand: CapacityProviderName = setting(valid="the name of a capacity provider")
    spot: CapacityProviderName | None = setting(None, valid="the name of a capacity provider")


class Instances(Group):
    """See `InstancesArgs`."""

    provider: InstanceProvider | None = setting(None, valid="managed or auto-scaling-group")
    existing: ExistingInstances | None = setting(None, valid="on_demand, spot")
    spot: bool = setting(False, valid="true or false")
    max_instances: int = setting(20, valid="1 to 1000 instances", ge=1, le=1000)
    instance_types: tuple[InstanceType, ...] = setting(
        (), valid="up to 30 types such as m7i.xlarge or m7i.*", max_length=30
    )
    min_vcpus: int | None = setting(None, valid="1 to 192 vCPUs", ge=1, le=192)
    max_vcpus: int | None = setting(None, valid="1 to 192 vCPUs", ge=1, le=192)
    min_memory_mib: int | None = setting(None, valid="512 to 6291456 MiB", ge=512, le=6_291_456)
    disk_gib: int = setting(50, valid="30 to 16384 GiB", ge=30, le=16384)
    disk_type: DiskType = setting(DiskType.GP3, valid="gp3 or gp2")
    idle_minutes: int = setting(10, valid="1 to 60 minutes", ge=1, le=60)
    ami_id: OutputOr[AmiId] | None = setting(None, valid="an ID such as ami-0a1b2c3d4e5f")
    ami_parameter: ImageParameter | None = setting(
        None, valid="the name of an SSM parameter such as /images/jenkins-agents"
    )
    session_manager: bool = setting(False, valid="true or false")
    docker_cache: bool = setting(False, valid="true or false")
    docker_image: OutputOr[ImageReference] | None = setting(None, valid="an image reference")

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of the inputs that an existing capacity provider excludes."""
        yield from no_duplicates(f"{key}.instance_types", self.instance_types)
        if self.ami_id is not None and self.ami_parameter is not None:
            yield Problem(
                f"{key}.ami_parameter", self.ami_parameter, "cannot be combined with `ami_id`"
            )
        if self.existing is not None:
            for name in sorted(self.model_fields_set - {"existing", "spot"}):
                if getattr(self, name) is not None:
                    yield Problem(
                        f"{key}.{name}",
                        getattr(self, name),
                        "is only valid with capacity providers that are created. Set only one of "
                        "this and `existing`",
                    )

    def sizes(self, cpu: int, memory_mib: int, docker: bool, gpu: bool) -> InstanceSizes:
        """The instances that agents of this size run on.

        Args:
            cpu: CPU units of an agent.
            memory_mib: Memory of an agent in MiB.
            docker: Whether an instance runs one agent at a time: with fewer than twice its vCPUs.
            gpu: Whether agents have GPUs: the types with GPUs have vCPUs in no fixed proportion.
        """
        least = math.ceil(cpu / 1024)
        min_vcpus = self.min_vcpus or least
        max_vcpus = self.max_vcpus
        if docker:
            max_vcpus = 2 * least - 1
        elif max_vcpus is None and not gpu:
            max_vcpus = max(_LARGER * min_vcpus, 4)
        memory = memory_mib + math.ceil(memory_mib * _OVERHEAD_SHARE) + _OVERHEAD_MIB
        return InstanceSizes(min_vcpus, max_vcpus, self.min_memory_mib or memory)
