"""Patches of moto for capacity providers of EC2 instances, and for tags of tasks."""

from __future__ import annotations

import inspect
from collections.abc import Collection
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.models import CapacityProvider, EC2ContainerServiceBackend, Task
from moto.ecs.responses import EC2ContainerServiceResponse

_FARGATE = ("FARGATE", "FARGATE_SPOT")
_create = EC2ContainerServiceResponse.create_capacity_provider
_update = EC2ContainerServiceResponse.update_capacity_provider
_answer_run_task = EC2ContainerServiceResponse.run_task
_run_task = EC2ContainerServiceBackend.run_task
_prepare = CapacityProvider._prepare_asg_provider


def _prepare_group_only(self: CapacityProvider, asg_details: dict[str, Any] | None) -> Any:
    """moto takes every capacity provider for one of an Auto Scaling group."""
    return _prepare(self, asg_details) if asg_details else None


def _create_with_managed_instances(self: EC2ContainerServiceResponse) -> Any:
    """moto forgets what a managed instances provider is asked for, and its cluster. ECS associates
    such a provider with its cluster at once."""
    answer: Any = _create(self)
    provider = answer.result["capacityProvider"]
    provider.managed_instances_provider = self._get_param("managedInstancesProvider")
    provider.cluster = self._get_param("cluster")
    return answer


def _update_managed_instances(self: EC2ContainerServiceResponse) -> Any:
    """moto only changes providers of Auto Scaling groups."""
    changes = self._get_param("managedInstancesProvider")
    if not changes:
        return _update(self)
    provider: Any = self.ecs_backend._get_provider(self._get_param("name"))
    old = provider.managed_instances_provider
    launch = old["instanceLaunchTemplate"] | changes.get("instanceLaunchTemplate", {})
    provider.managed_instances_provider = {**old, **changes, "instanceLaunchTemplate": launch}
    return ActionResult({"capacityProvider": provider})


def _run_task_on_instances(
    self: EC2ContainerServiceBackend, *arguments: Any, **named: Any
) -> list[Task]:
    """moto runs a task of a capacity provider only on an instance that is there. With managed
    scaling ECS launches one for it; here the task runs as on Fargate, without an instance."""
    given = inspect.signature(_run_task).bind(self, *arguments, **named)
    strategy = given.arguments.get("capacity_provider_strategy") or []
    associated = self._get_cluster(given.arguments["cluster_str"]).capacity_providers or []
    for item in strategy:
        if not _is_associated(self, item["capacityProvider"], associated):
            raise InvalidParameterException(
                "The specified capacity provider strategy cannot contain a capacity provider that "
                "is not associated with the cluster. Associate the capacity provider with the "
                "cluster and try again."
            )
    provider = strategy[0]["capacityProvider"] if strategy else "FARGATE"
    if provider not in _FARGATE and self._get_provider(provider):
        given.arguments["capacity_provider_strategy"] = [{"capacityProvider": "FARGATE"}]
    tasks: list[Task] = _run_task(*given.args, **given.kwargs)
    for task in tasks if strategy else []:
        task.capacity_provider_name = provider
    return tasks


def _is_associated(
    self: EC2ContainerServiceBackend, name: str, associated: Collection[str]
) -> bool:
    """Whether tasks of a cluster with these capacity providers can use one."""
    if name in associated:
        return True
    # ECS associates a provider of managed instances itself.
    return name not in _FARGATE and bool(
        getattr(self._get_provider(name), "managed_instances_provider", None)
    )


def _run_task_with_tags(self: EC2ContainerServiceResponse) -> Any:
    """moto does not copy the tags of the task definition."""
    answer: Any = _answer_run_task(self)
    if self._get_param("propagateTags") == "TASK_DEFINITION":
        for task in answer.result["tasks"]:
            definition: Any = self.ecs_backend.describe_task_definition(task.task_definition_arn)
            own = {tag["key"] for tag in task.tags or []}
            copied = [tag for tag in definition.tags or [] if tag["key"] not in own]
            task.tags = [*(task.tags or []), *copied]
    return answer


def patches() -> list[tuple[type, str, Any]]:
    """Class, method and its replacement."""
    return [
        (CapacityProvider, "_prepare_asg_provider", _prepare_group_only),
        (EC2ContainerServiceBackend, "run_task", _run_task_on_instances),
        (EC2ContainerServiceResponse, "run_task", _run_task_with_tags),
        (EC2ContainerServiceResponse, "create_capacity_provider", _create_with_managed_instances),
        (EC2ContainerServiceResponse, "update_capacity_provider", _update_managed_instances),
    ]
