"""Reaper: stops agents' tasks that nobody needs any more."""

from __future__ import annotations

from .. import iam
from ..base import log_groups
from ..base.context import Context, SubComponent
from ..base.lambda_function import Function
from ..base.roles import Roles
from .agents import AgentCloud

EVERY = "rate(30 minutes)"


class Reaper(SubComponent):
    """A function that looks every half hour for tasks that outlived every build.

    Attributes:
        function: The function.
    """

    def __init__(
        self, context: Context, roles: Roles, groups: log_groups.Logs, agents: AgentCloud
    ) -> None:
        super().__init__("reaper", context)
        self.function = Function(
            self,
            roles,
            groups,
            log_groups.REAPER,
            description="Stops agents that outlived every build",
            environment={
                "CLUSTER": agents.cluster.arn,
                "FAMILIES": agents.families,
                "MAX_HOURS": str(context.settings.agent_cloud.reaper.max_hours),
            },
            statements=iam.find_tasks(agents.instance_pattern, agents.task_pattern),
            modules=["reaper", "tasks"],
        )
        self.function.run_at({"every-half-hour": (EVERY, "{}")})
        self.register_outputs({})
