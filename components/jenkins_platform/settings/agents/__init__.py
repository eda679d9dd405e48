"""Settings of the agent templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

import pulumi

from ...inputs import Architecture, Capacity, InstanceProvider, PlatformImage
from ..controller import CPU_VALID, CpuUnits, TaskSize
from ..images import PushRepository
from ..tags import MAX_TAGS, TAGS_VALID, Tags
from ..validation.arns import (
    MANAGED_POLICIES_VALID,
    PolicyArn,
    RegistryCredentialsArn,
    RoleArn,
    SecretArn,
)
from ..validation.base import OutputOr, Problem, setting
from ..validation.java_options import JavaOption, java_option_rules
from ..validation.rules import created_only, no_duplicates
from ..validation.values import (
    Environment,
    ImageReference,
    LogGroupName,
    SecurityGroupId,
    VariableName,
    matching,
)
from ..validation.variables import AGENT_VARIABLES, variable_rules
from .containers import PolicyStatement, Sidecar, TemplateName, Volume
from .instance_rules import fargate_rules, instance_rules, memory_rules
from .instances import Instances, InstanceSizes

Label = Annotated[
    str, matching(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", "letters, digits, '.', '_' and '-'")
]
ContainerUser = Annotated[
    str,
    matching(
        r"[a-z_][a-z0-9_-]{0,31}|\d{1,6}(:\d{1,6})?",
        "a user name, a UID or UID:GID",
    ),
]


class AgentTemplate(TaskSize):
    """See `AgentTemplateArgs`."""

    refused: ClassVar[dict[str, str]] = {
        "privileged": "builds that need Docker set `docker`; build images with Kaniko",
        "shared_memory_size": "Fargate does not support shared memory",
        "extra_hosts": "Fargate does not support extra hosts; use a private hosted zone",
        "dns_servers": "Fargate uses the DNS servers of the VPC",
        "devices": "Fargate does not support devices",
        "tmpfs": "Fargate does not support tmpfs mounts; use a volume without `efs`",
        "task_definition_override": "the platform creates the task definitions",
        "launch_type": "use `capacity`",
    }

    name: TemplateName = setting(valid="a name such as linux or maven-jdk21")
    labels: tuple[Label, ...] = setting((), valid="up to 20 labels", max_length=20)
    capacity: Capacity = setting(Capacity.ON_DEMAND, valid="on-demand, spot, auto or instances")
    instances: Instances | None = setting(None, valid="a group")
    docker: bool = setting(False, valid="true or false")
    gpu: int | None = setting(None, valid="1 to 8 GPUs", ge=1, le=8)
    platform_image: PlatformImage = setting(PlatformImage.AGENT, valid="agent or kaniko")
    image: OutputOr[ImageReference] | None = setting(None, valid="an image reference")
    image_credentials_arn: OutputOr[RegistryCredentialsArn] | None = setting(
        None, valid="the ARN of a secret", hidden=True
    )
    cpu: CpuUnits = setting(512, valid=CPU_VALID)
    memory_mib: int = setting(1024, valid="a memory size in MiB that Fargate supports for `cpu`")
    ephemeral_storage_gib: int | None = setting(None, valid="21 to 200 GiB", ge=21, le=200)
    architecture: Architecture = setting(Architecture.X86_64, valid="x86_64 or arm64")
    environment: Environment = setting({}, valid="a map of names to texts", hidden=True)
    secrets: dict[VariableName, OutputOr[SecretArn]] = setting(
        {}, valid="a map of names to ARNs", hidden=True
    )
    java_options: tuple[JavaOption, ...] = setting((), valid="a list of options such as -Xss1m")
    heap_percentage: float = setting(50, valid="10 to 85", ge=10, le=85)
    user: ContainerUser | None = setting(None, valid="a user such as jenkins, 1000 or 1000:1000")
    init_process: bool = setting(True, valid="true or false")
    enable_execute_command: bool = setting(False, valid="true or false")
    policy_statements: tuple[PolicyStatement, ...] = setting((), valid="a list of statements")
    assumable_role_arns: tuple[OutputOr[RoleArn], ...] = setting((), valid="a list of role ARNs")
    managed_policy_arns: tuple[OutputOr[PolicyArn], ...] = setting((), valid=MANAGED_POLICIES_VALID)
    task_role_arn: OutputOr[RoleArn] | None = setting(None, valid="the ARN of a role")
    execution_role_arn: OutputOr[RoleArn] | None = setting(None, valid="the ARN of a role")
    security_group_ids: tuple[OutputOr[SecurityGroupId], ...] = setting(
        (), valid="up to 4 security group IDs", max_length=4
    )
    public_address: bool | None = setting(None, valid="true or false")
    push_repositories: tuple[OutputOr[PushRepository], ...] | None = setting(
        None, valid="up to 100 names in images.application_repositories, or ARNs", max_length=100
    )
    volumes: tuple[Volume, ...] = setting((), valid="up to 20 volumes", max_length=20)
    sidecars: tuple[Sidecar, ...] = setting((), valid="up to 9 containers", max_length=9)
    max_agents: int | None = setting(None, valid="1 to 5000", ge=1, le=5000)
    idle_minutes: int = setting(5, valid="1 to 60 minutes", ge=1, le=60)
    connect_timeout_seconds: int = setting(900, valid="60 to 3600 seconds", ge=60, le=3600)
    log_group_name: OutputOr[LogGroupName] | None = setting(None, valid="the name of a log group")
    tags: Tags = setting({}, valid=TAGS_VALID, max_length=MAX_TAGS)

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems between the fields of a template."""
        if self.on_instances:
            yield from instance_rules(key, self)
        else:
            yield from super().rules(key)
            yield from fargate_rules(key, self)
        yield from java_option_rules(f"{key}.java_options", self.java_options, self.memory_mib)
        yield from variable_rules(key, self.environment, self.secrets, AGENT_VARIABLES)
        if "JDK_JAVA_OPTIONS" in self.secrets and any(
            " " in option for option in self.java_options
        ):
            yield Problem(
                f"{key}.secrets.JDK_JAVA_OPTIONS",
                "…",
                "cannot be combined with an option in `java_options` that contains spaces, which "
                "is passed in this variable",
            )
        yield from no_duplicates(f"{key}.managed_policy_arns", self.managed_policy_arns)
        for other in ("policy_statements", "assumable_role_arns", "managed_policy_arns"):
            if self.task_role_arn is not None and getattr(self, other):
                yield Problem(
                    f"{key}.{other}",
                    "…",
                    created_only("a role", "task_role_arn"),
                )
        if self.image is not None and "platform_image" in self.model_fields_set:
            yield Problem(f"{key}.image", self.image, "cannot be combined with `platform_image`")
        if self.image is None and self.image_credentials_arn is not None:
            yield Problem(f"{key}.image_credentials_arn", "…", "is only valid with `image`")
        if self.user is not None and self.builds_images:
            yield Problem(
                f"{key}.user",
                self.user,
                "cannot be combined with platform_image kaniko, which builds as root",
            )
        if self.push_repositories is not None and not self.builds_images:
            kaniko = "is only valid with platform_image kaniko"
            yield Problem(f"{key}.push_repositories", "…", kaniko)
        yield from no_duplicates(f"{key}.labels", self.labels)
        forms = {form: label for label in self.labels for form in label_forms(label)[1:]}
        for index, label in enumerate(self.labels):
            if label in forms:
                also = f"is a label that '{forms[label]}' also has"
                yield Problem(f"{key}.labels[{index}]", label, also)
        yield from no_duplicates(f"{key}.push_repositories", self.push_repositories or ())
        names = [v.name for v in self.volumes]
        for index, volume in enumerate(self.volumes):
            if volume.name in names[:index]:
                yield Problem(
                    f"{key}.volumes[{index}].container_path",
                    volume.container_path,
                    "is listed more than once, or differs from another path only in punctuation",
                )
        yield from no_duplicates(f"{key}.sidecars", [s.name for s in self.sidecars], "name")
        yield from no_duplicates(f"{key}.security_group_ids", self.security_group_ids)
        yield from memory_rules(key, self)

    @property
    def on_instances(self) -> bool:
        """Whether agents run on EC2 instances."""
        return self.capacity is Capacity.INSTANCES

    @property
    def created_provider(self) -> InstanceProvider | None:
        """Who launches the instances that the platform creates; None on Fargate and on existing
        capacity providers."""
        return self.provider if self.on_instances and self.host.existing is None else None

    @property
    def host(self) -> Instances:
        """The EC2 instances of agents that run on some."""
        return self.instances or Instances()

    @property
    def provider(self) -> InstanceProvider:
        """Who launches the instances."""
        usual = InstanceProvider.AUTO_SCALING_GROUP if self.docker else InstanceProvider.MANAGED
        return self.host.provider or usual

    @property
    def instance_sizes(self) -> InstanceSizes:
        """The sizes of instances that agents run on."""
        return self.host.sizes(self.cpu, self.memory_mib, self.docker, self.gpu is not None)

    @property
    def own_capacity(self) -> Capacity:
        """The capacity of the plain labels, of Fargate or of instances: never INSTANCES."""
        if self.on_instances:
            return Capacity.SPOT if self.host.spot else Capacity.ON_DEMAND
        return self.capacity

    @property
    def plain_on_spot(self) -> bool:
        """Whether the plain labels use Spot capacity."""
        return self.own_capacity is not Capacity.ON_DEMAND

    @property
    def max_per_label(self) -> int | None:
        """Maximum number of concurrent agents per label. ECS launches a managed instance for a task
        and sets no limit itself; a Docker build has an instance to itself."""
        managed = self.created_provider is InstanceProvider.MANAGED
        if not self.on_instances or not (managed or self.docker):
            return self.max_agents
        return min(self.max_agents or self.host.max_instances, self.host.max_instances)

    def uses(self, image: PlatformImage) -> bool:
        """Whether the template uses one of the platform's images."""
        return self.image is None and self.platform_image is image

    @property
    def builds_images(self) -> bool:
        """Whether the template builds images with Kaniko."""
        return self.uses(PlatformImage.KANIKO)

    @property
    def prepared_volumes(self) -> tuple[Volume, ...]:
        """Volumes that are made writable first. An access point sets its own owner, and builds with
        Kaniko run as root."""
        if self.builds_images:
            return ()
        return tuple(v for v in self.volumes if not (v.efs and v.efs.access_point_id is not None))

    @property
    def work_folder(self) -> str:
        """The agent's work directory. Kaniko deletes files outside of /kaniko during a build."""
        return "/kaniko/agent" if self.builds_images else "/home/jenkins/agent"

    @property
    def plain_labels(self) -> tuple[str, ...]:
        """The labels of the template without their variants for a kind of capacity."""
        return self.labels or (self.name,)

    @property
    def all_labels(self) -> list[str]:
        """The labels of the template with their variants."""
        return [form for label in self.plain_labels for form in label_forms(label)]

    @property
    def capacity_labels(self) -> Mapping[Capacity, tuple[str, ...]]:
        """The labels on each kind of capacity; the plain ones belong to its own kind."""
        _, *forms = zip(*(label_forms(label) for label in self.plain_labels), strict=True)
        kinds = (Capacity.SPOT, Capacity.ON_DEMAND, Capacity.AUTO)
        labels = dict(zip(kinds, forms, strict=True))
        own = self.own_capacity
        return {**labels, own: (*self.plain_labels, *labels[own])}

    @property
    def all_secrets(self) -> list[str | pulumi.Output[str]]:
        """ARNs of the secrets of all containers, and of the credentials for their images."""
        containers: list[AgentTemplate | Sidecar] = [self, *self.sidecars]
        secrets = [arn for container in containers for arn in container.secrets.values()]
        credentials = [container.image_credentials_arn for container in containers]
        return [*secrets, *(arn for arn in credentials if arn is not None)]

    @property
    def all_images(self) -> list[str | pulumi.Output[str]]:
        """Images of all containers, without those of the platform."""
        images = [self.image, self.host.docker_image, *(s.image for s in self.sidecars)]
        return [image for image in images if image is not None]

    @property
    def needs_execution_role(self) -> bool:
        """Whether starting it needs more permissions than the role of all agents has."""
        return bool(self.all_secrets or self.all_images or self.log_group_name is not None)


def label_forms(label: str) -> tuple[str, str, str, str]:
    """A label and its variants for Spot, on-demand and automatic capacity."""
    return label, f"{label}-spot", f"{label}-on-demand", f"{label}-auto"
