"""Requests that AWS refuses, and moto does not."""

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
_create_listener = ELBv2Backend.create_listener
_create_rule = ELBv2Backend.create_rule
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


def _refuse_groups_of_others(
    self: ELBv2Backend, balancer_arn: str, actions: list[dict[str, Any]]
) -> None:
    """A target group belongs to one load balancer at a time."""

    def groups(action: dict[str, Any]) -> set[str]:
        return set(self._get_target_group_arns_from(action_data=action))

    wanted = {arn for action in actions for arn in groups(action)}
    used = {
        arn
        for balancer in self.load_balancers.values()
        if balancer.arn != balancer_arn
        for listener in balancer.listeners.values()
        for rule in listener.rules.values()
        for action in rule.actions
        for arn in groups(action.data)
    }
    if both := wanted & used:
        raise ELBClientError(
            "TargetGroupAssociationLimit",
            "The following target groups cannot be associated with more than one load balancer: "
            f"{', '.join(sorted(both))}",
        )


def _create_listener_with_own_groups(
    self: ELBv2Backend, load_balancer_arn: str, **arguments: Any
) -> Any:
    _refuse_groups_of_others(self, load_balancer_arn, arguments["actions"])
    return _create_listener(self, load_balancer_arn, **arguments)


def _create_rule_with_own_groups(self: ELBv2Backend, listener_arn: str, **arguments: Any) -> Any:
    owner = listener_arn.replace(":listener/", ":loadbalancer/").rpartition("/")[0]
    _refuse_groups_of_others(self, owner, arguments["actions"])
    return _create_rule(self, listener_arn, **arguments)


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
        (ELBv2Backend, "create_listener", _create_listener_with_own_groups),
        (ELBv2Backend, "create_rule", _create_rule_with_own_groups),
        (ServiceDiscoveryBackend, "delete_service", _delete_discovery_service_without_instances),
    ):
        setattr(owner, name, method)
