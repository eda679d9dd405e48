"""AgentInstances: the capacity providers of templates that run on EC2 instances."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..base.roles import Role
from ..inputs import Architecture, InstanceProvider
from ..network.vpc import Placement
from ..outputs import concat
from ..settings.agents import AgentTemplate
from .cluster import AgentCluster
from .instance_template import launch_template

CAPACITIES = {"on-demand": "ON_DEMAND", "spot": "SPOT"}
_MANAGED_POLICY = "policy/AmazonECSInfrastructureRolePolicyForManagedInstances"
_CPU_MANUFACTURERS = {
    Architecture.X86_64: ["intel", "amd"],
    Architecture.ARM64: ["amazon-web-services"],
}
_MAX_LIFETIME_SECONDS = 7 * 24 * 3600
"""An instance that is never idle is replaced by one with a patched image, after its tasks end."""


class AgentInstances(SubComponent):
    """Two capacity providers for each template, on-demand and Spot, that start without instances.

    A template has its own, because instances fit its size and because tasks of different templates,
    with different roles, then never share an instance.

    Args:
        context: The platform.
        cluster: The agents' cluster.
        placement: Subnets and security group of the instances.

    Attributes:
        names: Names of the capacity providers by template and by capacity, ``on-demand`` or
            ``spot``.
    """

    def __init__(self, context: Context, cluster: AgentCluster, placement: Placement) -> None:
        super().__init__("agent-instances", context)
        self._cluster, self._placement = cluster, placement
        self._managed: tuple[Role, aws.iam.InstanceProfile] | None = None
        self.names: dict[str, dict[str, pulumi.Input[str]]] = {}
        for template in context.settings.agents:
            if template.created_provider is None:
                continue
            if template.created_provider is InstanceProvider.MANAGED:
                self.names[template.name] = self._managed_providers(template)
            else:
                self.names[template.name] = self._group_providers(template)
        self.register_outputs({"names": self.names})

    def _managed_providers(self, template: AgentTemplate) -> dict[str, pulumi.Input[str]]:
        """Capacity providers of ECS Managed Instances."""
        context, host = self.context, template.host
        found: dict[str, pulumi.Input[str]] = {}
        infrastructure, profile = self._managed = self._managed or self._managed_roles()
        for kind, option in CAPACITIES.items():
            role = f"managed-{kind}-{template.name}"
            found[kind] = aws.ecs.CapacityProvider(
                f"{context.name}-{role}",
                name=context.aws_name(role),
                cluster=self._cluster.name,
                managed_instances_provider={
                    "infrastructure_role_arn": infrastructure.arn,
                    "propagate_tags": "CAPACITY_PROVIDER",
                    "infrastructure_optimization": {"scale_in_after": host.idle_minutes * 60},
                    "instance_launch_template": {
                        "ec2_instance_profile_arn": profile.arn,
                        "capacity_option_type": option,
                        "network_configuration": {
                            "subnets": self._placement.subnet_ids,
                            "security_groups": [self._placement.security_group_id],
                        },
                        "storage_configuration": {"storage_size_gib": host.disk_gib},
                        "instance_requirements": requirements(template),
                    },
                },
                tags={**context.tags(role), **template.tags},
                opts=self.child(depends_on=self._placement.depends_on),
            ).name
        return found

    def _managed_roles(self) -> tuple[Role, aws.iam.InstanceProfile]:
        """What ECS may do to launch instances, and what the instances may do; shared, as tasks on
        them are not privileged and reach neither."""
        context = self.context
        instance = Role(
            self,
            "managed-instances",
            "ECS agent on managed instances of Jenkins agents",
            trust=iam.trust_only(self.context.ec2_principal),
        )
        instance.allow(*iam.container_instance(self._cluster.arn, self._container_instances))
        policies = instance.attach()
        infrastructure = Role(
            self,
            "managed-instances-infrastructure",
            "Launches managed instances of Jenkins agents",
            trust=iam.trust_only("ecs.amazonaws.com"),
        )
        infrastructure.allow(iam.pass_instance_role(instance.arn))
        policies += infrastructure.attach()
        policies.append(
            aws.iam.RolePolicyAttachment(
                f"{context.name}-managed-instances-infrastructure",
                role=infrastructure.name,
                policy_arn=concat("arn:", context.partition, ":iam::aws:", _MANAGED_POLICY),
                opts=self.child(),
            )
        )
        return infrastructure, self._profile("managed-instances", instance, policies)

    def _group_providers(self, template: AgentTemplate) -> dict[str, pulumi.Input[str]]:
        """Capacity providers of Auto Scaling groups."""
        context = self.context
        found: dict[str, pulumi.Input[str]] = {}
        name = f"instance-{template.name}"
        role = Role(
            self,
            name,
            f"ECS agent on instances of the Jenkins agent {template.name}",
            trust=iam.trust_only(self.context.ec2_principal),
        )
        role.allow(
            *iam.container_instance(
                self._cluster.arn, self._container_instances, template=template.name
            )
        )
        if template.host.session_manager:
            role.allow(*iam.session_manager(context.arn("ec2", "instance/*")))
        profile = self._profile(name, role, role.attach())
        launch = launch_template(
            self, template, self._cluster.name, profile.arn, self._placement.security_group_id
        )
        for kind in CAPACITIES:
            group = self._group(template, kind, launch)
            provider = f"group-{kind}-{template.name}"
            found[kind] = aws.ecs.CapacityProvider(
                f"{context.name}-{provider}",
                name=context.aws_name(provider),
                auto_scaling_group_provider={
                    "auto_scaling_group_arn": group.arn,
                    # Instances end their tasks before they are terminated, for whatever reason.
                    "managed_draining": "ENABLED",
                    "managed_termination_protection": "ENABLED",
                    "managed_scaling": {"status": "ENABLED", "target_capacity": 100},
                },
                tags={**context.tags(provider), **template.tags},
                opts=self.child(),
            ).name
        return found

    def _group(
        self, template: AgentTemplate, kind: str, launch: aws.ec2.LaunchTemplate
    ) -> aws.autoscaling.Group:
        context, role = self.context, f"group-{kind}-{template.name}"
        tags = {**context.tags(role), **template.tags, "AmazonECSManaged": "true"}
        distribution: aws.autoscaling.GroupMixedInstancesPolicyInstancesDistributionArgsDict = {
            "on_demand_percentage_above_base_capacity": 0 if kind == "spot" else 100,
            "on_demand_allocation_strategy": "lowest-price",
            "spot_allocation_strategy": "price-capacity-optimized",
        }
        return aws.autoscaling.Group(
            f"{context.name}-{role}",
            name=context.aws_name(role),
            min_size=0,
            max_size=template.host.max_instances,
            # ECS sets the desired capacity.
            wait_for_capacity_timeout="0",
            vpc_zone_identifiers=self._placement.subnet_ids,
            protect_from_scale_in=True,
            max_instance_lifetime=_MAX_LIFETIME_SECONDS,
            force_delete=True,
            mixed_instances_policy={
                "instances_distribution": distribution,
                "launch_template": {
                    "launch_template_specification": {
                        "launch_template_id": launch.id,
                        "version": launch.latest_version.apply(str),
                    },
                    "overrides": [{"instance_requirements": requirements(template)}],
                },
            },
            tags=[
                {"key": key, "value": value, "propagate_at_launch": True}
                for key, value in sorted(tags.items())
            ],
            opts=self.child(
                depends_on=self._placement.depends_on, ignore_changes=["desired_capacity"]
            ),
        )

    def _profile(
        self, role: str, instance: Role, policies: list[pulumi.Resource]
    ) -> aws.iam.InstanceProfile:
        context = self.context
        return aws.iam.InstanceProfile(
            f"{context.name}-{role}",
            name=context.aws_name(role),
            path=context.role_path,
            role=instance.name,
            tags=context.tags(role),
            opts=self.child(depends_on=policies),
        )

    @property
    def _container_instances(self) -> pulumi.Output[str]:
        instances = concat("container-instance/", self._cluster.name, "/*")
        return self.context.arn("ecs", instances)


def requirements(template: AgentTemplate) -> Any:
    """Attributes of the instance types to choose from, which Managed Instances and Auto Scaling
    groups have in common."""
    sizes = template.instance_sizes
    vcpus = {"min": sizes.min_vcpus}
    if sizes.max_vcpus is not None:
        vcpus["max"] = sizes.max_vcpus
    found: dict[str, Any] = {
        "vcpu_count": vcpus,
        "memory_mib": {"min": sizes.min_memory_mib},
        "cpu_manufacturers": _CPU_MANUFACTURERS[template.architecture],
        "burstable_performance": "excluded",
        "bare_metal": "excluded",
    }
    if template.gpu:
        found |= {
            "accelerator_types": ["gpu"],
            "accelerator_manufacturers": ["nvidia"],
            "accelerator_count": {"min": template.gpu},
        }
    else:
        found["instance_generations"] = ["current"]
        found["accelerator_count"] = {"max": 0}
    if template.host.instance_types:
        found["allowed_instance_types"] = list(template.host.instance_types)
    return found
