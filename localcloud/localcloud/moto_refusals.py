"""Deletions that AWS refuses, and moto does not."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.ecs.exceptions import ECSException
from moto.ecs.models import EC2ContainerServiceBackend
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend
from moto.servicediscovery.models import ServiceDiscoveryBackend

_delete_cluster = EC2ContainerServiceBackend.delete_cluster
_delete_load_balancer = ELBv2Backend.delete_load_balancer
_delete_discovery_service = ServiceDiscoveryBackend.delete_service


def _delete_cluster_without_tasks(self: EC2ContainerServiceBackend, cluster_str: str) -> Any:
    """A cluster with tasks that have not stopped is not deleted."""
    cluster = self._get_cluster(cluster_str)
    tasks = self.tasks.get(cluster.name, {}).values()
    if any(task.last_status != "STOPPED" for task in tasks):
        raise ECSException(
            "ClusterContainsTasksException",
            "The Cluster cannot be deleted while Tasks are active.",
        )
    return _delete_cluster(self, cluster_str)


def _delete_unprotected_load_balancer(self: ELBv2Backend, arn: str) -> None:
    """A load balancer with deletion protection is not deleted."""
    balancer = self.load_balancers.get(arn)
    if balancer and balancer.attrs.get("deletion_protection.enabled") == "true":
        raise ELBClientError(
            "OperationNotPermitted",
            f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
        )
    _delete_load_balancer(self, arn)


def _delete_discovery_service_without_instances(
    self: ServiceDiscoveryBackend, service_id: str
) -> None:
    """A Cloud Map service with registered instances is not deleted."""
    service = self.services.get(service_id)
    if service and service.instances:
        raise JsonRESTError(
            "ResourceInUse", "Service contains registered instances; delete the instances first"
        )
    _delete_discovery_service(self, service_id)


def apply() -> None:
    """Let moto refuse in this process."""
    for owner, name, method in (
        (EC2ContainerServiceBackend, "delete_cluster", _delete_cluster_without_tasks),
        (ELBv2Backend, "delete_load_balancer", _delete_unprotected_load_balancer),
        (ServiceDiscoveryBackend, "delete_service", _delete_discovery_service_without_instances),
    ):
        setattr(owner, name, method)
