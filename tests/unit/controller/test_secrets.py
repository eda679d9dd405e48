"""The administrator's password: generated, kept in Secrets Manager, and recoverable."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from harness.inputs.lean import SMALL
from harness.stacks.parts import controller, parts
from harness.stacks.registered import ACCOUNT, container_in, inputs, of_type, only, statements

SECRET = "aws:secretsmanager/secret:Secret"


@pytest.mark.parametrize(
    ("args", "days", "kept"), [({}, 30, True), ({"removal_policy": "destroy"}, 0, False)]
)
def test_the_recovery_window_follows_the_removal_policy(
    args: dict[str, Any], days: int, kept: bool
) -> None:
    secret = only(parts(controller, args), SECRET)
    assert secret.inputs["recoveryWindowInDays"] == days
    assert (secret.protect, secret.retain) == (kept, kept)
    assert secret.ignore_changes == ("name",)


def test_the_password_is_generated_and_kept_encrypted_in_the_state() -> None:
    found = parts(controller, {})
    password = only(found, "random:index/randomPassword:RandomPassword")
    assert inputs(password) == {"length": 32, "special": False}
    version = only(found, "aws:secretsmanager/secretVersion:SecretVersion")
    assert inputs(version) == {
        "secretId": "jenkins-admin-password-id",
        "secretString": "a-generated-value",
    }
    assert version.secrets == ("secretString",)


GIVEN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:jenkins-AbCdEf:password::"


@pytest.mark.parametrize("given", [GIVEN, pulumi.Output.from_input(GIVEN)])
def test_an_existing_secret_is_read_instead(given: pulumi.Input[str]) -> None:
    found = parts(controller, {"sign_in": {"admin_password_secret_arn": given}})
    assert [r for r in found if "admin-password" in r.name] == [], "no password is generated"
    container = container_in(found, "controller")
    secrets = {s["name"]: s["valueFrom"] for s in container["secrets"]}
    assert secrets["JENKINS_ADMIN_PASSWORD"] == GIVEN
    policies = of_type(found, "aws:iam/rolePolicy:RolePolicy")
    readers = [
        role
        for role, policy in policies.items()
        if GIVEN.removesuffix(":password::") in policy.inputs["policy"]
    ]
    assert readers == ["controller-execution"]


def test_the_credentials_of_github_reach_the_start_up_hook_by_reference() -> None:
    def arn(name: str) -> str:
        return f"arn:aws:secretsmanager:eu-central-1:123456789012:secret:{name}-AbCdEf"

    github = {
        "app_id": "1234",
        "private_key_secret_arn": arn("app"),
        "organizations": ["acme", "labs"],
        "webhook_secret_arn": arn("hooks") + ":secret::",
    }
    container = container_in(parts(controller, {"jenkins": {"github": github}}), "controller")
    secrets = {s["name"]: s["valueFrom"] for s in container["secrets"]}
    assert secrets["JENKINS_GITHUB_APP_KEY"] == arn("app")
    assert secrets["JENKINS_GITHUB_WEBHOOK_SECRET"] == arn("hooks") + ":secret::"
    variables = {v["name"]: v["value"] for v in container["environment"]}
    assert {k: v for k, v in variables.items() if "GITHUB" in k} == {
        "JENKINS_GITHUB_APP_ID": "1234",
        "JENKINS_GITHUB_API_URL": "",
        "JENKINS_GITHUB_ORGANIZATIONS": "acme,labs",
    }
    assert set(variables["VARIABLES_AS_FILES"].split(",")) == secrets.keys()


def test_the_tokens_of_gitlab_and_bitbucket_reach_the_start_up_hook_by_reference() -> None:
    def arn(name: str) -> str:
        return f"arn:aws:secretsmanager:eu-central-1:123456789012:secret:{name}-AbCdEf"

    hook = {"webhook_secret_arn": arn("hooks")}
    given = {
        "gitlab": {"token_secret_arn": arn("gitlab"), "groups": ["acme"], **hook},
        "bitbucket": {
            "token_secret_arn": arn("bitbucket"),
            "workspaces": ["shop"],
            "user_name": "ci@example.com",
        },
    }
    container = container_in(parts(controller, {"jenkins": given}), "controller")
    secrets = {s["name"]: s["valueFrom"] for s in container["secrets"] if "ADMIN" not in s["name"]}
    assert secrets == {
        "JENKINS_GITLAB_TOKEN": arn("gitlab"),
        "JENKINS_GITLAB_WEBHOOK_SECRET": arn("hooks"),
        "JENKINS_BITBUCKET_TOKEN": arn("bitbucket"),
    }
    variables = {v["name"]: v["value"] for v in container["environment"]}
    assert {k: v for k, v in variables.items() if "BITBUCKET" in k and k.endswith("USER")} == {
        "JENKINS_BITBUCKET_USER": "ci@example.com",
        "JENKINS_BITBUCKET_GIT_USER": "x-bitbucket-api-token-auth",
    }


@pytest.mark.parametrize(("given", "value"), [({"tag_value": "team-a"}, "team-a"), ({}, "jenkins")])
def test_jenkins_reads_the_secrets_with_its_tag_only(given: dict[str, str], value: str) -> None:
    credentials = {"tag_key": "ci", **given}
    found = parts(controller, {**SMALL, "jenkins": {"credentials": credentials}})
    policy = of_type(found, "aws:iam/rolePolicy:RolePolicy")["controller-task"].inputs["policy"]
    reading = statements(policy)["ReadCredentials"]
    assert reading["Action"] == ["secretsmanager:GetSecretValue"]
    assert reading["Resource"] == f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:*"
    assert reading["Condition"] == {"StringEquals": {"aws:ResourceTag/ci": value}}
