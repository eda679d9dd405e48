"""Flow logs of the VPC, in CloudWatch Logs or in S3."""

from __future__ import annotations

import json

import pytest
from jenkins_platform.base.context import Context
from jenkins_platform.base.log_groups import LogGroups
from jenkins_platform.network.flow_logs import FlowLogs
from jenkins_platform.network.vpc import Network
from jenkins_platform.testing import Registration

from harness.inputs.lean import LEAN, READY_IMAGES
from harness.stacks.parts import parts
from harness.stacks.registered import (
    ACCOUNT,
    EVERYTHING,
    by_role,
    dependencies,
    inputs,
    of_type,
    one,
    statements,
)

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
GROUP = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:jenkins-abcdef-flow-logs"


@pytest.fixture(scope="module")
def in_s3() -> list[Registration]:
    """Flow logs in S3."""

    def compose(context: Context) -> None:
        settings = context.settings.monitoring.flow_logs
        assert settings is not None
        FlowLogs(context, Network(context).vpc_id, LogGroups(context), settings)

    flow_logs = {"destination": "s3", "retention_days": 60}
    return parts(compose, {"monitoring": {"level": "none", "flow_logs": flow_logs}})


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


def test_flow_logs_go_to_a_bucket_that_deletes_old_ones(in_s3: list[Registration]) -> None:
    (log,) = of_type(in_s3, FLOW_LOG).values()
    assert inputs(log) == {
        "vpcId": "jenkins-vpc-id",
        "trafficType": "REJECT",
        "logDestinationType": "s3",
        "logDestination": f"arn:aws:mock:eu-central-1:{ACCOUNT}:jenkins-flow-logs",
        "maxAggregationInterval": 600,
    }
    assert dependencies(log, "aws:s3/bucketPolicy:BucketPolicy") == {"flow-logs"}
    rules = of_type(in_s3, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    (rule,) = rules["flow-logs"].inputs["rules"]
    assert (rule["status"], rule["filter"]) == ("Enabled", {"prefix": ""})
    assert rule["expiration"] == {"days": 60}


def test_only_log_delivery_of_this_account_writes_to_the_bucket(in_s3: list[Registration]) -> None:
    policy = of_type(in_s3, "aws:s3/bucketPolicy:BucketPolicy")["flow-logs"]
    allowed = [s for s in statements(policy.inputs["policy"]).values() if s["Effect"] == "Allow"]
    assert allowed
    for statement in allowed:
        assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
        assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNT


def test_flow_logs_need_no_monitoring() -> None:
    flow_logs = {"traffic": "accept", "retention_days": 90}
    args = {**LEAN, "images": READY_IMAGES, "monitoring": {"level": "none", "flow_logs": flow_logs}}
    assert one(FLOW_LOG, args).inputs["trafficType"] == "ACCEPT"
    group = by_role("aws:cloudwatch/logGroup:LogGroup", args)["flow-logs"]
    assert group.inputs["retentionInDays"] == 90


def test_no_flow_log_by_default() -> None:
    assert by_role(FLOW_LOG) == {}
