"""Reaper: stops agents' tasks that outlive their builds."""

from __future__ import annotations

from ..base.context import Context, SubComponent
from ..base.lambda_function import Function, FunctionDefinition
from ..base.log_groups import REAPER, LogGroups
from .agents import AgentCloud

EVERY = "rate(30 minutes)"


class Reaper(SubComponent):
    """A function that stops tasks that are older than any build, every half hour.

    Attributes:
        function: The function.
    """

    def __init__(self, context: Context, log_groups: LogGroups, agents: AgentCloud) -> None:
        super().__init__("reaper", context)
        self.function = Function(
            self,
            log_groups,
            FunctionDefinition(
                REAPER,
                "Stops agents that outlived every build",
                environment={
                    "CLUSTER": agents.cluster.arn,
                    "FAMILIES": agents.families,
                    "MAX_HOURS": str(context.settings.agent_cloud.reaper.max_hours),
                },
                modules=["reaper", "tasks"],
                grants=[agents.grant_stop],
            ),
        )
        self.function.run_at({"every-half-hour": (EVERY, "{}")})
        self.register_outputs({"function_name": self.function.name})
