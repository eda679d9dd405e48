"""Webhooks: a public endpoint that verifies them, and their delivery to Jenkins."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..base.lambda_function import Function, FunctionDefinition
from ..base.log_groups import WEBHOOK_DELIVERY, WEBHOOK_RECEIVER, LogGroups
from ..base.roles import Role
from ..network.vpc import Placement
from ..outputs import json_text

RETENTION_DAYS = 14
"""Maximum of SQS."""
DELIVERY_SECONDS = 60
BATCH_SIZE = 5
"""Each webhook of a batch may take ten seconds."""
RETRY_SECONDS = 6 * DELIVERY_SECONDS
"""At least six times the function's timeout (AWS Lambda Developer Guide, "Using Lambda with Amazon
SQS")."""
ATTEMPTS = 1000
"""Maximum of SQS: with the interval above four days, longer than any weekend."""


class Webhooks(SubComponent):
    """Internet -> function that verifies -> queue -> function in the VPC -> Jenkins.

    The first function can read the secrets and write to the queue, and has no access to the VPC.
    The second one can read the queue and connect to Jenkins, and nothing else.

    Args:
        context: The platform.
        log_groups: Creates the log groups of the functions.
        secret_arns: Secrets by ``github``, ``gitlab`` and ``bitbucket``.
        jenkins_url: URL under which Jenkins answers inside the VPC.
        placement: Where the function that delivers runs.
        working_hours: The function that wakes Jenkins; None if webhooks do not wake it.

    Attributes:
        url: URL of the endpoint, with a trailing slash.
        functions: Its functions.
        queue_names: Names of the queues of waiting and of lost webhooks.
    """

    def __init__(
        self,
        context: Context,
        log_groups: LogGroups,
        secret_arns: Mapping[str, pulumi.Input[str]],
        jenkins_url: pulumi.Input[str],
        placement: Placement,
        working_hours: Function | None,
    ) -> None:
        super().__init__("webhooks", context)
        self._secret_arns = dict(secret_arns)
        lost = self._queue("webhooks-lost")
        redrive = json_text({"deadLetterTargetArn": lost.arn, "maxReceiveCount": ATTEMPTS})
        self._waiting = self._queue("webhooks", redrive)
        self.queue_names = (self._waiting.name, lost.name)
        receiver = self._receiver(log_groups, working_hours)
        # Anyone may call it: it verifies each request itself.
        self.url = receiver.public_url("webhooks")
        delivery = Function(
            self,
            log_groups,
            FunctionDefinition(
                WEBHOOK_DELIVERY,
                "Delivers webhooks to Jenkins",
                environment={"JENKINS_URL": jenkins_url},
                modules=["webhook_delivery"],
                grants=[self._grant_receive, self._grant_interfaces],
                timeout_seconds=DELIVERY_SECONDS,
                vpc_config={
                    "subnet_ids": placement.subnet_ids,
                    "security_group_ids": [placement.security_group_id],
                },
            ),
        )
        aws.lambda_.EventSourceMapping(
            f"{context.name}-webhooks",
            function_name=delivery.arn,
            event_source_arn=self._waiting.arn,
            batch_size=BATCH_SIZE,
            function_response_types=["ReportBatchItemFailures"],
            # The minimum: Jenkins is one server.
            scaling_config={"maximum_concurrency": 2},
            tags=context.tags("webhooks"),
            opts=self.child(),
        )
        self.functions = [receiver, delivery]
        self.register_outputs({"url": self.url})

    def _queue(self, role: str, redrive: pulumi.Input[str] | None = None) -> aws.sqs.Queue:
        return aws.sqs.Queue(
            f"{self.context.name}-{role}",
            name=self.context.aws_name(role),
            message_retention_seconds=RETENTION_DAYS * 24 * 3600,
            visibility_timeout_seconds=RETRY_SECONDS,
            redrive_policy=redrive,
            sqs_managed_sse_enabled=True,
            tags=self.context.tags(role),
            opts=self.child(),
        )

    def _receiver(self, log_groups: LogGroups, working_hours: Function | None) -> Function:
        settings = self.context.settings.webhooks
        environment: dict[str, pulumi.Input[str]] = {
            "QUEUE_URL": self._waiting.id,
            "SECRETS": json_text(self._secret_arns),
        }
        if working_hours:
            environment["WORKING_HOURS"] = working_hours.name
        return Function(
            self,
            log_groups,
            FunctionDefinition(
                WEBHOOK_RECEIVER,
                "Verifies webhooks",
                environment=environment,
                modules=["webhook_receiver"],
                grants=[
                    self._grant_send,
                    *([working_hours.grant_invoke] if working_hours else []),
                ],
                timeout_seconds=10,
                reserved_concurrency=settings.max_concurrency if settings else None,
            ),
        )

    def _grant_send(self, role: Role) -> None:
        role.allow(
            iam.allow("KeepWebhooks", ["sqs:SendMessage"], self._waiting.arn),
            iam.read_secrets([*self._secret_arns.values()]),
        )

    def _grant_receive(self, role: Role) -> None:
        actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        role.allow(iam.allow("TakeWebhooks", actions, self._waiting.arn))

    def _grant_interfaces(self, role: Role) -> None:
        context = self.context
        functions = context.arn("lambda", "function:*")
        role.allow(*iam.network_interfaces(context.arn("ec2", "*/*"), functions))
