"""Topic: where alarms and events are told, and who listens."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from ..base.context import Context, SubComponent
from ..base.kms_key import make_key
from ..iam import document as iam
from ..iam import monitoring as iam_monitoring
from ..outputs import concat

_SERVICES = ("cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com")


class Topic(SubComponent):
    """An SNS topic, made or adopted, with its subscriptions.

    Attributes:
        arn: The topic.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("topic", context)
        adopted = context.settings.monitoring.topic.existing
        self.arn = pulumi.Output.from_input(adopted) if adopted else self._make()
        self._subscriptions()
        self.register_outputs({"arn": self.arn})

    def _make(self) -> pulumi.Output[str]:
        context, name = self.context, f"{self.context.name}-monitoring"
        topic_name = concat(context.handle, "-monitoring")
        arn = context.arn("sns", topic_name)
        key_arn = make_key(self, "monitoring", iam_monitoring.topic_key(arn, _SERVICES))
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
                *iam_monitoring.publish(
                    topic.arn, context.account_id, context.arn("cloudwatch", "alarm:*")
                )
            ),
            opts=self.child(),
        )
        # Whoever is told of the topic may publish to it at once.
        return pulumi.Output.all(topic.arn, policy.id).apply(lambda known: str(known[0]))

    def _subscriptions(self) -> None:
        monitoring = self.context.settings.monitoring
        listeners: dict[str, tuple[str, pulumi.Input[str]]] = {}
        for address in monitoring.email_addresses:
            # The whole address is the name, so that no two addresses share one and a change of the
            # list does not send new confirmation requests to the other addresses.
            listeners[f"email-{address.lower()}"] = ("email", address)
        for name, url in monitoring.webhooks.items():
            listeners[f"webhook-{name}"] = ("https", pulumi.Output.secret(url))
        for role, (protocol, endpoint) in listeners.items():
            aws.sns.TopicSubscription(
                f"{self.context.name}-{role}",
                topic=self.arn,
                protocol=protocol,
                endpoint=endpoint,
                opts=self.child(),
            )
