"""IAM roles, and the permissions that other sub-components grant them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pulumi
import pulumi_aws as aws

from .. import iam
from .context import Context, SubComponent

Permission = iam.Statement | pulumi.Output[list[iam.Statement]]


class Role:
    """A role that is created with one inline policy, or an existing one, which is left as it is.

    Grants come first, then `attach` writes them all into the policy.

    Args:
        component: Parent of the role.
        role: What it is for; part of its names.
        description: The same in a few words.
        trust: Who can assume it. Default: ECS tasks of this account and region.
        path: Its IAM path. Default: that of the platform.
        existing: ARN of an existing role to use instead.

    Attributes:
        arn: ARN of the role.
    """

    def __init__(
        self,
        component: SubComponent,
        role: str,
        description: str,
        *,
        trust: pulumi.Input[str] | None = None,
        path: pulumi.Input[str] | None = None,
        existing: pulumi.Input[str] | None = None,
    ) -> None:
        context = component.context
        self._component, self._role = component, role
        self._permissions: list[Permission] = []
        self._attached = False
        self._created: aws.iam.Role | None = None
        if existing is not None:
            self.arn = pulumi.Output.from_input(existing)
            return
        if trust is None:
            trust = iam.trust(context.account_id, context.arn("ecs", "*"))
        self._created = aws.iam.Role(
            f"{context.name}-{role}",
            name=context.aws_name(role),
            path=context.role_path if path is None else path,
            description=description,
            permissions_boundary=context.settings.permissions_boundary_arn,
            assume_role_policy=trust,
            tags=context.tags(role),
            opts=component.child(),
        )
        self.arn = self._created.arn

    @property
    def name(self) -> pulumi.Output[str]:
        """Name of the role."""
        if self._created is not None:
            return self._created.name
        return self.arn.apply(lambda arn: arn.rsplit("/", 1)[-1])

    def allow(self, *permissions: Permission) -> None:
        """Grant permissions.

        Raises:
            RuntimeError: the policy is already attached.
        """
        if self._attached:
            raise RuntimeError(f"The policy of the role {self._role} is attached already")
        self._permissions += permissions

    def attach(self, component: SubComponent | None = None) -> list[pulumi.Resource]:
        """Create the policy, as a child of ``component``; by default of the role's parent.

        Returns:
            The policy, for ``depends_on``; empty for an existing role, or one without permissions.
        """
        self._attached = True
        if self._created is None or not self._permissions:
            return []
        component = component or self._component
        return [
            aws.iam.RolePolicy(
                f"{component.context.name}-{self._role}",
                role=self._created.name,
                policy=iam.document(*self._permissions),
                opts=component.child(),
            )
        ]

    def attach_managed(self, arns: Sequence[pulumi.Input[str]]) -> None:
        """Attach managed policies to a role that is created. Each is named by its ARN, so that
        another order replaces none."""
        if self._created is None:
            return
        context = self._component.context
        for index, arn in enumerate(arns):
            policy = arn.rpartition("::")[2] if isinstance(arn, str) else str(index)
            aws.iam.RolePolicyAttachment(
                f"{context.name}-policies-of-{self._role}:{policy}",
                role=self._created.name,
                policy_arn=arn,
                opts=self._component.child(),
            )


Grant = Callable[[Role], None]
"""Grants a role the permissions that one sub-component offers."""


class Roles(SubComponent):
    """The roles of the controller; other roles are children of what uses them.

    Attributes:
        controller: Task role: what Jenkins itself may do.
        controller_execution: Execution role: what ECS may do to start the controller.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("roles", context)
        settings = context.settings.controller
        self.controller = Role(
            self, "controller-task", "Jenkins controller", existing=settings.task_role_arn
        )
        self.controller_execution = Role(
            self,
            "controller-execution",
            "Starts the Jenkins controller",
            existing=settings.execution_role_arn,
        )
        self.register_outputs(
            {
                "controller_arn": self.controller.arn,
                "controller_execution_arn": self.controller_execution.arn,
            }
        )
