"""Where moto's answers would be wrong rather than missing. Each mend says what and why."""

from __future__ import annotations

import json
from typing import Any

from moto.ecs.models import EC2ContainerServiceBackend, TaskDefinition
from moto.s3.models import FakeBucket


def _bucket_permission(self: FakeBucket, action: str, resource: str) -> Any:
    """moto takes a bucket policy's statement with a condition as one without: the usual "deny
    what is not TLS" would then deny everything. Here such a statement decides nothing."""
    from moto.iam.access_control import IAMPolicy, PermissionResult

    if self.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(self.policy)
    policy["Statement"] = [s for s in policy["Statement"] if "Condition" not in s]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


_resource_requirements = EC2ContainerServiceBackend._calculate_task_resource_requirements


def _fargate_resource_requirements(task_definition: TaskDefinition) -> dict[str, Any]:
    """moto adds up the memory of the containers, and fails where only the task has one, as
    Fargate allows. No container instance has to make room for a Fargate task."""
    if "FARGATE" in (task_definition.requires_compatibilities or []):
        return {"CPU": 0, "MEMORY": 0, "PORTS": [], "PORTS_UDP": []}
    requirements: dict[str, Any] = _resource_requirements(task_definition)
    return requirements


def apply() -> None:
    EC2ContainerServiceBackend._calculate_task_resource_requirements = staticmethod(  # type: ignore[method-assign]
        _fargate_resource_requirements
    )
    FakeBucket.get_permission = _bucket_permission  # type: ignore[method-assign]
