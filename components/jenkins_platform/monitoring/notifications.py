"""Notifications: the SNS topic of alarms and events, and its subscriptions."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..base.kms_key import create_key
from ..base.roles import Role
from ..outputs import concat

_SERVICES = ("cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com")


class Notifications(SubComponent):
    """An SNS topic, created or existing, with its subscriptions.

    Attributes:
        arn: The topic.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("notifications", context)
        existing = context.settings.monitoring.topic.existing
        self.arn = pulumi.Output.from_input(existing) if existing else self._create()
        self._subscriptions()
        self.register_outputs({"arn": self.arn})

    def _create(self) -> pulumi.Output[str]:
        context, name = self.context, f"{self.context.name}-monitoring"
        topic_name = concat(context.handle, "-monitoring")
        arn = context.arn("sns", topic_name)
        key_arn = create_key(self, "monitoring", iam.topic_key(arn, _SERVICES))
        topic = aws.sns.Topic(
            name,
            name=topic_name,
            kms_master_key_id=key_arn,
            tags=context.tags("monitoring"),
            opts=self.child(),
        )
        policy = aws.sns.TopicPolicy(
            name,
            arn=topic.arn,
            policy=iam.document(
                *iam.publish(topic.arn, context.account_id, context.arn("cloudwatch", "alarm:*"))
            ),
            opts=self.child(),
        )
        # Whatever gets the ARN can publish immediately.
        return pulumi.Output.all(topic.arn, policy.id).apply(lambda known: str(known[0]))

    def _subscriptions(self) -> None:
        monitoring = self.context.settings.monitoring
        subscriptions: dict[str, tuple[str, pulumi.Input[str]]] = {}
        for address in monitoring.email_addresses:
            # The whole address is the name, so that no two addresses share one and a change of the
            # list does not send new confirmation requests to the other addresses.
            subscriptions[f"email-{address.lower()}"] = ("email", address)
        for name, url in monitoring.webhooks.items():
            subscriptions[f"webhook-{name}"] = ("https", pulumi.Output.secret(url))
        for role, (protocol, endpoint) in subscriptions.items():
            aws.sns.TopicSubscription(
                f"{self.context.name}-{role}",
                topic=self.arn,
                protocol=protocol,
                endpoint=endpoint,
                opts=self.child(),
            )


def grant_report_builds(context: Context, role: Role) -> None:
    """Let a role put events about builds on the default event bus."""
    role.allow(iam.report_builds(context.arn("events", "event-bus/default")))
