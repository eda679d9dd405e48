"""Restores, with requests and responses validated by botocore against AWS's models."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.stub import Stubber
from jenkins_platform_cli.account.drill import in_words
from jenkins_platform_cli.account.recovery import Home, Recovery

from harness.aws.clients import session

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
POINT = "arn:aws:backup:eu-central-1:123456789012:recovery-point:{}"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/home"
ROLE = "arn:aws:iam::123456789012:role/jenkins-platform/a/a-backup"
CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/controller"
PLAN = "arn:aws:backup:eu-central-1:123456789012:restore-testing-plan:drill"
HOME = Home("fs-0a", "vault", ROLE, CLUSTER, "jenkins", "sg-0a1b2c3d", {"team": "build"}, PLAN)
VAULT = {"BackupVaultName": "vault"}
LIST = "list_recovery_points_by_backup_vault"
OF_EFS = {**VAULT, "ByResourceType": "EFS"}
JOB = {
    "RestoreJobId": "job",
    "RecoveryPointArn": POINT.format("new"),
    "CreationDate": NOW,
    "RecoveryPointCreationDate": NOW - timedelta(hours=5),
}

MOVE = """set -e
set -- /restored/aws-backup-restore_*/jenkins-home
test "$#" = 1 -a -d "$1"
mv "$1" /restored/jenkins-home
chown 1000:1000 /restored/jenkins-home
"""
"""Nothing is moved unless there is exactly one restored folder."""


class Aws:
    """Clients that accept only the calls that a test expects."""

    def __init__(self) -> None:
        self.clients: dict[str, Any] = {n: session().client(n) for n in ("backup", "efs", "ecs")}  # type: ignore[call-overload]
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}
        for stub in self.stubs.values():
            stub.activate()
        self.pauses = 0
        self.progress: list[tuple[str, int, int]] = []

    def expect(self, service: str, call: str, sent: Any, answer: Any) -> None:
        self.stubs[service].add_response(call, answer, sent)

    def recovery(self) -> Recovery:
        def pause() -> None:
            self.pauses += 1

        return Recovery(HOME, self.clients.__getitem__, self, pause)

    def say(self, message: str) -> None: ...

    def advance(self, label: str, done: int, total: int) -> None:
        self.progress.append((label, done, total))


@pytest.fixture
def aws() -> Iterator[Aws]:
    aws = Aws()
    yield aws
    for stub in aws.stubs.values():
        stub.assert_no_pending_responses()


def point(name: str, hours: int, status: str = "COMPLETED") -> dict[str, Any]:
    return {
        "RecoveryPointArn": POINT.format(name),
        "CreationDate": NOW - timedelta(hours=hours),
        "Status": status,
        "EncryptionKeyArn": f"{KEY}-of-vault",
    }


def test_the_newest_completed_recovery_point_of_all_pages_is_chosen(aws: Aws) -> None:
    first = {"RecoveryPoints": [point("old", 30), point("part", 1, "PARTIAL")], "NextToken": "t"}
    aws.expect("backup", LIST, OF_EFS, first)
    last = {"RecoveryPoints": [point("new", 5), point("older", 50)]}
    aws.expect("backup", LIST, {**OF_EFS, "NextToken": "t"}, last)
    assert aws.recovery().point(None)["RecoveryPointArn"] == POINT.format("new")


def test_an_unknown_recovery_point_is_reported_with_the_newest(aws: Aws) -> None:
    aws.expect("backup", LIST, OF_EFS, {"RecoveryPoints": [point("new", 5)]})
    with pytest.raises(RuntimeError, match=r"no completed recovery point x\. Its newest is .*:new"):
        aws.recovery().point("x")
    aws.expect("backup", LIST, OF_EFS, {"RecoveryPoints": []})
    with pytest.raises(RuntimeError, match="The vault vault has no completed recovery point yet"):
        aws.recovery().point(None)


def expect_job(aws: Aws, key: str, systems: list[dict[str, Any]], *answers: dict[str, Any]) -> None:
    arn = POINT.format("new")
    aws.expect(
        "backup",
        "get_recovery_point_restore_metadata",
        {**VAULT, "RecoveryPointArn": arn},
        {"RestoreMetadata": {"file-system-id": "fs-0a", "ItemsToRestore": "[]"}},
    )
    aws.expect("efs", "describe_file_systems", {}, {"FileSystems": systems})
    metadata = {
        "file-system-id": "fs-0a",
        "newFileSystem": "true",
        "CreationToken": "restore-1",
        "Encrypted": "true",
        "KmsKeyId": key,
    }
    aws.expect(
        "backup",
        "start_restore_job",
        {
            "RecoveryPointArn": arn,
            "IamRoleArn": ROLE,
            "ResourceType": "EFS",
            "IdempotencyToken": "restore-1",
            "Metadata": metadata,
        },
        {"RestoreJobId": "job"},
    )
    for answer in answers:
        aws.expect("backup", "describe_restore_job", {"RestoreJobId": "job"}, {**JOB, **answer})


def system(name: str) -> dict[str, Any]:
    """A file system with the required members of EFS."""
    return {
        "OwnerId": "123456789012",
        "CreationToken": name,
        "FileSystemId": name,
        "CreationTime": NOW,
        "LifeCycleState": "available",
        "NumberOfMountTargets": 1,
        "SizeInBytes": {"Value": 1},
        "PerformanceMode": "generalPurpose",
        "Tags": [],
        "KmsKeyId": KEY,
    }


def test_a_restore_creates_a_file_system_with_the_key_of_the_one_in_use(aws: Aws) -> None:
    arn = "arn:aws:elasticfilesystem:eu-central-1:123456789012:file-system/fs-0b"
    ended = NOW + timedelta(minutes=12)
    expect_job(
        aws,
        KEY,
        [system("fs-0c"), system("fs-0a")],
        {"Status": "PENDING"},
        {"Status": "RUNNING", "PercentDone": "12.34%"},
        {"Status": "RUNNING", "PercentDone": "12.90%"},
        {"Status": "COMPLETED", "CompletionDate": ended, "CreatedResourceArn": arn},
    )
    restored, drill = aws.recovery().restore(point("new", 5), "restore-1")
    assert (restored, aws.pauses) == ("fs-0b", 3)
    assert aws.progress == [("restored", 12, 100)]
    assert (drill.seconds, drill.data_age_seconds) == (720.0, 18000.0)


def test_a_failed_restore_without_the_original_file_system_is_reported(aws: Aws) -> None:
    failed = {"Status": "FAILED", "StatusMessage": "no such key"}
    expect_job(aws, f"{KEY}-of-vault", [], failed)
    with pytest.raises(RuntimeError, match="Restore job job is FAILED: no such key"):
        aws.recovery().restore(point("new", 5), "restore-1")


NETWORK = {"subnets": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"], "securityGroups": ["sg-0a1b2c3e"]}
LOG = {"logDriver": "awslogs", "options": {"awslogs-group": "controller"}}


def expect_move(aws: Aws, exit_code: int) -> None:
    """The calls that move a home, including the cleanup."""
    service = {
        "taskDefinition": "jenkins:3",
        "networkConfiguration": {"awsvpcConfiguration": NETWORK},
    }
    asked = {"cluster": CLUSTER, "services": ["jenkins"]}
    aws.expect("ecs", "describe_services", asked, {"services": [service]})
    target = {
        "MountTargetId": "fsmt-0a1b2c3d",
        "FileSystemId": "fs-0b",
        "SubnetId": "subnet-0a1b2c3d",
        "LifeCycleState": "creating",
    }
    with_group = {
        "FileSystemId": "fs-0b",
        "SubnetId": "subnet-0a1b2c3d",
        "SecurityGroups": ["sg-0a1b2c3d"],
    }
    aws.expect("efs", "create_mount_target", with_group, target)
    for state in ("creating", "available"):
        answer = {"MountTargets": [{**target, "LifeCycleState": state}]}
        aws.expect("efs", "describe_mount_targets", {"MountTargetId": "fsmt-0a1b2c3d"}, answer)
    model = {
        "family": "jenkins",
        "executionRoleArn": "arn:execution",
        "containerDefinitions": [{"image": "jenkins@sha256:1", "logConfiguration": LOG}],
    }
    asked_for = {"taskDefinition": "jenkins:3"}
    aws.expect("ecs", "describe_task_definition", asked_for, {"taskDefinition": model})
    aws.expect(
        "ecs",
        "register_task_definition",
        {
            "family": "jenkins-restore",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "cpu": "256",
            "memory": "512",
            "executionRoleArn": "arn:execution",
            "volumes": [
                {
                    "name": "restored",
                    "efsVolumeConfiguration": {
                        "fileSystemId": "fs-0b",
                        "transitEncryption": "ENABLED",
                    },
                }
            ],
            "containerDefinitions": [
                {
                    "name": "move",
                    "image": "jenkins@sha256:1",
                    "user": "0",
                    "entryPoint": ["sh", "-c"],
                    "command": [MOVE],
                    "mountPoints": [{"sourceVolume": "restored", "containerPath": "/restored"}],
                    "logConfiguration": LOG,
                }
            ],
        },
        {"taskDefinition": {"taskDefinitionArn": "arn:move"}},
    )
    aws.expect(
        "ecs",
        "run_task",
        {
            "cluster": CLUSTER,
            "taskDefinition": "arn:move",
            "launchType": "FARGATE",
            "networkConfiguration": {
                "awsvpcConfiguration": {**NETWORK, "subnets": ["subnet-0a1b2c3d"]}
            },
        },
        {"tasks": [{"taskArn": "arn:task"}]},
    )
    done = {"lastStatus": "STOPPED", "containers": [{"exitCode": exit_code}]}
    asked = {"cluster": CLUSTER, "tasks": ["arn:task"]}
    aws.expect("ecs", "describe_tasks", asked, {"tasks": [done]})
    aws.expect("ecs", "deregister_task_definition", {"taskDefinition": "arn:move"}, {})
    aws.expect("efs", "delete_mount_target", {"MountTargetId": "fsmt-0a1b2c3d"}, {})


def test_one_task_moves_the_restored_home(aws: Aws) -> None:
    expect_move(aws, exit_code=0)
    owner = {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "0750"}
    aws.expect(
        "efs",
        "create_access_point",
        {
            "ClientToken": "fs-0b",
            "FileSystemId": "fs-0b",
            "PosixUser": {"Uid": 1000, "Gid": 1000},
            "RootDirectory": {"Path": "/jenkins-home", "CreationInfo": owner},
            "Tags": [{"Key": "team", "Value": "build"}],
        },
        {"AccessPointId": "fsap-0b"},
    )
    assert aws.recovery().move_home("fs-0b") == "fsap-0b"


def test_a_failed_move_is_reported_and_cleaned_up(aws: Aws) -> None:
    expect_move(aws, exit_code=1)
    with pytest.raises(RuntimeError, match="Task arn:task could not move the restored home"):
        aws.recovery().move_home("fs-0b")


def test_a_drill_never_deletes_the_file_system_in_use(aws: Aws) -> None:
    with pytest.raises(RuntimeError, match="fs-0a is the file system in use"):
        aws.recovery().remove("fs-0a")
    aws.expect("efs", "delete_file_system", {"FileSystemId": "fs-0b"}, {})
    aws.recovery().remove("fs-0b")


def test_scheduled_drills_have_duration_and_age_of_data(aws: Aws) -> None:
    ended = {**JOB, "Status": "COMPLETED", "CompletionDate": NOW + timedelta(seconds=90)}
    later = {**JOB, "Status": "RUNNING", "CreationDate": NOW + timedelta(days=7)}
    sent = {"ByRestoreTestingPlanArn": PLAN}
    aws.expect("backup", "list_restore_jobs", sent, {"RestoreJobs": [ended, later]})
    newest, first = aws.recovery().drills()
    assert (newest.status, newest.seconds) == ("RUNNING", None)
    assert (first.seconds, first.data_age_seconds) == (90.0, 18000.0)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "-"), (0, "0 seconds"), (59.6, "1 minute"), (3660, "1 hour and 1 minute")],
)
def test_durations_in_words(seconds: float | None, words: str) -> None:
    assert in_words(seconds) == words
