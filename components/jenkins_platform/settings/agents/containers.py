"""Settings of the containers of an agent template, their volumes and permissions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

import pulumi

from ..validation.arns import (
    ConditionKey,
    ConditionOperator,
    IamAction,
    RegistryCredentialsArn,
    ResourceName,
    SecretArn,
)
from ..validation.base import Group, OutputOr, Problem, setting
from ..validation.rules import no_duplicates
from ..validation.values import (
    AccessPointId,
    Environment,
    FileSystemId,
    ImageReference,
    Text,
    VariableName,
    matching,
)
from ..validation.variables import TASK_VARIABLES, variable_rules
from .volumes import ContainerPath

TemplateName = Annotated[
    str,
    matching(
        r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
        "a lowercase letter, then lowercase letters, digits and hyphens, up to 40",
    ),
]


class PolicyCondition(Group):
    """See `ConditionArgs`."""

    operator: ConditionOperator = setting(valid="an operator such as StringEquals")
    key: ConditionKey = setting(valid="a key such as aws:ResourceTag/team")
    values: tuple[OutputOr[Text], ...] = setting(valid="at least one value", min_length=1)


class PolicyStatement(Group):
    """See `PolicyStatementArgs`."""

    actions: tuple[IamAction, ...] = setting(valid="at least one action", min_length=1)
    resources: tuple[OutputOr[ResourceName], ...] = setting(valid="at least one ARN", min_length=1)
    conditions: tuple[PolicyCondition, ...] = setting(
        (), valid="up to 20 conditions", max_length=20
    )

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of conditions with the same operator and key, which IAM cannot represent."""
        # IAM compares the names of keys without regard to case.
        names = [f"{condition.operator} {condition.key.lower()}" for condition in self.conditions]
        yield from no_duplicates(f"{key}.conditions", names, "key")

    @property
    def condition(self) -> dict[str, dict[str, list[str | pulumi.Output[str]]]]:
        """The conditions as IAM writes them; empty without any."""
        found: dict[str, dict[str, list[str | pulumi.Output[str]]]] = {}
        for condition in self.conditions:
            found.setdefault(condition.operator, {})[condition.key] = list(condition.values)
        return found


class EfsVolume(Group):
    """See `EfsVolumeArgs`."""

    file_system_id: OutputOr[FileSystemId] = setting(valid="the ID of a file system")
    access_point_id: OutputOr[AccessPointId] | None = setting(
        None, valid="the ID of an access point"
    )


class Volume(Group):
    """See `VolumeArgs`."""

    container_path: ContainerPath = setting(valid="an absolute path such as /cache")
    efs: EfsVolume | None = setting(None, valid="file_system_id, access_point_id")
    read_only: bool = setting(False, valid="true or false")

    @property
    def name(self) -> str:
        """Name of the volume in the task definition, of letters, digits and hyphens."""
        return "volume" + re.sub(r"[^A-Za-z0-9]", "-", self.container_path)


class Sidecar(Group):
    """See `SidecarArgs`."""

    name: TemplateName = setting(valid="a name such as postgres")
    image: OutputOr[ImageReference] = setting(valid="an image reference")
    image_credentials_arn: OutputOr[RegistryCredentialsArn] | None = setting(
        None, valid="the ARN of a secret", hidden=True
    )
    command: tuple[Text, ...] = setting((), valid="a list of words")
    environment: Environment = setting({}, valid="a map of names to texts", hidden=True)
    secrets: dict[VariableName, OutputOr[SecretArn]] = setting(
        {}, valid="a map of names to ARNs", hidden=True
    )
    memory_mib: int | None = setting(None, valid="6 MiB or more, less than the template's", ge=6)

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of variables and the name."""
        yield from variable_rules(key, self.environment, self.secrets, TASK_VARIABLES)
        if self.name in ("agent", "volumes"):
            yield Problem(f"{key}.name", self.name, "is the name of a container of the platform")
