"""Flow logs of the VPC, in CloudWatch Logs or in S3."""

from __future__ import annotations

import json
from typing import Any

from harness.inputs.lean import LEAN
from harness.stacks.registered import (
    ACCOUNT,
    EVERYTHING,
    by_role,
    dependencies,
    inputs,
    one,
    statements,
)

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
GROUP = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:jenkins-abcdef-flow-logs"
IN_S3: dict[str, Any] = {
    **LEAN,
    "monitoring": {"level": "none", "flow_logs": {"destination": "s3", "retention_days": 60}},
}


def test_flow_logs_go_to_a_log_group() -> None:
    log = one(FLOW_LOG, EVERYTHING)
    assert inputs(log) == {
        "vpcId": "jenkins-vpc-id",
        "trafficType": "ALL",
        "logDestinationType": "cloud-watch-logs",
        "logDestination": GROUP,
        "iamRoleArn": f"arn:aws:mock:eu-central-1:{ACCOUNT}:jenkins-flow-logs",
        "maxAggregationInterval": 600,
    }
    assert dependencies(log, "aws:iam/rolePolicy:RolePolicy") == {"flow-logs"}
    group = by_role("aws:cloudwatch/logGroup:LogGroup", EVERYTHING)["flow-logs"]
    assert group.inputs["retentionInDays"] == 30


def test_only_the_flow_log_service_of_this_account_assumes_the_role() -> None:
    role = by_role("aws:iam/role:Role", EVERYTHING)["flow-logs"]
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:eu-central-1:{ACCOUNT}:vpc-flow-log/*"},
        },
    }


def test_the_role_writes_to_the_log_group_of_flow_logs_only() -> None:
    policy = by_role("aws:iam/rolePolicy:RolePolicy", EVERYTHING)["flow-logs"]
    (statement,) = statements(policy.inputs["policy"]).values()
    assert statement == {
        "Effect": "Allow",
        "Action": [
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
        ],
        "Resource": f"{GROUP}:*",
    }


def test_flow_logs_go_to_a_bucket_that_deletes_old_ones() -> None:
    log = one(FLOW_LOG, IN_S3)
    assert inputs(log) == {
        "vpcId": "jenkins-vpc-id",
        "trafficType": "REJECT",
        "logDestinationType": "s3",
        "logDestination": f"arn:aws:mock:eu-central-1:{ACCOUNT}:jenkins-flow-logs",
        "maxAggregationInterval": 600,
    }
    assert dependencies(log, "aws:s3/bucketPolicy:BucketPolicy") == {"flow-logs"}
    rules = by_role("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", IN_S3)
    (rule,) = rules["flow-logs"].inputs["rules"]
    assert (rule["status"], rule["filter"]) == ("Enabled", {"prefix": ""})
    assert rule["expiration"] == {"days": 60}


def test_only_log_delivery_of_this_account_writes_to_the_bucket() -> None:
    policy = by_role("aws:s3/bucketPolicy:BucketPolicy", IN_S3)["flow-logs"]
    allowed = [s for s in statements(policy.inputs["policy"]).values() if s["Effect"] == "Allow"]
    assert allowed
    for statement in allowed:
        assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
        assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNT


def test_no_flow_log_by_default() -> None:
    assert by_role(FLOW_LOG) == {}
