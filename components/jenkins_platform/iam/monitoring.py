"""Policies of keys, topics, log groups and buckets for what watches the platform. As in `iam`,
nothing here makes a resource."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..outputs import concat
from .document import Arn, Statement, allow


def logs_key(region: Arn, groups: Sequence[Arn]) -> Statement:
    """A key policy's statement: CloudWatch Logs may use the key for exactly these log groups."""
    service = concat("logs.", region, ".amazonaws.com")
    actions = ["Decrypt*", "Describe*", "Encrypt*", "GenerateDataKey*", "ReEncrypt*"]
    only = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": list(groups)}}
    return {
        **allow("OnlyOurLogGroups", [f"kms:{action}" for action in actions], "*", only),
        "Principal": {"Service": service},
    }


def topic_key(topic: Arn, services: Sequence[str]) -> Statement:
    """A key policy's statement: these services may publish to the encrypted topic.

    The topic's encryption context is the only condition that all of them know: SNS passes no
    source account on for EventBridge (SNS Developer Guide, "Key management").
    """
    only = {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": topic}}
    return {
        **allow("PublishToOurTopic", ["kms:Decrypt", "kms:GenerateDataKey*"], "*", only),
        "Principal": {"Service": list(services)},
    }


def deliver_flow_logs(group: Arn) -> Statement:
    """What VPC flow logs do with a log group that is there (VPC User Guide)."""
    streams = concat(group, ":*")
    actions = ("CreateLogStream", "DescribeLogGroups", "DescribeLogStreams", "PutLogEvents")
    return allow("DeliverFlowLogs", [f"logs:{name}" for name in actions], streams)


def take_flow_logs(bucket: Arn, account_id: Arn, source_arn: Arn) -> list[Statement]:
    """A bucket policy's statements: the log delivery service may write flow logs of this account
    (VPC User Guide, "Publish flow logs to Amazon S3")."""
    ours: dict[str, dict[str, Any]] = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": source_arn},
    }
    write = {**ours, "StringEquals": {**ours["StringEquals"]}}
    write["StringEquals"]["s3:x-amz-acl"] = "bucket-owner-full-control"
    principal = {"Principal": {"Service": "delivery.logs.amazonaws.com"}}
    logs = concat(bucket, "/AWSLogs/", account_id, "/*")
    return [
        {**allow("WriteFlowLogs", ["s3:PutObject"], logs, write), **principal},
        {**allow("CheckBucket", ["s3:GetBucketAcl"], bucket, ours), **principal},
    ]


def publish(topic: Arn, account_id: Arn, alarms: Arn) -> list[Statement]:
    """A topic policy's statements: our alarms, budgets and rules may publish.

    EventBridge passes no condition key on when it publishes to SNS ("You can't use Condition blocks
    in Amazon SNS topic policies for EventBridge", EventBridge User Guide): whoever knows the
    topic's ARN may send to it by a rule of theirs.
    """
    conditions: dict[str, dict[str, dict[str, Any]]] = {
        "cloudwatch": {
            "StringEquals": {"aws:SourceAccount": account_id},
            "ArnLike": {"aws:SourceArn": alarms},
        },
        "budgets": {"StringEquals": {"aws:SourceAccount": account_id}},
        "events": {},
    }
    return [
        {
            **allow(f"Publish{name.capitalize()}", ["sns:Publish"], topic, condition),
            "Principal": {"Service": f"{name}.amazonaws.com"},
        }
        for name, condition in conditions.items()
    ]
