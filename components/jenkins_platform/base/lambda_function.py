"""Lambda functions of the platform, and what invokes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from .. import iam
from .context import SubComponent
from .log_groups import FUNCTION_RETENTION_DAYS, LogGroups
from .roles import Grant, Role

RUNTIME = "python3.13"
_SOURCES = Path(__file__).parent.parent / "functions"
_PACKAGE = "__init__"
_MAX_ATTEMPTS, _MAX_AGE_SECONDS = 10, 3600
"""Limits of EventBridge Scheduler's retries."""


@dataclass(frozen=True)
class FunctionDefinition:
    """What a function is.

    Attributes:
        role: What it is for: part of its names, and the name of its log group.
        description: What it does, in a few words.
        environment: Its environment variables.
        modules: Its modules of `jenkins_platform.functions`; the first holds its handler.
        grants: Its permissions, besides writing its log.
        timeout_seconds: Longest duration of one execution, 1 to 900.
        vpc_config: Subnets and security groups in which it runs; None outside of the VPC.
        reserved_concurrency: Largest number of concurrent executions; None without a limit.
    """

    role: str
    description: str
    environment: Mapping[str, pulumi.Input[str]]
    modules: Sequence[str]
    grants: Sequence[Grant] = ()
    timeout_seconds: int = 60
    vpc_config: aws.lambda_.FunctionVpcConfigArgsDict | None = None
    reserved_concurrency: int | None = None


class Function:
    """A Lambda function with a dedicated role and log group.

    By default it has no reserved concurrency: a new account has ten concurrent executions, of
    which Lambda lets none be reserved. Concurrent executions of these functions are harmless.

    Args:
        component: Parent of its resources.
        log_groups: Creates its log group.
        definition: What it is.

    Attributes:
        arn: Its ARN.
        name: Its name.
        log_group_name: Where it logs.
    """

    def __init__(
        self, component: SubComponent, log_groups: LogGroups, definition: FunctionDefinition
    ) -> None:
        context, role = component.context, definition.role
        self._component, self._role = component, role
        self._name = f"{context.name}-{role}"
        log_group = log_groups.create(component, role, FUNCTION_RETENTION_DAYS)
        self.log_group_name = log_group.name
        execution_role = Role(
            component,
            role,
            definition.description,
            trust=iam.trust_service("lambda.amazonaws.com", context.account_id),
        )
        for grant in (log_group.grant_write, *definition.grants):
            grant(execution_role)
        function = aws.lambda_.Function(
            self._name,
            name=context.aws_name(role),
            description=definition.description,
            runtime=RUNTIME,
            architectures=["arm64"],
            handler=f"functions.{definition.modules[0]}.handler",
            code=archive([_PACKAGE, *definition.modules]),
            role=execution_role.arn,
            memory_size=128,
            timeout=definition.timeout_seconds,
            environment={"variables": definition.environment},
            vpc_config=definition.vpc_config,
            reserved_concurrent_executions=definition.reserved_concurrency,
            # Text: a line that a function prints reaches the log unchanged, metrics included.
            logging_config={"log_format": "Text", "log_group": self.log_group_name},
            tags=context.tags(role),
            opts=component.child(depends_on=execution_role.attach()),
        )
        self.arn, self.name = function.arn, function.name

    def grant_invoke(self, role: Role) -> None:
        """Let a role invoke it."""
        role.allow(iam.allow("Invoke", ["lambda:InvokeFunction"], self.arn))

    def permit(
        self, role: str, service: str, source_arn: pulumi.Input[str]
    ) -> aws.lambda_.Permission:
        """Let one resource of another service invoke it."""
        return aws.lambda_.Permission(
            f"{self._component.context.name}-{role}",
            function=self.name,
            action="lambda:InvokeFunction",
            principal=service,
            source_arn=source_arn,
            opts=self._component.child(),
        )

    def public_url(self, role: str) -> pulumi.Output[str]:
        """A URL under which anyone may invoke it, with a trailing slash."""
        component, name = self._component, f"{self._component.context.name}-{role}"
        url = aws.lambda_.FunctionUrl(
            name, function_name=self.name, authorization_type="NONE", opts=component.child()
        )
        # New function URLs need both (AWS Lambda Developer Guide, "Control access to Lambda
        # function URLs").
        aws.lambda_.Permission(
            f"{name}-url",
            function=self.name,
            action="lambda:InvokeFunctionUrl",
            principal="*",
            function_url_auth_type="NONE",
            opts=component.child(),
        )
        aws.lambda_.Permission(
            f"{name}-url-function",
            function=self.name,
            action="lambda:InvokeFunction",
            principal="*",
            invoked_via_function_url=True,
            opts=component.child(),
        )
        return url.function_url

    def run_at(self, times: Mapping[str, tuple[str, str]], time_zone: str = "UTC") -> None:
        """Invoke it on a schedule.

        Args:
            times: By name, an expression of EventBridge Scheduler and the event, as JSON.
            time_zone: Name of the time zone of cron expressions.
        """
        component, context = self._component, self._component.context
        group = aws.scheduler.ScheduleGroup(
            self._name,
            name=context.aws_name(self._role),
            tags=context.tags(self._role),
            opts=component.child(),
        )
        caller = Role(
            component,
            f"{self._role}-schedule",
            f"Invokes {self._role} on schedule",
            trust=iam.trust_service("scheduler.amazonaws.com", context.account_id, group.arn),
        )
        self.grant_invoke(caller)
        policies = caller.attach()
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
                        "maximum_retry_attempts": _MAX_ATTEMPTS,
                        "maximum_event_age_in_seconds": _MAX_AGE_SECONDS,
                    },
                },
                opts=component.child(depends_on=policies),
            )


def archive(modules: Sequence[str]) -> pulumi.AssetArchive:
    """Modules of `jenkins_platform.functions` as a package.

    The state holds their texts, not their paths: the folder of the checkout does not matter.
    """
    return pulumi.AssetArchive(
        {
            f"functions/{name}.py": pulumi.StringAsset((_SOURCES / f"{name}.py").read_text())
            for name in modules
        }
    )
