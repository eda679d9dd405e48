"""What every sub-component knows about the platform it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from ..outputs import concat
from ..settings import Problem, Settings, SettingsError
from ..settings.checks.local_arns import elsewhere
from ..settings.facts.regions import dns_suffix, supported
from .renames import former_children, former_component

T = TypeVar("T")
PACKAGE = "jenkins-platform"
PLATFORM_TAG = "JenkinsPlatform"
"""Tag of every taggable resource; its value is the platform's name. Usable for cost allocation."""


class SubComponent(pulumi.ComponentResource):
    """A sub-component of the platform.

    Args:
        role: What it is; its type token in kebab case, and part of its name.
        context: The platform.

    Attributes:
        unchanged: Known once immutable choices have been compared, see `ensure_unchanged`.
    """

    def __init__(self, role: str, context: Context) -> None:
        kind = "".join(word.capitalize() for word in role.split("-"))
        super().__init__(
            f"{PACKAGE}:index:{kind}",
            f"{context.name}-{role}",
            None,
            pulumi.ResourceOptions(
                parent=context.parent,
                aliases=former_component(role, context.name, PACKAGE),
                transformations=former_children(role, context.name),
            ),
        )
        self.context = context
        self.unchanged = [] if context.unchanged is None else [context.unchanged]

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options of a resource of this sub-component, which is not registered if an immutable
        choice of the platform or of this sub-component has changed."""
        options["depends_on"] = [*(options.get("depends_on") or ()), *self.unchanged]
        return pulumi.ResourceOptions(parent=self, **options)

    def replaceable_child(self) -> pulumi.ResourceOptions:
        """Options of a resource without data that is replaced in every update of what it
        describes, such as a task definition: if a program protects the whole platform, updates
        must still succeed."""
        return self.child(protect=False)

    def retained_child(self, *immutable: str, **options: Any) -> pulumi.ResourceOptions:
        """Options of a resource that holds Jenkins's data.

        Args:
            immutable: Properties that AWS changes only by replacement. Changes to them are
                ignored whatever the removal policy: an update must never replace a home.
        """
        keeps = self.context.settings.keeps_data
        return self.child(
            # A program can protect the whole platform: false would take that back.
            protect=keeps or None,
            retain_on_delete=keeps or None,
            ignore_changes=list(immutable),
            **options,
        )


def _checked(settings: Settings, region: str, account: str) -> str:
    """The region.

    Raises:
        SettingsError: Jenkins cannot start agents there, or an existing resource is elsewhere.
    """
    try:
        supported(region)
    except ValueError as error:
        reason = str(error).removeprefix(f"aws:region: '{region}' ")
        raise SettingsError([Problem("aws:region", region, reason)]) from None
    if problems := list(elsewhere(settings, region, account)):
        raise SettingsError(problems)
    return region


@dataclass(frozen=True)
class Context:
    """The platform as its sub-components see it.

    Attributes:
        name: The component's name; children are named ``<name>-<role>``.
        handle: Prefix of the AWS names that the provider does not generate: the name prefix, or
            else the component's name with a random suffix.
        region: Region of the platform's provider, such as ``eu-central-1``.
        account_id: Account of the platform's provider.
        partition: ``aws``, ``aws-cn`` or ``aws-us-gov``.
        unchanged: Known once the platform's immutable choices have been compared, see `choices`.
    """

    settings: Settings
    parent: pulumi.Resource
    handle: pulumi.Output[str]
    region: pulumi.Output[str]
    account_id: pulumi.Output[str]
    partition: pulumi.Output[str]
    unchanged: pulumi.Output[pulumi.Resource] | None = None

    @classmethod
    def of(cls, settings: Settings, parent: pulumi.Resource) -> Context:
        """Look up region, account and partition of the parent's provider."""
        look = pulumi.InvokeOutputOptions(parent=parent)
        if settings.name_prefix:
            handle = pulumi.Output.from_input(settings.name_prefix)
        else:
            identity = random.RandomId(
                f"{settings.name}-id",
                byte_length=3,
                opts=pulumi.ResourceOptions(parent=parent),
            )
            handle = identity.hex.apply(lambda digits: f"{settings.name}-{digits}")
        account_id = aws.get_caller_identity_output(opts=look).account_id
        region = aws.get_region_output(opts=look).region
        return cls(
            settings=settings,
            parent=parent,
            handle=handle,
            region=pulumi.Output.all(region, account_id).apply(
                lambda known: _checked(settings, *known)
            ),
            account_id=account_id,
            partition=aws.get_partition_output(opts=look).partition,
        )

    def checked(self, check: Callable[[list[Any]], None], *values: Any) -> Context:
        """The context, known only once ``check`` has accepted values of existing resources, so that
        nothing is created if it raises.

        Args:
            check: Called with the values.
            values: Outputs and plain values.
        """

        def accepted(known: list[Any]) -> Any:
            unchanged, *values = known
            check(values)
            return unchanged

        # Secret values do not make everything that waits for the check secret.
        unchanged = pulumi.Output.unsecret(
            pulumi.Output.all(self.unchanged, *values).apply(accepted)
        )
        handle = pulumi.Output.all(self.handle, unchanged).apply(lambda known: str(known[0]))
        return replace(self, handle=handle, unchanged=unchanged)

    def after(self, value: pulumi.Input[T]) -> pulumi.Output[T]:
        """The value, once everything that can be refused has been checked."""
        return pulumi.Output.all(value, self.unchanged).apply(lambda known: known[0])

    @property
    def name(self) -> str:
        """The component's name."""
        return self.settings.name

    def aws_name(self, role: str) -> str | None:
        """AWS name of a resource; None lets the provider generate one from the logical name."""
        prefix = self.settings.name_prefix
        return f"{prefix}-{role}" if prefix else None

    def tags(self, role: str) -> dict[str, str]:
        """Tags of a resource: the user's, its name and the platform's."""
        start = self.settings.name_prefix or self.name
        return {
            **self.settings.tags,
            "Name": f"{start}-{role}",
            PLATFORM_TAG: self.name,
        }

    def other_region(self, key: str, region: str) -> pulumi.Output[str]:
        """The region that an input names.

        Raises:
            SettingsError: it is the platform's own region.
        """

        def check(own: str) -> str:
            if own == region:
                raise SettingsError([Problem(key, region, "is the platform's own region")])
            return region

        return self.region.apply(check)

    def arn(self, service: str, resource: pulumi.Input[str]) -> pulumi.Output[str]:
        """ARN of a resource of this account and region."""
        return concat(
            "arn:", self.partition, f":{service}:", self.region, ":", self.account_id, ":", resource
        )

    def role_arn(self, path_and_name: pulumi.Input[str]) -> pulumi.Output[str]:
        """ARN of a role of this account; ``path_and_name`` starts with a slash."""
        return concat("arn:", self.partition, ":iam::", self.account_id, ":role", path_and_name)

    @property
    def ec2_principal(self) -> pulumi.Output[str]:
        """Service principal of EC2, the only one in the platform's trust policies that differs in
        China."""
        return self.region.apply(lambda region: f"ec2.{dns_suffix(region)}")

    @property
    def role_path(self) -> pulumi.Output[str]:
        """IAM path of all roles of this platform."""
        return concat("/jenkins-platform/", self.handle, "/")

    @property
    def jobs_role_path(self) -> pulumi.Output[str]:
        """IAM path of the roles that jobs assume, and of no others."""
        return concat(self.role_path, "jobs/")

    @property
    def agents_role_path(self) -> pulumi.Output[str]:
        """IAM path of the agents' roles, and of no others."""
        return concat(self.role_path, "agents/")
