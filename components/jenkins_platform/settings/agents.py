"""Settings of the agents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from ..inputs import Architecture, Capacity, Connection
from .base import Group, Late, Problem, setting
from .controller import CPU_VALID, CpuUnits, TaskSize
from .values import ImageReference, LogRetention, Text, matching

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
VariableName = Annotated[
    str, matching(r"[A-Za-z_][A-Za-z0-9_]*", "the name of an environment variable")
]
Action = Annotated[str, matching(r"[a-z0-9-]+:[A-Za-z0-9]+\*?", "an action like s3:GetObject")]
OURS = frozenset({"SLAVE_NODE_NAME", "SLAVE_NODE_SECRET", "JENKINS_JAVA_OPTS"})
"""Environment variables that the plugin or the platform sets."""


class PolicyStatement(Group):
    actions: tuple[Action, ...] = setting(valid="at least one action", min_length=1)
    resources: tuple[Late[str], ...] = setting(valid="at least one ARN", min_length=1)


class AgentTemplate(TaskSize):
    name: TemplateName = setting(valid="a name such as linux or maven-jdk21")
    labels: tuple[Label, ...] = setting((), valid="a list of labels")
    image: Late[ImageReference] | None = setting(None, valid="an image reference")
    cpu: CpuUnits = setting(512, valid=CPU_VALID)
    memory_mib: int = setting(1024, valid="a memory size in MiB that goes with `cpu`")
    architecture: Architecture = setting(Architecture.X86_64, valid="x86_64 or arm64")
    capacity: Capacity = setting(Capacity.ON_DEMAND, valid="on-demand or spot")
    environment: dict[VariableName, Text] = setting({}, valid="a map of names to texts")
    policy_statements: tuple[PolicyStatement, ...] = setting((), valid="a list of statements")

    def rules(self, key: str) -> Iterator[Problem]:
        yield from super().rules(key)
        for name in sorted(OURS & self.environment.keys()):
            yield Problem(
                f"{key}.environment.{name}", self.environment[name], "is set by the platform"
            )

    @property
    def plain_labels(self) -> tuple[str, ...]:
        """The labels of the template, without their Spot and on-demand forms."""
        return self.labels or (self.name,)


class AgentCloudSettings(Group):
    connection: Connection = setting(Connection.CLOUD_MAP, valid="cloud-map")
    log_retention_days: LogRetention = setting(30, valid="1, 3, 5, 7, 14, 30, 60, 90, … 3653")


def label_forms(label: str) -> tuple[str, str, str]:
    """A label and its forms that insist on one kind of capacity."""
    return label, f"{label}-spot", f"{label}-on-demand"


def template_rules(templates: Iterable[AgentTemplate]) -> Iterator[Problem]:
    """Problems between templates: names and labels must tell them apart."""
    names: dict[str, int] = {}
    owners: dict[str, str] = {}
    for index, template in enumerate(templates):
        if template.name in names:
            yield Problem(
                f"agents[{index}].name",
                template.name,
                f"is the name of agents[{names[template.name]}] too",
            )
        names.setdefault(template.name, index)
        for form in (f for label in template.plain_labels for f in label_forms(label)):
            owner = owners.setdefault(form, template.name)
            if owner != template.name:
                yield Problem(
                    f"agents[{index}].labels",
                    list(template.plain_labels),
                    f"label '{form}' belongs to template '{owner}' already",
                )
