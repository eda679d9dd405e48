"""Small Lambda functions, and what calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pulumi
import pulumi_aws as aws

from .. import iam
from .context import SubComponent
from .log_groups import FUNCTION_RETENTION_DAYS, Logs
from .roles import Roles, service_role

RUNTIME = "python3.13"
_SOURCES = Path(__file__).parent.parent / "functions"
_PACKAGE = "__init__"
_ATTEMPTS, _OLDEST_SECONDS = 10, 3600
"""How often, and for how long, EventBridge Scheduler tries to deliver."""


class Function:
    """A Lambda function with a role and a log group of its own.

    It has no reserved concurrency: a new account has ten executions in all, of which Lambda lets
    none be reserved. What the functions do may be done twice at a time.

    Args:
        part: Whose children its resources are.
        role: What it is for: part of its names, and the name of its log group.
        description: What it does, in a few words.
        environment: Its environment variables.
        statements: What it may do, besides writing its log.
        modules: The modules of `jenkins_platform.functions` that it is made of; the first holds
            its handler.
        timeout_seconds: How long one execution may take, 1 to 900.

    Attributes:
        arn: Its ARN.
        name: Its name.
        log_group_name: Where it logs.
    """

    def __init__(
        self,
        part: SubComponent,
        roles: Roles,
        logs: Logs,
        role: str,
        *,
        description: str,
        environment: Mapping[str, pulumi.Input[str]],
        statements: Sequence[iam.Statement],
        modules: Sequence[str],
        timeout_seconds: int = 60,
    ) -> None:
        self._part, self._roles, self._role = part, roles, role
        context = part.context
        self._name = f"{context.name}-{role}"
        self.log_group_name = logs.group(part, role, FUNCTION_RETENTION_DAYS)
        own = service_role(
            part,
            role,
            description,
            roles.path,
            iam.trust_service("lambda.amazonaws.com", context.account_id),
        )
        policy = aws.iam.RolePolicy(
            self._name,
            role=own.name,
            policy=iam.document(
                iam.write_logs(context.log_group_arn(self.log_group_name)), *statements
            ),
            opts=part.child(),
        )
        function = aws.lambda_.Function(
            self._name,
            name=context.aws_name(role),
            description=description,
            runtime=RUNTIME,
            architectures=["arm64"],
            handler=f"functions.{modules[0]}.handler",
            code=packed([_PACKAGE, *modules]),
            role=own.arn,
            memory_size=128,
            timeout=timeout_seconds,
            environment={"variables": environment},
            # Text: a line that a function prints reaches the log as it is, metrics included.
            logging_config={"log_format": "Text", "log_group": self.log_group_name},
            tags=context.tags(role),
            opts=part.child(depends_on=[policy]),
        )
        self.arn, self.name = function.arn, function.name

    def allow(
        self, role: str, service: str, source_arn: pulumi.Input[str]
    ) -> aws.lambda_.Permission:
        """Let one resource of another service call it."""
        return aws.lambda_.Permission(
            f"{self._part.context.name}-{role}",
            function=self.name,
            action="lambda:InvokeFunction",
            principal=service,
            source_arn=source_arn,
            opts=self._part.child(),
        )

    def run_at(self, times: Mapping[str, tuple[str, str]], time_zone: str = "UTC") -> None:
        """Call it again and again.

        Args:
            times: By name, an expression of EventBridge Scheduler and the event, as JSON.
            time_zone: Name of the time zone of cron expressions.
        """
        part, context = self._part, self._part.context
        group = aws.scheduler.ScheduleGroup(
            self._name,
            name=context.aws_name(self._role),
            tags=context.tags(self._role),
            opts=part.child(),
        )
        caller = service_role(
            part,
            f"{self._role}-schedule",
            f"Calls {self._role} on time",
            self._roles.path,
            iam.trust_service("scheduler.amazonaws.com", context.account_id, group.arn),
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-schedule",
            role=caller.name,
            policy=iam.document(iam.allow("Call", ["lambda:InvokeFunction"], self.arn)),
            opts=part.child(),
        )
        for name, (expression, event) in times.items():
            aws.scheduler.Schedule(
                f"{self._name}-{name}",
                name=context.aws_name(f"{self._role}-{name}"),
                group_name=group.name,
                schedule_expression=expression,
                schedule_expression_timezone=time_zone,
                flexible_time_window={"mode": "OFF"},
                target={
                    "arn": self.arn,
                    "role_arn": caller.arn,
                    "input": event,
                    "retry_policy": {
                        "maximum_retry_attempts": _ATTEMPTS,
                        "maximum_event_age_in_seconds": _OLDEST_SECONDS,
                    },
                },
                opts=part.child(depends_on=[policy]),
            )


def packed(modules: Sequence[str]) -> pulumi.AssetArchive:
    """Modules of `jenkins_platform.functions`, as the package that they are.

    Their texts and not their paths are in the state: the same code is the same from any folder.
    """
    return pulumi.AssetArchive(
        {
            f"functions/{name}.py": pulumi.StringAsset((_SOURCES / f"{name}.py").read_text())
            for name in modules
        }
    )
