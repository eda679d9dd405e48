"""Requests that AWS refuses, and moto does not."""

from __future__ import annotations

from typing import Any

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import FakeAutoScalingGroup
from moto.core.exceptions import JsonRESTError
from moto.ecs.exceptions import ECSException
from moto.ecs.models import EC2ContainerServiceBackend
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend
from moto.servicediscovery.models import ServiceDiscoveryBackend

MAX_REQUIREMENTS = 4
"""Sets of instance requirements of a group (Amazon EC2 Auto Scaling API Reference,
LaunchTemplateOverrides)."""
_configure_group = FakeAutoScalingGroup._set_launch_configuration
_delete_capacity_provider = EC2ContainerServiceBackend.delete_capacity_provider
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


def _delete_capacity_provider_without_clusters(
    self: EC2ContainerServiceBackend, name_or_arn: str
) -> Any:
    """A capacity provider of an Auto Scaling group that clusters use is not deleted. ECS associates
    a provider of managed instances itself, and ends that too."""
    provider: Any = self._get_provider(name_or_arn)
    used = [c.name for c in self.clusters.values() if provider.name in (c.capacity_providers or [])]
    if used and not getattr(provider, "managed_instances_provider", None):
        raise ECSException(
            "ClientException",
            f"The capacity provider {provider.name} is in use by the clusters {', '.join(used)}.",
        )
    return _delete_capacity_provider(self, name_or_arn)


def _configure_group_as_documented(
    self: FakeAutoScalingGroup,
    launch_config_name: str,
    launch_template: dict[str, Any],
    mixed_instances_policy: dict[str, Any] | None,
) -> None:
    """Groups that choose instance types by attributes do not accept everything (Amazon EC2 Auto
    Scaling User Guide and API Reference)."""
    _configure_group(self, launch_config_name, launch_template, mixed_instances_policy)
    template = (mixed_instances_policy or {}).get("LaunchTemplate", {})
    overrides = template.get("Overrides") or []
    by_attributes = [o["InstanceRequirements"] for o in overrides if o.get("InstanceRequirements")]
    if not by_attributes:
        return
    if any(o.get("InstanceType") for o in overrides):
        raise ValidationError("InstanceRequirements and InstanceType cannot be combined.")
    if len(by_attributes) > MAX_REQUIREMENTS:
        raise ValidationError(f"At most {MAX_REQUIREMENTS} InstanceRequirements are allowed.")
    if any("AllowedInstanceTypes" in r and "ExcludedInstanceTypes" in r for r in by_attributes):
        raise ValidationError("AllowedInstanceTypes and ExcludedInstanceTypes cannot be combined.")
    for specification in [
        template["LaunchTemplateSpecification"],
        *(
            o["LaunchTemplateSpecification"]
            for o in overrides
            if "LaunchTemplateSpecification" in o
        ),
    ]:
        found = self.ec2_backend.get_launch_template(specification["LaunchTemplateId"])
        version = found.get_version(specification.get("Version") or "$Default")
        if str(version.data.get("ImageId", "")).startswith("resolve:ssm:"):
            raise ValidationError(
                "The launch template has a Systems Manager parameter for the image, which groups "
                "with InstanceRequirements do not support."
            )


def apply() -> None:
    """Let moto refuse in this process."""
    for owner, name, method in (
        (FakeAutoScalingGroup, "_set_launch_configuration", _configure_group_as_documented),
        (
            EC2ContainerServiceBackend,
            "delete_capacity_provider",
            _delete_capacity_provider_without_clusters,
        ),
        (EC2ContainerServiceBackend, "delete_cluster", _delete_cluster_without_tasks),
        (ELBv2Backend, "delete_load_balancer", _delete_unprotected_load_balancer),
        (ELBv2Backend, "create_listener", _create_listener_with_own_groups),
        (ELBv2Backend, "create_rule", _create_rule_with_own_groups),
        (ServiceDiscoveryBackend, "delete_service", _delete_discovery_service_without_instances),
    ):
        setattr(owner, name, method)
