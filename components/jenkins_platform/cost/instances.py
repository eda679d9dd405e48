"""Cost of builds on EC2 instances.

An agent is charged for the part of an instance that it takes: its vCPUs, its memory by the 4 GiB
that a general-purpose type has for each vCPU, or its GPUs, whichever is most. With Docker it takes
a whole instance, which fits it. The hours in which instances start and are idle are not known in
advance and not included.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..inputs import Architecture, InstanceProvider
from ..settings.agents import AgentTemplate
from ..settings.usage_estimate import HOURS_A_MONTH
from .prices import PriceTable, shipped
from .subject import Builds, Line, Subject

_PRICES = {Architecture.X86_64: "ec2_x86_large_hour", Architecture.ARM64: "ec2_arm64_large_hour"}
_GIB_PER_VCPU = 4
_VCPUS_OF_LARGE = 2
MANAGED_FEE = 0.12
"""Fee of ECS Managed Instances as a share of the on-demand price; AWS publishes it by instance type
and the types in use differ by less than a percent."""


def instances_of(template: AgentTemplate) -> tuple[str, float]:
    """Price of an instance, and how many of them an agent takes."""
    if template.gpu:
        return "ec2_gpu_hour", template.gpu
    vcpus = template.cpu / 1024
    memory_mib = template.memory_mib
    if template.docker:
        memory_mib = template.instance_sizes.min_memory_mib
    needed = max(vcpus, memory_mib / 1024 / _GIB_PER_VCPU)
    larges = needed / _VCPUS_OF_LARGE
    if template.docker:
        larges = 2 ** math.ceil(math.log2(larges))
    return _PRICES[template.architecture], larges


def lines_of(subject: Subject, group: Builds) -> Iterator[Line]:
    """Line items of the builds of one label."""
    template, part = group.template, f"agents {group.label}"
    price, number = instances_of(template)
    share = subject.prices.usd("ec2_spot_share", subject.region) if group.spot else 1.0
    because = f"{group.hours:,.0f} build hours {'on Spot' if group.spot else 'on demand'}"
    shown = f"{number:g} x {subject.prices.prices[price].what}"
    yield subject.line(part, shown, price, number * group.hours, because, share)
    if template.created_provider is None:
        return
    if template.created_provider is InstanceProvider.MANAGED:
        fee = f"{MANAGED_FEE:.0%} of the on-demand price"
        yield subject.line(
            part, "fee of Managed Instances", price, number * group.hours, fee, MANAGED_FEE
        )
    # Small agents share the disk as they share the instance.
    gib = template.host.disk_gib * min(1.0, number)
    yield subject.line(
        part,
        "disk of the instances",
        f"ebs_{template.host.disk_type.value}_gb_month",
        gib * group.hours / HOURS_A_MONTH,
        f"{template.host.disk_gib} GiB for each instance, while it runs",
    )


def instance_hourly_usd(
    region: str, template: AgentTemplate, spot: bool, table: PriceTable | None = None
) -> float:
    """Cost of one hour of an agent in USD, without its disk."""
    prices = table or shipped()
    key, number = instances_of(template)
    share = prices.usd("ec2_spot_share", region) if spot else 1.0
    managed = template.created_provider is InstanceProvider.MANAGED
    return prices.usd(key, region) * number * (share + (MANAGED_FEE if managed else 0.0))
