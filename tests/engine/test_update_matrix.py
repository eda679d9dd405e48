"""The update matrix: every input changed on a running platform, and what happens to the data.

The changes are generated from the inputs (`harness.inputs.changes`), so that a new input is in
the matrix automatically. The platform is protected, as by default.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.inputs.changes import BY_HAND, Change, inputs, together
from harness.stacks.engine import Stack, platform_program

pytestmark = pytest.mark.long

HOLDERS = (
    "aws:efs/fileSystem:FileSystem jenkins-home",
    "aws:efs/accessPoint:AccessPoint jenkins-home",
    "aws:backup/vault:Vault jenkins-backup",
    "aws:secretsmanager/secret:Secret jenkins-admin-password",
    "aws:ecr/repository:Repository jenkins-applications",
)
"""What holds data in a platform with no arguments."""
OPTIONAL = BY_HAND["storage.replication"] | BY_HAND["backup.copy_to"]
"""Features whose resources hold copies of the data."""
REFUSED = {
    "storage.performance_mode": "'maxIO': it was created with generalPurpose",
    "storage.encryption_key": "'a dedicated key': it was created with the AWS managed key",
    "backup.encryption_key": "'a dedicated key': it was created with the AWS managed key",
    "storage.existing": "protected",
    "images.kms_key_arn": "it was created with the AWS managed key",
    "images.application_repositories": "protected",
    "backup.role_arn": "protected",
    "sign_in.admin_password_secret_arn": "protected",
    "network.existing": "it was created with a created VPC",
    "network.cidr_block": "it was created with 10.42.0.0/16",
    "network.availability_zones": "it was created with the region's zones in alphabetical order",
    "load_balancer.existing": "it was created with a created VPC",
    "load_balancer.scheme": "'internet-facing': it was created with internal",
    "name_prefix": "it was created with a generated name",
}
"""Inputs whose change would cost data or cannot succeed, and why it is refused."""
READ_BY_PROGRAM = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:balancer-AbCdEf"
PROTECT = {"removal_policy": "retain"}


def allowed() -> list[Change]:
    """Every allowed change, in as few steps as possible, with protection except in one step."""
    found = [c for c in inputs() if not c.paths[0].startswith(tuple(REFUSED))]
    (unprotected,) = [c for c in found if c.paths == ["removal_policy"]]
    found.remove(unprotected)
    return [*together(found), unprotected]


@pytest.fixture(scope="module")
def running(
    cloud: LocalCloud, pulumi_command: auto.PulumiCommand, tmp_path_factory: pytest.TempPathFactory
) -> Stack:
    """A platform with no arguments. It is never destroyed, since it is protected."""
    folder = tmp_path_factory.mktemp("matrix")
    stack = Stack(cloud, folder, pulumi_command, platform_program(PROTECT), "matrix")
    stack.up()
    return stack


def planned(stack: Stack, args: dict[str, Any]) -> dict[str, str]:
    """The planned operations of a preview."""
    stack.program = platform_program({**PROTECT, **args})
    stack.preview()
    return stack.changes


def test_a_change_of_inputs_keeps_the_data(running: Stack, subtests: pytest.Subtests) -> None:
    # The program itself reads these inputs.
    secret = running.cloud.client("secretsmanager").create_secret(
        Name="balancer", SecretString="a value"
    )
    running.cloud.client("ecs").create_cluster(
        clusterName="shared", capacityProviders=["FARGATE", "FARGATE_SPOT"]
    )
    for change in allowed():
        with subtests.test(f"{len(change.paths)} inputs"):
            args = json.loads(json.dumps(change.args).replace(READ_BY_PROGRAM, secret["ARN"]))
            plan = planned(running, args)
            assert plan, "the inputs change at least one resource"
            found = {plan.get(holder, "same") for holder in HOLDERS}
            assert found <= {"same", "update"}, change.paths


@pytest.mark.parametrize("path", REFUSED)
def test_a_change_that_would_cost_data_is_refused_with_a_reason(running: Stack, path: str) -> None:
    args = BY_HAND.get(path) or next(c.args for c in inputs() if c.paths == [path])
    with pytest.raises(auto.CommandError):
        planned(running, args)
    assert any(REFUSED[path] in error for error in running.errors), running.errors
    assert {running.changes.get(holder, "same") for holder in HOLDERS} <= {"same", "update"}


def test_optional_features_can_be_removed_without_losing_data(running: Stack) -> None:
    running.program = platform_program({**OPTIONAL, **PROTECT})
    running.up()
    copies = "aws:backup/vault:Vault jenkins-backup-copies"
    holders = {*HOLDERS, copies, "aws:kms/key:Key jenkins-backup-copies-key"}
    assert copies in running.changes
    with pytest.raises(auto.CommandError):
        planned(running, {})
    assert any("because it is protected" in error for error in running.errors)
    kept = {"backup": {"copy_to": OPTIONAL["backup"]["copy_to"]}}
    plan = planned(running, OPTIONAL | kept)
    assert {plan.get(holder, "same") for holder in holders} <= {"same", "update"}
    other = {"copy_to": {**OPTIONAL["backup"]["copy_to"], "region": "eu-west-2"}}
    with pytest.raises(auto.CommandError):
        planned(running, {"backup": other})
    assert any("it was created with eu-west-1" in error for error in running.errors)


def test_artifacts_in_s3_are_not_deleted_when_builds_store_them_in_the_home_again(
    running: Stack,
) -> None:
    # With what the test before has left, which cannot be removed either.
    args = {**OPTIONAL, **PROTECT}
    running.program = platform_program({**args, "jenkins": {"artifacts": "s3"}})
    running.up()
    s3 = running.cloud.client("s3")
    (bucket,) = [b["Name"] for b in s3.list_buckets()["Buckets"] if "artifacts" in b["Name"]]
    s3.put_object(Bucket=bucket, Key="job/1/artifacts/app.jar", Body=b"content")
    running.program = platform_program({**args, "jenkins": {"artifacts": "home"}})
    with pytest.raises(auto.CommandError):
        running.up()
    refused = [e for e in running.errors if "jenkins-artifacts" in e and "protected" in e]
    assert refused, running.errors
    assert s3.get_object(Bucket=bucket, Key="job/1/artifacts/app.jar")["Body"].read() == b"content"
