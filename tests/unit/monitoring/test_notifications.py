"""The SNS topic: who may publish to it, its encryption, and who subscribes."""

from __future__ import annotations

from typing import Any

from jenkins_platform.monitoring.notifications import Notifications

from harness.stacks.parts import parts
from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role, inputs, one, only, statements

TOPIC = "aws:sns/topic:Topic"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
EXISTING = f"arn:aws:sns:eu-central-1:{ACCOUNT}:ops"


def test_the_topic_is_encrypted_with_its_own_key() -> None:
    assert inputs(one(TOPIC)) == {
        "name": "jenkins-abcdef-monitoring",
        "kmsMasterKeyId": f"{ARN}:jenkins-monitoring",
    }
    key = by_role("aws:kms/key:Key")["monitoring"]
    (by_services,) = [
        s for s in statements(key.inputs["policy"]).values() if "Service" in s.get("Principal", {})
    ]
    assert by_services == {
        "Effect": "Allow",
        "Principal": {
            "Service": [
                "cloudwatch.amazonaws.com",
                "events.amazonaws.com",
                "budgets.amazonaws.com",
            ]
        },
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {
            "StringEquals": {
                "kms:EncryptionContext:aws:sns:topicArn": (
                    f"arn:aws:sns:eu-central-1:{ACCOUNT}:jenkins-abcdef-monitoring"
                )
            }
        },
    }


def test_alarms_budgets_and_events_may_publish() -> None:
    policy = one("aws:sns/topicPolicy:TopicPolicy").inputs
    assert policy["arn"] == f"{ARN}:jenkins-monitoring"
    found = {s["Principal"]["Service"]: s for s in statements(policy["policy"]).values()}
    common = {
        "Effect": "Allow",
        "Action": ["sns:Publish"],
        "Resource": f"{ARN}:jenkins-monitoring",
    }
    own = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    alarms = {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:eu-central-1:{ACCOUNT}:alarm:*"}}
    assert found == {
        "cloudwatch.amazonaws.com": {
            **common,
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Condition": {**own, **alarms},
        },
        "budgets.amazonaws.com": {
            **common,
            "Principal": {"Service": "budgets.amazonaws.com"},
            "Condition": own,
        },
        "events.amazonaws.com": {**common, "Principal": {"Service": "events.amazonaws.com"}},
    }


def test_addresses_and_webhooks_subscribe() -> None:
    subscriptions = by_role(SUBSCRIPTION, EVERYTHING)
    assert {role: inputs(r) for role, r in subscriptions.items()} == {
        "email-ops@example.com": {
            "topic": f"{ARN}:jenkins-monitoring",
            "protocol": "email",
            "endpoint": "ops@example.com",
        },
        "webhook-chat": {
            "topic": f"{ARN}:jenkins-monitoring",
            "protocol": "https",
            "endpoint": "https://chat.example.com/hook",
        },
    }


def test_a_webhook_is_kept_encrypted_in_the_state() -> None:
    assert by_role(SUBSCRIPTION, EVERYTHING)["webhook-chat"].secrets == ("endpoint",)


def test_an_existing_topic_gets_the_subscriptions() -> None:
    args: dict[str, Any] = {
        "monitoring": {
            "topic": {"existing": EXISTING},
            "email_addresses": ["ops@example.com"],
        },
    }
    found = parts(Notifications, args)
    assert {r.token for r in found if r.token.startswith("aws:")} == {SUBSCRIPTION}
    assert only(found, SUBSCRIPTION).inputs["topic"] == EXISTING
