"""Roles for jobs: whom they trust, and where AWS finds the keys."""

from __future__ import annotations

import json
from typing import Any

from harness.inputs.lean import SMALL
from harness.stacks.registered import ACCOUNT, by_role, inputs, one, statements

HOST = "jenkins-issuer-keys.lambda-url.eu-central-1.on.aws"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
ROLE: dict[str, Any] = {
    "name": "deploy",
    "jobs": ["acme/web/main", "ops/*"],
    "policy_statements": [
        {
            "actions": ["s3:PutObject", "s3:GetObject"],
            "resources": ["arn:aws:s3:::site/*", "arn:aws:s3:::shop/*"],
        }
    ],
}
STATEMENT = {
    "actions": ["ec2:StopInstances"],
    "resources": ["*"],
    "conditions": [
        {"operator": "StringEquals", "key": "aws:ResourceTag/team", "values": ["web", "shop"]},
        {"operator": "StringEquals", "key": "aws:RequestedRegion", "values": ["eu-west-1"]},
        {"operator": "Null", "key": "aws:TokenIssueTime", "values": ["false"]},
    ],
}
AWS_POLICY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
OWN_POLICY = f"arn:aws:iam::{ACCOUNT}:policy/a/b"
STOP: dict[str, Any] = {
    "name": "stop",
    "jobs": ["night"],
    "policy_statements": [STATEMENT],
    "managed_policy_arns": [OWN_POLICY],
}
AGENT = {
    "name": "linux",
    "policy_statements": [STATEMENT],
    "managed_policy_arns": [AWS_POLICY, OWN_POLICY],
}
ARGS: dict[str, Any] = {
    **SMALL,
    "agents": [AGENT, {"name": "plain"}],
    "jenkins": {"job_identity": {"roles": [ROLE, STOP]}},
}
POLICY = "aws:iam/rolePolicy:RolePolicy"


def test_conditions_of_statements_reach_the_policies_of_jobs_and_builds() -> None:
    policies = by_role(POLICY, ARGS)
    for role in ("agent-linux", "job-stop"):
        (found,) = json.loads(inputs(policies[role])["policy"])["Statement"]
        assert found["Condition"] == {
            "StringEquals": {
                "aws:ResourceTag/team": ["web", "shop"],
                "aws:RequestedRegion": ["eu-west-1"],
            },
            "Null": {"aws:TokenIssueTime": ["false"]},
        }


def test_managed_policies_are_attached_to_the_roles_of_jobs_and_builds() -> None:
    attached = by_role("aws:iam/rolePolicyAttachment:RolePolicyAttachment", ARGS)
    assert {role: inputs(one) for role, one in attached.items()} == {
        "policies-of-agent-linux:aws:policy/ReadOnlyAccess": {
            "role": "jenkins-agent-linux",
            "policyArn": AWS_POLICY,
        },
        f"policies-of-agent-linux:{ACCOUNT}:policy/a/b": {
            "role": "jenkins-agent-linux",
            "policyArn": OWN_POLICY,
        },
        f"policies-of-job-stop:{ACCOUNT}:policy/a/b": {
            "role": "jenkins-job-stop",
            "policyArn": OWN_POLICY,
        },
    }


def test_without_the_input_there_is_no_provider() -> None:
    assert by_role("aws:iam/openIdConnectProvider:OpenIdConnectProvider", SMALL) == {}


def test_the_issuer_is_the_function_that_serves_the_keys() -> None:
    provider = one("aws:iam/openIdConnectProvider:OpenIdConnectProvider", ARGS)
    assert inputs(provider) == {"url": f"https://{HOST}", "clientIdLists": ["sts.amazonaws.com"]}
    url = one("aws:lambda/functionUrl:FunctionUrl", ARGS)
    assert url.inputs["functionName"] == "jenkins-issuer-keys"


def test_a_role_trusts_its_jobs_and_no_others() -> None:
    role = by_role("aws:iam/role:Role", ARGS)["job-deploy"]
    assert role.inputs["path"] == "/jenkins-platform/jenkins-abcdef/jobs/"
    assert json.loads(role.inputs["assumeRolePolicy"])["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"{ARN}:jenkins-jobs"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"},
                "StringLike": {f"{HOST}:sub": ["acme/web/main", "ops/*"]},
            },
        }
    ]
    allowed = statements(by_role(POLICY, ARGS)["job-deploy"].inputs["policy"])
    assert allowed == {
        "Job0": {
            "Effect": "Allow",
            "Action": ["s3:PutObject", "s3:GetObject"],
            "Resource": ["arn:aws:s3:::site/*", "arn:aws:s3:::shop/*"],
        }
    }


def test_jenkins_writes_its_public_keys_and_reads_nothing_of_the_bucket() -> None:
    allowed = statements(by_role(POLICY, ARGS)["controller-task"].inputs["policy"])
    assert allowed["PublishKeys"]["Action"] == ["s3:PutObject"]
    assert allowed["PublishKeys"]["Resource"] == f"{ARN}:jenkins-issuer-keys/jwks"
    definitions = by_role("aws:ecs/taskDefinition:TaskDefinition", ARGS)
    (container,) = json.loads(definitions["controller"].inputs["containerDefinitions"])
    variables = {v["name"]: v["value"] for v in container["environment"]}
    assert variables["JENKINS_OIDC_ISSUER"] == f"https://{HOST}"
    assert variables["JENKINS_OIDC_KEYS"] == "jenkins-issuer-keys-bucket/jwks"


def test_the_function_reads_the_keys_only() -> None:
    function = by_role("aws:lambda/function:Function", ARGS)["issuer-keys"]
    assert function.inputs["timeout"] == 10
    allowed = statements(by_role(POLICY, ARGS)["issuer-keys"].inputs["policy"])
    assert {sid: s["Resource"] for sid, s in allowed.items() if sid != "WriteLogs"} == {
        "ReadKeys": f"{ARN}:jenkins-issuer-keys/jwks",
        "FindKeys": f"{ARN}:jenkins-issuer-keys",
    }


def test_unfinished_uploads_of_the_keys_are_deleted_after_a_week() -> None:
    kind = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    assert by_role(kind, ARGS)["issuer-keys"].inputs["rules"] == [
        {
            "id": "uploads",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
        }
    ]
