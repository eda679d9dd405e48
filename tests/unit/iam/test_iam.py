"""Policy documents: who may do what."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from jenkins_platform import iam

CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/agents"
ROLES = ["arn:aws:iam::123456789012:role/execution", "arn:aws:iam::123456789012:role/p/agents/*"]


def resolved(output: pulumi.Output[Any]) -> Any:
    """The value of an output that is known."""
    found: list[Any] = []

    @pulumi.runtime.test  # type: ignore[attr-defined,untyped-decorator]
    def run() -> pulumi.Output[None]:
        return output.apply(found.append)

    run()
    return found[0]


def statements() -> list[dict[str, Any]]:
    return iam.run_agents("families", CLUSTER, "tasks", ROLES, {})


def test_only_calls_without_resources_are_allowed_on_everything() -> None:
    wide = [s["Action"] for s in statements() if s["Resource"] == "*"]
    assert wide == [["ecs:DescribeTaskDefinition"]]


def test_roles_are_passed_by_name_and_to_ecs_tasks_only() -> None:
    (pass_role,) = [s for s in statements() if "iam:PassRole" in s["Action"]]
    assert pass_role["Resource"] == ROLES
    assert pass_role["Condition"] == {
        "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    }


def test_tasks_are_run_watched_and_stopped_on_the_agents_cluster_only() -> None:
    for action in ("ecs:RunTask", "ecs:StopTask", "ecs:DescribeTasks"):
        (statement,) = [s for s in statements() if action in s["Action"]]
        assert statement["Condition"] == {"ArnEquals": {"ecs:cluster": CLUSTER}}, action


def test_every_repository_is_in_the_statements_about_several() -> None:
    repositories = [
        "arn:aws:ecr:eu-central-1:1:repository/a",
        "arn:aws:ecr:eu-central-1:1:repository/b",
    ]
    for grant in (iam.push_images, iam.pull_through, iam.read_scan_findings):
        named = [s["Resource"] for s in grant(repositories) if s["Resource"] != "*"]
        assert named == [repositories], grant.__name__
    assert iam.pull_through([]) == iam.read_scan_findings([]) == []


def test_every_tag_distinguishes_the_tasks_of_the_platform() -> None:
    tags = {"JenkinsPlatform": "jenkins", "team": "build"}
    condition = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
    watching = iam.run_agents("families", CLUSTER, "tasks", ROLES, tags)
    for statement in (*watching, *iam.find_tasks("instances", "tasks", tags)):
        if "ecs:StopTask" in statement["Action"]:
            assert statement["Condition"]["StringEquals"] == condition


def test_jenkins_never_registers_task_definitions() -> None:
    actions = {a for s in statements() for a in s["Action"]}
    assert not {a for a in actions if "Register" in a}


def test_tags_are_set_while_running_a_task_and_never_later() -> None:
    (tag,) = [s for s in statements() if "ecs:TagResource" in s["Action"]]
    assert tag["Condition"] == {"StringEquals": {"ecs:CreateAction": "RunTask"}}


def test_the_file_system_takes_the_controller_by_the_access_point_with_tls() -> None:
    allow, others, deny = iam.file_system("fs", "ap", "controller-role")
    assert (others["Effect"], others["Principal"], others["Condition"]) == (
        "Deny",
        {"AWS": "*"},
        {"ArnNotEquals": {"aws:PrincipalArn": "controller-role"}},
    )
    assert allow["Principal"] == {"AWS": "controller-role"}
    assert allow["Condition"] == {
        "StringEquals": {"elasticfilesystem:AccessPointArn": "ap"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    assert "elasticfilesystem:ClientRootAccess" not in allow["Action"]
    assert (deny["Effect"], deny["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def test_ecs_takes_a_role_for_tasks_of_this_account_only() -> None:
    document = json.loads(resolved(iam.trust("123456789012", "arn:aws:ecs:*:123456789012:*")))
    (statement,) = document["Statement"]
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}


@pytest.mark.parametrize(
    ("image", "repository"),
    [
        (
            "123456789012.dkr.ecr.eu-central-1.amazonaws.com/ci/agent@sha256:" + "0" * 64,
            "arn:aws:ecr:eu-central-1:123456789012:repository/ci/agent",
        ),
        (
            "123456789012.dkr.ecr.us-east-1.amazonaws.com/agent:1",
            "arn:aws:ecr:us-east-1:123456789012:repository/agent",
        ),
    ],
)
def test_images_are_pulled_from_their_own_repositories_only(image: str, repository: str) -> None:
    found = resolved(iam.pull_images("aws", [image, "jenkins/inbound-agent:1"]))
    assert [s["Resource"] for s in found] == ["*", [repository]]
    assert found[0]["Action"] == ["ecr:GetAuthorizationToken"]


def test_the_first_pull_of_an_existing_image_fills_its_cache() -> None:
    """Amazon ECR User Guide, "IAM permissions required to sync an upstream registry"."""
    host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
    found = resolved(iam.pull_images("aws", [f"{host}/ours:1"], [f"{host}/quay/base:1", "a/b:1"]))
    repositories = "arn:aws:ecr:eu-central-1:123456789012:repository"
    assert [s["Resource"] for s in found[1:]] == [
        [f"{repositories}/ours", f"{repositories}/quay/base"],
        [f"{repositories}/quay/base"],
    ]
    assert found[2]["Action"] == ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]


def test_images_outside_of_ecr_need_no_permission() -> None:
    assert resolved(iam.pull_images("aws", ["jenkins/inbound-agent:1"])) == []


def test_secrets_of_several_accounts_and_regions_are_decrypted() -> None:
    """A key is in the account and region of its secret (AWS KMS Developer Guide)."""
    arns = [
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:a-AbCdEf",
        "arn:aws:secretsmanager:us-east-1:210987654321:secret:b-AbCdEf:token::",
    ]
    read, decrypt = resolved(iam.read_secrets(arns))
    plain = [arns[0], arns[1].removesuffix(":token::")]
    assert read["Resource"] == plain
    assert decrypt["Resource"] == [
        "arn:aws:kms:eu-central-1:123456789012:key/*",
        "arn:aws:kms:us-east-1:210987654321:key/*",
    ]
    assert decrypt["Condition"] == {
        "StringEquals": {
            "kms:ViaService": [
                "secretsmanager.eu-central-1.amazonaws.com",
                "secretsmanager.us-east-1.amazonaws.com",
            ]
        },
        "StringLike": {"kms:EncryptionContext:SecretARN": plain},
    }


def test_credentials_are_decrypted_through_secrets_manager_only() -> None:
    secrets = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:*"
    keys = "arn:aws:kms:eu-central-1:123456789012:key/*"
    found = iam.read_credentials(secrets, keys, "eu-central-1", ("team", "ci"))
    read, decrypt = found[1:]
    assert (read["Action"], read["Resource"]) == (["secretsmanager:GetSecretValue"], secrets)
    assert read["Condition"] == {"StringEquals": {"aws:ResourceTag/team": "ci"}}
    assert (decrypt["Action"], decrypt["Resource"]) == (["kms:Decrypt"], keys)
    condition = decrypt["Condition"]
    assert condition["StringLike"] == {"kms:EncryptionContext:SecretARN": secrets}
    via = resolved(pulumi.Output.from_input(condition["StringEquals"]["kms:ViaService"]))
    assert via == ["secretsmanager.eu-central-1.amazonaws.com"]
