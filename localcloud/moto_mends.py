"""Where moto's answers would be wrong rather than missing. Each mend says what and why."""

from __future__ import annotations

import json
import os
from typing import Any

from moto.core.responses import ActionResult
from moto.ecr.models import Repository
from moto.ecr.responses import ECRResponse
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


REGISTRY_VARIABLE = "LOCALCLOUD_REGISTRY"
"""Environment variable with the host and port of a registry that stands in for ECR's."""

_repository = Repository.__init__
_authorization_token = ECRResponse.get_authorization_token


def _repository_in_a_registry(self: Repository, *args: Any, **kwargs: Any) -> None:
    """moto's repositories have addresses of a registry that is not there. With a registry on this
    machine they have its address, so that what a program pushes and pulls is really there."""
    _repository(self, *args, **kwargs)
    if registry := os.environ.get(REGISTRY_VARIABLE):
        self.uri = f"{registry}/{self.name}"


def _token_for_a_registry(self: ECRResponse) -> ActionResult:
    answer = _authorization_token(self)
    if registry := os.environ.get(REGISTRY_VARIABLE):
        for data in answer.result["authorizationData"]:  # type: ignore[index]
            data["proxyEndpoint"] = f"http://{registry}"
    return answer


def apply() -> None:
    Repository.__init__ = _repository_in_a_registry  # type: ignore[method-assign]
    ECRResponse.get_authorization_token = _token_for_a_registry  # type: ignore[method-assign]
    EC2ContainerServiceBackend._calculate_task_resource_requirements = staticmethod(  # type: ignore[method-assign]
        _fargate_resource_requirements
    )
    FakeBucket.get_permission = _bucket_permission  # type: ignore[method-assign]
