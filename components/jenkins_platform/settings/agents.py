"""Settings of the agent templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, ClassVar

from ..inputs import Architecture, Capacity, PlatformImage
from .base import Group, Late, Problem, setting
from .controller import CPU_VALID, CpuUnits, JavaOption, TaskSize
from .values import (
    AbsolutePath,
    Environment,
    FileSystemId,
    IamAction,
    ImageReference,
    LogGroupName,
    ResourceName,
    RoleArn,
    SecretArn,
    SecurityGroupId,
    Tags,
    Text,
    VariableName,
    matching,
)

POLICY_CHARACTERS = 10_240
"""What the inline policies of one role may come to, without white space (IAM quotas)."""
_KEPT_FOR_OURS = 4_000
_UNKNOWN_ARN = 100
_AROUND_A_STATEMENT = 80
OURS = frozenset(
    {
        "JENKINS_JAVA_OPTS",
        "JENKINS_WEB_SOCKET",
        "SLAVE_NODE_NAME",
        "SLAVE_NODE_SECRET",
    }
)
"""Environment variables that the plugin or the platform sets."""

TemplateName = Annotated[
    str,
    matching(
        r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
        "a lower-case letter, then lower-case letters, digits and hyphens, up to 40",
    ),
]
Label = Annotated[
    str, matching(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", "letters, digits, '.', '_' and '-'")
]
ContainerUser = Annotated[
    str,
    matching(
        r"[a-z_][a-z0-9_-]{0,31}|\d{1,6}(:\d{1,6})?",
        "a user name, a uid or uid:gid",
    ),
]


class PolicyStatement(Group):
    actions: tuple[IamAction, ...] = setting(valid="at least one action", min_length=1)
    resources: tuple[Late[ResourceName], ...] = setting(valid="at least one ARN", min_length=1)


class EfsVolume(Group):
    file_system_id: Late[FileSystemId] = setting(valid="the id of a file system")
    access_point_id: Late[str] | None = setting(None, valid="the id of an access point")


class Volume(Group):
    container_path: AbsolutePath = setting(valid="an absolute path such as /cache")
    efs: EfsVolume | None = setting(None, valid="file_system_id, access_point_id")
    read_only: bool = setting(False, valid="true or false")

    @property
    def name(self) -> str:
        """Name of the volume in the task definition: ECS takes letters, digits and hyphens."""
        return "volume" + re.sub(r"[^A-Za-z0-9]", "-", self.container_path)


class Sidecar(Group):
    name: TemplateName = setting(valid="a name such as postgres")
    image: Late[ImageReference] = setting(valid="an image reference")
    command: tuple[Text, ...] = setting((), valid="a list of words")
    environment: Environment = setting({}, valid="a map of names to texts", hidden=True)
    secrets: dict[VariableName, Late[SecretArn]] = setting(
        {}, valid="a map of names to ARNs", hidden=True
    )
    memory_mib: int | None = setting(None, valid="6 MiB or more, below the template's", ge=6)

    def rules(self, key: str) -> Iterator[Problem]:
        yield from variable_rules(key, self.environment, self.secrets, frozenset())
        if self.name == "agent":
            yield Problem(f"{key}.name", self.name, "is the name of the agent's own container")


class AgentTemplate(TaskSize):
    refused: ClassVar[dict[str, str]] = {
        "privileged": "Fargate runs no privileged containers; build images with Kaniko",
        "shared_memory_size": "Fargate has no setting for shared memory",
        "extra_hosts": "Fargate has no extra hosts; use a private DNS zone",
        "dns_servers": "Fargate takes its DNS servers from the VPC",
        "devices": "Fargate gives containers no devices",
        "tmpfs": "Fargate has no tmpfs mounts; use a volume on the task's disk",
        "task_definition_override": "the platform owns the task definitions",
        "launch_type": "say `capacity` instead",
    }

    name: TemplateName = setting(valid="a name such as linux or maven-jdk21")
    labels: tuple[Label, ...] = setting((), valid="a list of labels", max_length=20)
    capacity: Capacity = setting(Capacity.ON_DEMAND, valid="on-demand or spot")
    platform_image: PlatformImage = setting(PlatformImage.AGENT, valid="agent or kaniko")
    image: Late[ImageReference] | None = setting(None, valid="an image reference")
    cpu: CpuUnits = setting(512, valid=CPU_VALID)
    memory_mib: int = setting(1024, valid="a memory size in MiB that goes with `cpu`")
    ephemeral_storage_gib: int | None = setting(None, valid="21 to 200 GiB", ge=21, le=200)
    architecture: Architecture = setting(Architecture.X86_64, valid="x86_64 or arm64")
    environment: Environment = setting({}, valid="a map of names to texts", hidden=True)
    secrets: dict[VariableName, Late[SecretArn]] = setting(
        {}, valid="a map of names to ARNs", hidden=True
    )
    java_options: tuple[JavaOption, ...] = setting((), valid="a list of options such as -Xss1m")
    heap_percentage: float = setting(50, valid="10 to 85", ge=10, le=85)
    user: ContainerUser | None = setting(None, valid="a user such as jenkins, 1000 or 1000:1000")
    init_process: bool = setting(True, valid="true or false")
    enable_execute_command: bool = setting(False, valid="true or false")
    policy_statements: tuple[PolicyStatement, ...] = setting((), valid="a list of statements")
    assumable_role_arns: tuple[Late[RoleArn], ...] = setting((), valid="a list of role ARNs")
    task_role_arn: Late[RoleArn] | None = setting(None, valid="the ARN of a role")
    execution_role_arn: Late[RoleArn] | None = setting(None, valid="the ARN of a role")
    security_group_ids: tuple[Late[SecurityGroupId], ...] = setting(
        (), valid="up to 4 security group ids", max_length=4
    )
    public_address: bool | None = setting(None, valid="true or false")
    volumes: tuple[Volume, ...] = setting((), valid="a list of volumes", max_length=20)
    sidecars: tuple[Sidecar, ...] = setting((), valid="up to 9 containers", max_length=9)
    max_agents: int | None = setting(None, valid="1 to 5000", ge=1, le=5000)
    idle_minutes: int = setting(5, valid="1 to 60 minutes", ge=1, le=60)
    connect_timeout_seconds: int = setting(900, valid="60 to 3600 seconds", ge=60, le=3600)
    log_group_name: Late[LogGroupName] | None = setting(None, valid="the name of a log group")
    tags: Tags = setting({}, valid="up to 40 tags", max_length=40)

    def rules(self, key: str) -> Iterator[Problem]:
        yield from super().rules(key)
        yield from variable_rules(key, self.environment, self.secrets, OURS)
        size = self._policy_size()
        if size > POLICY_CHARACTERS:
            yield Problem(
                f"{key}.policy_statements",
                f"{size} characters",
                f"are more than the {POLICY_CHARACTERS} that IAM takes for one role. Use `*` in "
                "names, or give a role of yours with managed policies by `task_role_arn`",
            )
        for other in ("policy_statements", "assumable_role_arns"):
            if self.task_role_arn is not None and getattr(self, other):
                yield Problem(
                    f"{key}.{other}",
                    "…",
                    "goes with a role of the platform's own, but `task_role_arn` names one of "
                    "yours. Leave one of the two out",
                )
        if self.image is not None and "platform_image" in self.model_fields_set:
            yield Problem(
                f"{key}.image",
                self.image,
                "goes without `platform_image`",
            )
        if self.user is not None and self.builds_images:
            yield Problem(
                f"{key}.user",
                self.user,
                "goes without platform_image kaniko, which builds as root of its own container",
            )
        names = [v.name for v in self.volumes]
        for index, volume in enumerate(self.volumes):
            if volume.name in names[:index]:
                yield Problem(
                    f"{key}.volumes[{index}].container_path",
                    volume.container_path,
                    "is there twice, or differs from another path in signs only",
                )
        yield from _repeated(f"{key}.sidecars", [s.name for s in self.sidecars])
        for index, sidecar in enumerate(self.sidecars):
            if sidecar.memory_mib is not None and sidecar.memory_mib >= self.memory_mib:
                yield Problem(
                    f"{key}.sidecars[{index}].memory_mib",
                    sidecar.memory_mib,
                    f"leaves nothing of the template's {self.memory_mib} MiB to the agent",
                )

    def uses(self, image: PlatformImage) -> bool:
        """Whether it runs on one of the platform's images."""
        return self.image is None and self.platform_image is image

    @property
    def builds_images(self) -> bool:
        """Whether it is for building images with Kaniko."""
        return self.uses(PlatformImage.KANIKO)

    @property
    def work_folder(self) -> str:
        """The agent's work folder. A build with Kaniko deletes what is not below /kaniko."""
        return "/kaniko/agent" if self.builds_images else "/home/jenkins/agent"

    def _policy_size(self) -> int:
        """About how long the policy of the template's role is, at the least."""
        texts = [
            *(text for s in self.policy_statements for text in (*s.actions, *s.resources)),
            *self.assumable_role_arns,
        ]
        return _AROUND_A_STATEMENT * len(self.policy_statements) + policy_size(texts)

    @property
    def plain_labels(self) -> tuple[str, ...]:
        """The labels of the template, without their Spot and on-demand forms."""
        return self.labels or (self.name,)


def variable_rules(
    key: str, environment: Mapping[str, str], secrets: Mapping[str, object], ours: frozenset[str]
) -> Iterator[Problem]:
    """Problems of a container's variables: each is set once, and none of ours."""
    for name in sorted((environment.keys() | secrets.keys()) & ours):
        where = "environment" if name in environment else "secrets"
        yield Problem(f"{key}.{where}.{name}", "…", "is set by the platform itself")
    for name in sorted(environment.keys() & secrets.keys()):
        yield Problem(f"{key}.secrets.{name}", "…", "is in `environment` too")


def _repeated(key: str, names: list[str]) -> Iterator[Problem]:
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield Problem(key, name, "is there twice")


def label_forms(label: str) -> tuple[str, str, str]:
    """A label and its forms that insist on one kind of capacity."""
    return label, f"{label}-spot", f"{label}-on-demand"


def policy_size(texts: Iterable[object]) -> int:
    """About how many characters some texts take in a policy, those known late included."""
    return sum(len(t) + 3 if isinstance(t, str) else _UNKNOWN_ARN for t in texts)


def template_rules(templates: Sequence[AgentTemplate]) -> Iterator[Problem]:
    """Problems between templates: names and labels must tell them apart, and the controller's
    policy must have room for the roles that they name."""
    given = {
        id(arn) if not isinstance(arn, str) else arn: arn
        for t in templates
        for arn in (t.task_role_arn, t.execution_role_arn)
        if arn is not None
    }
    if (size := policy_size(given.values())) > POLICY_CHARACTERS - _KEPT_FOR_OURS:
        yield Problem(
            "agents",
            f"{len(given)} roles",
            f"are named in task_role_arn and execution_role_arn. The controller must be allowed to "
            f"pass each: {size} characters, and IAM leaves {POLICY_CHARACTERS - _KEPT_FOR_OURS} in "
            "the policy of its role. Let several templates share a role, or use policy_statements",
        )
    names: dict[str, int] = {}
    owners: dict[str, str] = {}
    for index, template in enumerate(templates):
        where = f"agents[{index}]"
        if template.name in names:
            yield Problem(
                f"{where}.name", template.name, f"is the name of agents[{names[template.name]}] too"
            )
        names.setdefault(template.name, index)
        taken = [
            f"'{form}' of '{owner}'"
            for label in template.plain_labels
            for form in label_forms(label)
            if (owner := owners.setdefault(form, template.name)) != template.name
        ]
        if taken:
            yield Problem(
                f"{where}.labels",
                list(template.plain_labels),
                f"clash with labels of other templates: {', '.join(taken)}",
            )
