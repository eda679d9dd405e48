"""The policy pack: each rule accepts valid resources and reports invalid ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jenkins_platform_policies import POLICIES, compute, data
from pulumi_policy import ResourceValidationPolicy, StackValidationPolicy

from harness.stacks.guardrails import Violation, judge, resource

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ARN = "arn:aws:s3:::x/*"


def policy(**statement: Any) -> dict[str, Any]:
    allow = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ARN, **statement}
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": [allow]})}


def mount(**statement: Any) -> dict[str, Any]:
    given = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::1:role/x"},
        "Action": ["elasticfilesystem:ClientMount"],
        "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        **statement,
    }
    return {"policy": json.dumps({"Statement": [given]})}


def trust(condition: dict[str, Any] | None, principal: Any = None) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": principal or {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    if condition:
        statement["Condition"] = condition
    return {"assumeRolePolicy": json.dumps({"Statement": [statement]})}


def ingress(first: int, last: int | None = None, **source: str) -> dict[str, Any]:
    ports = {"fromPort": first, "toPort": first if last is None else last}
    return {"ipProtocol": "tcp", **ports, **source}


def task(**container: Any) -> dict[str, Any]:
    whole = {"name": "a", "image": "x:1.2", "logConfiguration": {"logDriver": "awslogs"}}
    return {"containerDefinitions": json.dumps([{**whole, **container}])}


PASS = {
    "Action": ["iam:PassRole"],
    "Resource": "arn:aws:iam::1:role/p/*",
    "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
}
SAME_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "1"}}
ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop"
HTTPS = {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}
EFS_VOLUME = {"name": "home", "efsVolumeConfiguration": {"transitEncryption": "ENABLED"}}

DOCKER = {**task(name="docker", privileged=True, essential=False), "networkMode": "awsvpc"}
IMDS = {"httpTokens": "required", "httpPutResponseHopLimit": 1}


def disk(encrypted: str) -> dict[str, Any]:
    return {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": encrypted}}]}


RULES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("iam-no-wildcard-actions", ROLE_POLICY, policy(), policy(Action="s3:*")),
    ("iam-no-wildcard-actions", ROLE_POLICY, policy(), policy(Action=["*"])),
    (
        "iam-no-wildcard-resources",
        ROLE_POLICY,
        policy(Action="ecr:GetAuthorizationToken", Resource="*"),
        policy(Action="ecr:PutImage", Resource="*"),
    ),
    *(
        ("iam-no-wildcard-resources", ROLE_POLICY, policy(Effect="Deny", Resource="*"), wrong)
        for wrong in (
            policy(Resource="*"),
            policy(Resource=[ARN, "*"]),
            policy(Action=["ecr:GetAuthorizationToken", "s3:GetObject"], Resource="*"),
            policy(NotResource=ARN),
        )
    ),
    ("iam-no-wildcard-actions", ROLE_POLICY, policy(), policy(NotAction="s3:GetObject")),
    (
        "iam-pass-role-scoped",
        ROLE_POLICY,
        policy(**PASS),
        policy(**{**PASS, "Resource": ["arn:aws:iam::1:role/p/*", "*"]}),
    ),
    (
        "iam-trust-scoped",
        "aws:iam/role:Role",
        trust({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-central-1:1:*"}}),
        trust({"StringEquals": {"aws:PrincipalTag/team": "a"}}),
    ),
    ("iam-trust-scoped", "aws:iam/role:Role", trust(None, {"Federated": "arn"}), trust(None, "*")),
    (
        "iam-pass-role-scoped",
        ROLE_POLICY,
        policy(**PASS),
        policy(**{**PASS, "Resource": "arn:aws:iam::1:role/*"}),
    ),
    (
        "iam-pass-role-scoped",
        ROLE_POLICY,
        policy(**PASS),
        policy(Action=["iam:PassRole"], Resource=PASS["Resource"]),
    ),
    ("iam-trust-scoped", "aws:iam/role:Role", trust(SAME_ACCOUNT), trust(None)),
    (
        "iam-trust-scoped",
        "aws:iam/role:Role",
        trust(SAME_ACCOUNT),
        trust(SAME_ACCOUNT, {"AWS": "*"}),
    ),
    (
        "iam-trust-scoped",
        "aws:iam/role:Role",
        trust(None, {"Service": "backup.amazonaws.com"}),
        trust(None, {"Service": ["backup.amazonaws.com", "ecs-tasks.amazonaws.com"]}),
    ),
    ("efs-encrypted", data.FILE_SYSTEM, {"encrypted": True}, {"encrypted": False}),
    ("efs-policy-scoped", data.FILE_SYSTEM_POLICY, mount(), mount(Principal="*")),
    *(
        ("efs-policy-scoped", data.FILE_SYSTEM_POLICY, mount(), mount(**wrong))
        for wrong in (
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Principal": {"AWS": "*"}},
            {"Principal": {"AWS": ["arn:aws:iam::1:role/x", "*"]}},
            {"Action": [f"elasticfilesystem:Client{name}" for name in ("Mount", "RootAccess")]},
        )
    ),
    ("efs-policy-scoped", data.FILE_SYSTEM_POLICY, mount(), mount(Condition={})),
    (
        "efs-policy-scoped",
        data.FILE_SYSTEM_POLICY,
        mount(),
        mount(Action=["elasticfilesystem:ClientRootAccess"]),
    ),
    (
        "efs-access-point-user",
        data.ACCESS_POINT,
        {"posixUser": {"uid": 1000}, "rootDirectory": {"path": "/home"}},
        {"posixUser": {"uid": 0}, "rootDirectory": {"path": "/home"}},
    ),
    (
        "efs-access-point-user",
        data.ACCESS_POINT,
        {"posixUser": {"uid": 1000}, "rootDirectory": {"path": "/home"}},
        {"posixUser": {"uid": 1000}},
    ),
    *(
        (
            "efs-access-point-user",
            data.ACCESS_POINT,
            {"posixUser": {"uid": 1}, "rootDirectory": {"path": "/home"}},
            wrong,
        )
        for wrong in (
            {"rootDirectory": {"path": "/home"}},
            {"posixUser": {"uid": 1000}, "rootDirectory": {"path": "/"}},
        )
    ),
    (
        "ecr-immutable-tags",
        data.REPOSITORY,
        {"name": "app", "imageTagMutability": "IMMUTABLE"},
        {"name": "app"},
    ),
    ("ecr-immutable-tags", data.REPOSITORY, {"name": "kaniko-cache"}, {"name": "app"}),
    (
        "ecr-scan-on-push",
        data.REPOSITORY,
        {"imageScanningConfiguration": {"scanOnPush": True}},
        {},
    ),
    ("kms-rotation", "aws:kms/key:Key", {"enableKeyRotation": True}, {}),
    (
        "kms-rotation",
        "aws:kms/key:Key",
        {"customerMasterKeySpec": "ECC_NIST_P256"},
        {"customerMasterKeySpec": "SYMMETRIC_DEFAULT", "enableKeyRotation": False},
    ),
    ("logs-retention", "aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 30}, {}),
    ("sns-encrypted", "aws:sns/topic:Topic", {"kmsMasterKeyId": "alias/x"}, {}),
    (
        "ingress-scoped",
        INGRESS,
        {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"},
        {"ipProtocol": "tcp", "fromPort": 50000, "toPort": 50000, "cidrIpv4": "0.0.0.0/0"},
    ),
    (
        "ingress-scoped",
        INGRESS,
        {"ipProtocol": "tcp", "fromPort": 2049, "toPort": 2049, "referencedSecurityGroupId": "x"},
        {"ipProtocol": "tcp", "fromPort": 2049, "toPort": 2049, "cidrIpv4": "10.0.0.0/8"},
    ),
    (
        "ingress-scoped",
        INGRESS,
        {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv6": "::/0"},
        {"ipProtocol": "-1", "cidrIpv6": "::/0"},
    ),
    *(
        ("ingress-scoped", INGRESS, ingress(80, cidrIpv4="0.0.0.0/0"), wrong)
        for wrong in (
            ingress(8080, cidrIpv4="0.0.0.0/0"),
            ingress(22, cidrIpv6="::/0"),
            ingress(443, 444, cidrIpv4="0.0.0.0/0"),
            ingress(2000, 3000, cidrIpv6="2001:db8::/32"),
            {"ipProtocol": "tcp", "fromPort": 1024, "cidrIpv4": "10.0.0.0/8"},
            {"ipProtocol": "-1", "fromPort": -1, "toPort": -1, "cidrIpv4": "10.0.0.0/8"},
        )
    ),
    ("tls-1-3", "aws:lb/listener:Listener", HTTPS, {"protocol": "HTTPS"}),
    (
        "tls-1-3",
        "aws:lb/listener:Listener",
        {"protocol": "HTTP"},
        {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS-1-2-2017-01"},
    ),
    (
        "no-plain-http",
        "aws:lb/listener:Listener",
        {"protocol": "HTTP", "defaultActions": [{"type": "fixed-response"}]},
        {"protocol": "HTTP", "defaultActions": [{"type": "redirect"}, {"type": "forward"}]},
    ),
    (
        "no-plain-http",
        "aws:lb/listener:Listener",
        {"protocol": "HTTP", "defaultActions": [{"type": "redirect"}]},
        {"protocol": "HTTP", "defaultActions": [{"type": "forward"}]},
    ),
    (
        "drop-invalid-headers",
        "aws:lb/loadBalancer:LoadBalancer",
        {"dropInvalidHeaderFields": True},
        {},
    ),
    (
        "balancer-deletion-protection",
        "aws:lb/loadBalancer:LoadBalancer",
        {"enableDeletionProtection": True},
        {},
    ),
    (
        "no-plain-secrets",
        compute.TASK_DEFINITION,
        task(secrets=[{"name": "DB_PASSWORD", "valueFrom": "arn"}]),
        task(environment=[{"name": "DB_PASSWORD", "value": "hunter2"}]),
    ),
    *(
        (
            "no-plain-secrets",
            compute.TASK_DEFINITION,
            task(environment=[{"name": "USE_TOKEN", "value": "true"}]),
            task(environment=[{"name": "A", "value": "b"}, {"name": name, "value": "hunter2"}]),
        )
        for name in ("db_passwd", "API_TOKEN", "CLIENT_SECRET", "PRIVATE_KEY", "AWS_ACCESS_KEY_ID")
    ),
    ("no-privileged", compute.TASK_DEFINITION, task(), task(privileged=True)),
    ("no-privileged", compute.TASK_DEFINITION, DOCKER, {**DOCKER, "networkMode": "host"}),
    ("no-privileged", compute.TASK_DEFINITION, DOCKER, task(name="docker", privileged=True)),
    *(
        ("instance-metadata", compute.LAUNCH_TEMPLATE, {"metadataOptions": IMDS}, wrong)
        for wrong in (
            {},
            {"metadataOptions": {**IMDS, "httpTokens": "optional"}},
            {"metadataOptions": {**IMDS, "httpPutResponseHopLimit": 2}},
            {"metadataOptions": IMDS, "keyName": "mine"},
        )
    ),
    ("disks-encrypted", compute.LAUNCH_TEMPLATE, disk("true"), disk("false")),
    ("disks-encrypted", compute.LAUNCH_TEMPLATE, disk("true"), {}),
    (
        "instances-drained",
        "aws:ecs/capacityProvider:CapacityProvider",
        {"autoScalingGroupProvider": {"managedDraining": "ENABLED"}},
        {"autoScalingGroupProvider": {"managedDraining": "DISABLED"}},
    ),
    ("containers-log", compute.TASK_DEFINITION, task(), task(logConfiguration=None)),
    ("images-named", compute.TASK_DEFINITION, task(), task(image="registry.example/x:latest")),
    ("images-named", compute.TASK_DEFINITION, task(image="x@sha256:" + "0" * 64), task(image="x")),
    *(
        ("images-by-digest", compute.TASK_DEFINITION, good, task(image=f"{ECR}:1.2"))
        for good in (
            task(image=f"{ECR}@sha256:{'0' * 64}"),
            task(image=f"{ECR}:1.2@sha256:{'0' * 64}"),
            task(image="registry.example.com/shop:1.2"),
        )
    ),
    ("images-by-digest", compute.TASK_DEFINITION, task(), task(image=ECR)),
    (
        "efs-mounted-with-tls",
        compute.TASK_DEFINITION,
        {"volumes": [EFS_VOLUME]},
        {"volumes": [{"name": "home", "efsVolumeConfiguration": {}}]},
    ),
    (
        "separate-roles",
        compute.TASK_DEFINITION,
        {"taskRoleArn": "a", "executionRoleArn": "b"},
        {"taskRoleArn": "a", "executionRoleArn": "a"},
    ),
]


@pytest.mark.parametrize(("name", "kind", "good", "bad"), RULES)
def test_rule_accepts_valid_and_reports_invalid_resources(
    name: str, kind: str, good: dict[str, Any], bad: dict[str, Any]
) -> None:
    assert [v for v in judge([resource(kind, good)]) if v.policy == name] == []
    assert [v for v in judge([resource(kind, bad)]) if v.policy == name]


@pytest.mark.parametrize(
    ("image", "reported"),
    [
        ("registry.example.com:5000/shop/web:1.2", True),
        ("registry.example.com:5000/shop/web", True),
        (f"registry.example.com:5000/shop/web@sha256:{'0' * 64}", False),
        ("registry.example.com:5000/other/web:1.2", False),
        (f"{ECR}:1.2", False),
    ],
)
def test_the_repositories_whose_images_need_a_digest_are_configured(
    image: str, reported: bool
) -> None:
    config = {"images-by-digest": {"repositories": ["registry.example.com:5000/shop/*"]}}
    definition = resource(compute.TASK_DEFINITION, task(image=image))
    assert bool(of("images-by-digest", judge([definition], config))) is reported


def test_a_bucket_needs_encryption_a_block_and_tls() -> None:
    name = {"bucket": "b"}
    block = dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
    )
    parts = [
        resource(data.BUCKET, name),
        resource(data.BUCKET_ENCRYPTION, name),
        resource(data.PUBLIC_ACCESS_BLOCK, name | block),
        resource(data.BUCKET_POLICY, {**name, "policy": '{"aws:SecureTransport": "false"}'}),
    ]
    assert of("s3-closed", judge(parts)) == []
    for missing in parts[1:]:
        found = of("s3-closed", judge([p for p in parts if p is not missing]))
        assert len(found) == 1, missing.resource_type
    for key in block:
        open_block = resource(data.PUBLIC_ACCESS_BLOCK, name | block | {key: False})
        assert len(of("s3-closed", judge([*parts[:2], open_block, parts[3]]))) == 1, key


def test_a_service_with_a_home_has_one_writer() -> None:
    definition = resource(compute.TASK_DEFINITION, {"arn": "d", "volumes": [EFS_VOLUME]})
    alone = {"taskDefinition": "d", "desiredCount": 1}
    limits = {"deploymentMaximumPercent": 100, "deploymentMinimumHealthyPercent": 0}
    good, bad = resource(compute.SERVICE, alone | limits), resource(compute.SERVICE, alone)
    assert of("single-writer", judge([definition, good])) == []
    assert len(of("single-writer", judge([definition, bad]))) == 1


def of(name: str, violations: list[Violation]) -> list[Violation]:
    return [v for v in violations if v.policy == name]


def test_every_rule_has_a_test() -> None:
    tested = {name for name, *_ in RULES} | {"s3-closed", "single-writer"}
    assert tested == {p.name for p in POLICIES}
    assert all(isinstance(p, ResourceValidationPolicy | StackValidationPolicy) for p in POLICIES)
