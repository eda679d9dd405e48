"""The roles of the controller; those of the agents are made with their templates."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .. import iam
from ..outputs import concat
from .context import Context, SubComponent


def service_role(
    part: SubComponent,
    role: str,
    description: str,
    path: pulumi.Input[str],
    trust: pulumi.Input[str],
) -> aws.iam.Role:
    """A role that one service takes; it may do nothing yet."""
    context = part.context
    return aws.iam.Role(
        f"{context.name}-{role}",
        name=context.aws_name(role),
        path=path,
        description=description,
        permissions_boundary=context.settings.permissions_boundary_arn,
        assume_role_policy=trust,
        tags=context.tags(role),
        opts=part.child(),
    )


def task_role(
    part: SubComponent, role: str, description: str, path: pulumi.Input[str]
) -> aws.iam.Role:
    """A role that only ECS tasks of this account and region can take; it may do nothing yet."""
    context = part.context
    trust = iam.trust(context.account_id, context.arn("ecs", "*"))
    return service_role(part, role, description, path, trust)


@dataclass(frozen=True)
class Grantee:
    """A role that was made, and gets what it needs; or a given one, which is left as it is.

    Attributes:
        arn: ARN of the role.
    """

    arn: pulumi.Output[str]
    _made: aws.iam.Role | None

    @classmethod
    def of(
        cls,
        part: SubComponent,
        role: str,
        description: str,
        path: pulumi.Input[str],
        given: pulumi.Input[str] | None,
    ) -> Grantee:
        if given is not None:
            return cls(pulumi.Output.from_input(given), None)
        made = task_role(part, role, description, path)
        return cls(made.arn, made)

    def allow(
        self,
        part: SubComponent,
        role: str,
        *statements: iam.Statement | pulumi.Output[list[iam.Statement]],
    ) -> list[pulumi.Resource]:
        """Give it permissions; returns what must be there before somebody uses them."""
        if self._made is None:
            return []
        return [
            aws.iam.RolePolicy(
                f"{part.context.name}-{role}",
                role=self._made.name,
                policy=iam.document(*statements),
                opts=part.child(),
            )
        ]


class Roles(SubComponent):
    """Roles of the controller, and the paths of all roles.

    Attributes:
        controller: What the Jenkins controller may do.
        controller_execution: What ECS may do to start the controller.
        path: IAM path of all roles of this platform.
        agents_path: IAM path of the agents' roles, and of nothing else.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("roles", context)
        self.path = concat("/jenkins-platform/", context.handle, "/")
        self.agents_path = concat(self.path, "agents/")
        given = context.settings.controller
        self.controller = Grantee.of(
            self, "controller-task", "Jenkins controller", self.path, given.task_role_arn
        )
        self.controller_execution = Grantee.of(
            self,
            "controller-execution",
            "Starts the Jenkins controller",
            self.path,
            given.execution_role_arn,
        )
        self.register_outputs({})
