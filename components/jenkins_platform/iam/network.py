"""Policies of VPC endpoints, flow logs and load balancer access logs."""

from __future__ import annotations

from typing import Any

import pulumi

from ..outputs import concat
from .document import ArnInput, Statement, allow, document


def network_interfaces(interfaces: ArnInput, functions: ArnInput) -> list[Statement]:
    """What Lambda needs to run a function in a VPC (AWS Lambda Developer Guide, "Giving Lambda
    functions access to resources in an Amazon VPC"): it creates network interfaces with the
    function's role. The function's own code is denied the same."""
    actions = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:UnassignPrivateIpAddresses",
    ]
    lookups = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
    return [
        allow("ConnectToTheVpc", actions, interfaces),
        allow("LookAtTheVpc", lookups, "*"),
        {
            **allow("NotForItsOwnCode", [*actions, *lookups], "*"),
            "Effect": "Deny",
            "Condition": {"ArnLike": {"lambda:SourceFunctionArn": functions}},
        },
    ]


def endpoint(account_id: ArnInput) -> pulumi.Output[str]:
    """Policy of an interface endpoint: only identities of this account, so that credentials of
    another account cannot be used to send data out of the VPC."""
    return document(_anything_by(account_id, "*"))


def s3_endpoint(account_id: ArnInput, partition: ArnInput, region: ArnInput) -> pulumi.Output[str]:
    """Policy of the S3 endpoint where it is the only egress: identities of this account, and image
    layers, which ECR serves with presigned URLs of its own bucket."""
    layers = concat("arn:", partition, ":s3:::prod-", region, "-starport-layer-bucket/*")
    return document(
        _anything_by(account_id, "s3:*"),
        {**allow("PullLayers", ["s3:GetObject"], layers), "Principal": "*"},
    )


def _anything_by(account_id: ArnInput, action: str) -> Statement:
    only = {"StringEquals": {"aws:PrincipalAccount": account_id}}
    return {**allow("OnlyThisAccount", [action], "*", only), "Principal": "*"}


def deliver_flow_logs(group: ArnInput) -> Statement:
    """Deliver flow logs to an existing log group (VPC User Guide)."""
    streams = concat(group, ":*")
    actions = ("CreateLogStream", "DescribeLogGroups", "DescribeLogStreams", "PutLogEvents")
    return allow("DeliverFlowLogs", [f"logs:{name}" for name in actions], streams)


def receive_flow_logs(
    bucket: ArnInput, account_id: ArnInput, source_arn: ArnInput
) -> list[Statement]:
    """Statements of a bucket policy: the log delivery service may write flow logs of this account
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


def deliver_access_logs(folder: ArnInput, balancers: ArnInput) -> Statement:
    """Statement of a bucket policy: these load balancers may write access logs to a prefix
    (Elastic Load Balancing, "Enable access logs")."""
    return {
        "Sid": "AccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": folder,
        "Condition": {"ArnLike": {"aws:SourceArn": balancers}},
    }
