"""The three roles that every platform has; agents' task roles are made with their templates."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from . import iam
from .context import Context, Part


def task_role(part: Part, role: str, description: str, path: pulumi.Input[str]) -> aws.iam.Role:
    """A role that only ECS tasks of this account and region can take; it may do nothing yet."""
    context = part.context
    return aws.iam.Role(
        f"{context.name}-{role}",
        name=context.physical(role),
        path=path,
        description=description,
        assume_role_policy=iam.trust(context.account_id, context.arn("ecs", "*")),
        tags=context.tags(role),
        opts=part.child(),
    )


class Roles(Part):
    """Roles of the controller, and the execution roles of controller and agents.

    Attributes:
        controller: What the Jenkins controller may do.
        controller_execution: What ECS may do to start the controller.
        agent_execution: What ECS may do to start agents.
        path: IAM path of all roles of this platform.
        agents_path: IAM path of the agents' task roles, and of nothing else.
        all_agents: ARN pattern of the agents' task roles.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("roles", context)
        self.path = pulumi.Output.concat("/jenkins-platform/", context.handle, "/")
        self.agents_path = pulumi.Output.concat(self.path, "agents/")
        self.controller = task_role(self, "controller-task", "Jenkins controller", self.path)
        self.controller_execution = task_role(
            self, "controller-execution", "Starts the Jenkins controller", self.path
        )
        self.agent_execution = task_role(
            self, "agent-execution", "Starts Jenkins agents", self.path
        )
        self.all_agents = pulumi.Output.concat(
            "arn:", context.partition, ":iam::", context.account_id, ":role", self.agents_path, "*"
        )
        self.register_outputs({})
