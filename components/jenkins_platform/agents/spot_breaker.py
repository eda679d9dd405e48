"""SpotBreaker: Spot labels use on-demand capacity while AWS has no Spot capacity."""

from __future__ import annotations

import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..base.lambda_function import Function, FunctionDefinition
from ..base.log_groups import SPOT_BREAKER, LogGroups
from ..base.roles import Role


class SpotBreaker(SubComponent):
    """A function that the controller invokes with the agents that got no Spot capacity, and that
    answers which architectures use on-demand capacity instead.

    Attributes:
        function: The function.
    """

    def __init__(self, context: Context, log_groups: LogGroups) -> None:
        super().__init__("spot-breaker", context)
        settings = context.settings.agent_cloud.spot_circuit_breaker
        self._state = aws.ssm.Parameter(
            f"{context.name}-{SPOT_BREAKER}",
            name=context.aws_name(SPOT_BREAKER),
            description="State of the circuit breaker for Spot capacity",
            type="String",
            value="{}",
            tags=context.tags(SPOT_BREAKER),
            # The function writes it.
            opts=self.child(ignore_changes=["value"]),
        )
        architectures = sorted({t.architecture.value for t in context.settings.agents})
        self.function = Function(
            self,
            log_groups,
            FunctionDefinition(
                SPOT_BREAKER,
                "Decides whether Spot labels use on-demand capacity",
                environment={
                    "PLATFORM": context.handle,
                    "PARAMETER": self._state.name,
                    "ARCHITECTURES": ",".join(architectures),
                    "FAILURE_THRESHOLD": str(settings.failure_threshold),
                    "COOL_DOWN_SECONDS": str(settings.cool_down_minutes * 60),
                },
                modules=["spot_breaker", "metrics"],
                grants=[self._grant_state],
            ),
        )
        self.register_outputs({"function_name": self.function.name})

    def _grant_state(self, role: Role) -> None:
        actions = ["ssm:GetParameter", "ssm:PutParameter"]
        role.allow(iam.allow("RememberState", actions, self._state.arn))
