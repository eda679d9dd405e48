"""Rules between an agent template and what its agents run on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...inputs import Architecture, InstanceProvider, PlatformImage
from ..validation.base import Problem

if TYPE_CHECKING:
    from . import AgentTemplate

DOCKER_CPU = 2048
"""Minimum CPU units with Docker: an instance with fewer than twice the vCPUs must exist."""
MAX_MEMORY_MIB = 3_145_728
DOCKER_VARIABLES = frozenset(
    [
        "DOCKER_CONFIG",
        "DOCKER_HOST",
        "TESTCONTAINERS_HOST_OVERRIDE",
        "TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE",
    ]
)


def fargate_rules(key: str, template: AgentTemplate) -> Iterator[Problem]:
    """Problems of inputs that need instances, on a template that has none."""
    for name in ("instances", "docker", "gpu"):
        if value := getattr(template, name):
            shown = "…" if name == "instances" else value
            yield Problem(f"{key}.{name}", shown, "is only valid with `capacity: instances`")


def instance_rules(key: str, template: AgentTemplate) -> Iterator[Problem]:
    """Problems of a template on instances."""
    if not 512 <= template.memory_mib <= MAX_MEMORY_MIB:
        yield Problem(
            f"{key}.memory_mib", template.memory_mib, f"must be 512 to {MAX_MEMORY_MIB} MiB"
        )
    if template.ephemeral_storage_gib is not None:
        yield Problem(
            f"{key}.ephemeral_storage_gib",
            template.ephemeral_storage_gib,
            "cannot be combined with `capacity: instances`. Set `instances.disk_gib`",
        )
    if template.public_address:
        yield Problem(
            f"{key}.public_address",
            True,
            "cannot be combined with `capacity: instances`: ECS gives public addresses to tasks on "
            "Fargate only",
        )
    if template.gpu and template.architecture is Architecture.ARM64:
        yield Problem(f"{key}.gpu", template.gpu, "is only valid with architecture x86_64")
    yield from _provider_rules(key, template)
    if template.docker:
        yield from _docker_rules(key, template)
    elif template.host.existing is None:
        yield from _size_rules(f"{key}.instances", template)


def memory_rules(key: str, template: AgentTemplate) -> Iterator[Problem]:
    """ECS refuses a task definition whose containers may use more memory than the task."""
    sizes = [s.memory_mib or 0 for s in template.sidecars]
    if sum(sizes) >= template.memory_mib:
        index = max(range(len(sizes)), key=sizes.__getitem__)
        yield Problem(
            f"{key}.sidecars[{index}].memory_mib",
            sizes[index],
            f"leaves no memory for the agent: the sidecars' limits must add up to less than "
            f"the template's {template.memory_mib} MiB, not {sum(sizes)}",
        )


def _provider_rules(key: str, template: AgentTemplate) -> Iterator[Problem]:
    """Problems of inputs that the provider of the instances does not have."""
    host, given = template.host, template.host.model_fields_set
    managed = template.provider is InstanceProvider.MANAGED
    other = InstanceProvider.AUTO_SCALING_GROUP if managed else InstanceProvider.MANAGED
    of_group = ("disk_type", "session_manager", "ami_id", "ami_parameter")
    for name in of_group if managed else ("idle_minutes",):
        if host.existing is None and name in given and getattr(host, name):
            yield Problem(
                f"{key}.instances.{name}",
                getattr(host, name),
                f"is only valid with provider {other.value}",
            )
    for name in ("docker_cache", "docker_image"):
        if getattr(host, name) and not template.docker:
            yield Problem(
                f"{key}.instances.{name}", getattr(host, name), "is only valid with `docker`"
            )


def _size_rules(key: str, template: AgentTemplate) -> Iterator[Problem]:
    host, sizes = template.host, template.instance_sizes
    cpu, memory = template.cpu, template.memory_mib
    if host.min_vcpus is not None and host.min_vcpus * 1024 < cpu:
        yield Problem(
            f"{key}.min_vcpus", host.min_vcpus, f"is less than the {cpu} CPU units of an agent"
        )
    if sizes.max_vcpus is not None and sizes.max_vcpus < sizes.min_vcpus:
        yield Problem(
            f"{key}.max_vcpus", sizes.max_vcpus, f"must be at least {sizes.min_vcpus}, the minimum"
        )
    if host.min_memory_mib is not None and host.min_memory_mib <= memory:
        yield Problem(
            f"{key}.min_memory_mib",
            host.min_memory_mib,
            f"must be more than the {memory} MiB of an agent, because the operating system needs "
            "memory too",
        )


def _docker_rules(key: str, template: AgentTemplate) -> Iterator[Problem]:
    host = template.host
    if template.cpu < DOCKER_CPU:
        yield Problem(
            f"{key}.cpu",
            template.cpu,
            f"must be at least {DOCKER_CPU} with `docker`: an instance runs one build at a time",
        )
    if host.provider is InstanceProvider.MANAGED:
        yield Problem(
            f"{key}.instances.provider",
            host.provider.value,
            "cannot be combined with `docker`, whose privileged daemon can use the role of the "
            "instance: only that of an auto-scaling-group is limited to one template",
        )
    if host.existing is not None:
        yield Problem(
            f"{key}.instances.existing",
            host.existing.on_demand,
            "cannot be combined with `docker`, which needs instances that run one build at a time",
        )
    for name in ("min_vcpus", "max_vcpus"):
        if getattr(host, name) is not None:
            yield Problem(
                f"{key}.instances.{name}",
                getattr(host, name),
                "cannot be combined with `docker`: `cpu` determines the size of the instances",
            )
    if template.gpu:
        yield Problem(f"{key}.gpu", template.gpu, "cannot be combined with `docker`")
    if template.uses(PlatformImage.KANIKO):
        yield Problem(
            f"{key}.docker", True, "cannot be combined with platform_image kaniko. Use either"
        )
    for index, sidecar in enumerate(template.sidecars):
        if sidecar.name == "docker":
            yield Problem(
                f"{key}.sidecars[{index}].name", "docker", "is the name of the Docker daemon"
            )
    for group in ("environment", "secrets"):
        for name in sorted(DOCKER_VARIABLES & set(getattr(template, group))):
            yield Problem(f"{key}.{group}.{name}", "…", "is set by the platform with `docker`")
