"""The file system: encryption, access, mount targets, and what an update never touches."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.testing import Registration

from harness.inputs.lean import SMALL
from harness.stacks.mocks import platform
from harness.stacks.parts import home, parts
from harness.stacks.registered import ACCOUNT, EVERYTHING, inputs, of_type, one, only, statements

FILE_SYSTEM = "aws:efs/fileSystem:FileSystem"
ACCESS_POINT = "aws:efs/accessPoint:AccessPoint"
MOUNT_TARGET = "aws:efs/mountTarget:MountTarget"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
POLICY = "aws:efs/fileSystemPolicy:FileSystemPolicy"
EXISTING = {"file_system_id": "fs-0a1b2c3d", "access_point_id": "fsap-0a1b2c3d"}


def registered(**args: Any) -> list[Registration]:
    return parts(home, {**SMALL, **args})


@pytest.fixture(scope="module")
def default() -> list[Registration]:
    return registered()


@pytest.fixture(scope="module")
def destroyed() -> list[Registration]:
    return registered(removal_policy="destroy")


@pytest.fixture(scope="module")
def everything() -> list[Registration]:
    return platform(EVERYTHING)


def test_the_file_system_is_encrypted_and_elastic_by_default(default: list[Registration]) -> None:
    assert inputs(only(default, FILE_SYSTEM)) == {
        "creationToken": "jenkins-abcdef-home",
        "encrypted": True,
        "performanceMode": "generalPurpose",
        "throughputMode": "elastic",
    }


def test_every_option_reaches_the_file_system(everything: list[Registration]) -> None:
    assert inputs(only(everything, FILE_SYSTEM)) == {
        "creationToken": "jenkins-abcdef-home",
        "encrypted": True,
        "kmsKeyId": f"{ARN}:jenkins-home-key",
        "performanceMode": "generalPurpose",
        "throughputMode": "bursting",
        "lifecyclePolicies": [
            {"transitionToIa": "AFTER_30_DAYS"},
            {"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
        ],
    }


def test_each_transition_is_a_lifecycle_policy() -> None:
    storage = {
        "throughput_mode": "elastic",
        "transition_to_ia_after": "AFTER_30_DAYS",
        "transition_to_archive_after": "AFTER_90_DAYS",
        "transition_to_primary_on_access": False,
    }
    assert only(registered(storage=storage), FILE_SYSTEM).inputs["lifecyclePolicies"] == [
        {"transitionToIa": "AFTER_30_DAYS"},
        {"transitionToArchive": "AFTER_90_DAYS"},
    ]


def test_the_archive_alone_gives_files_back_on_access() -> None:
    storage = {"throughput_mode": "elastic", "transition_to_archive_after": "AFTER_90_DAYS"}
    assert only(registered(storage=storage), FILE_SYSTEM).inputs["lifecyclePolicies"] == [
        {"transitionToArchive": "AFTER_90_DAYS"},
        {"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]


def test_provisioned_throughput_reaches_the_file_system() -> None:
    storage = {"throughput_mode": "provisioned", "provisioned_throughput_mibps": 10}
    found = only(registered(storage=storage), FILE_SYSTEM).inputs
    assert (found["throughputMode"], found["provisionedThroughputInMibps"]) == ("provisioned", 10)


def test_file_system_and_access_point_are_kept_unless_the_removal_policy_is_destroy(
    default: list[Registration], destroyed: list[Registration]
) -> None:
    for token in (FILE_SYSTEM, ACCESS_POINT):
        for found, kept in ((default, True), (destroyed, False)):
            resource = only(found, token)
            assert (resource.protect, resource.retain) == (kept, kept), token


def test_the_file_system_ignores_changes_that_would_replace_it(
    default: list[Registration], destroyed: list[Registration]
) -> None:
    for found in (default, destroyed):
        assert only(found, FILE_SYSTEM).ignore_changes == (
            "creationToken",
            "encrypted",
            "kmsKeyId",
            "performanceMode",
        )


def test_the_access_point_makes_the_jenkins_user_the_owner_of_the_home(
    default: list[Registration],
) -> None:
    assert inputs(only(default, ACCESS_POINT)) == {
        "fileSystemId": "jenkins-home-id",
        "posixUser": {"uid": 1000, "gid": 1000},
        "rootDirectory": {
            "path": "/jenkins-home",
            "creationInfo": {"ownerUid": 1000, "ownerGid": 1000, "permissions": "0750"},
        },
    }


def test_each_zone_has_a_mount_target_in_the_private_subnet(
    everything: list[Registration],
) -> None:
    targets = of_type(everything, MOUNT_TARGET)
    assert {role: inputs(r) for role, r in targets.items()} == {
        f"home-{index}": {
            "fileSystemId": "jenkins-home-id",
            "subnetId": f"jenkins-private-{index}-id",
            "securityGroups": ["jenkins-storage-id"],
        }
        for index in range(3)
    }


def test_only_the_controller_mounts_the_home_over_tls() -> None:
    policy = one(POLICY, SMALL)
    assert policy.inputs["fileSystemId"] == "jenkins-home-id"
    allow, others, deny = statements(policy.inputs["policy"]).values()
    assert allow == {
        "Effect": "Allow",
        "Principal": {"AWS": f"{ARN}:jenkins-controller-task"},
        "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        "Resource": f"{ARN}:jenkins-home",
        "Condition": {
            "StringEquals": {"elasticfilesystem:AccessPointArn": f"{ARN}:jenkins-home"},
            "Bool": {"aws:SecureTransport": "true"},
        },
    }
    assert others == {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": [f"elasticfilesystem:Client{name}" for name in ("Mount", "RootAccess", "Write")],
        "Resource": f"{ARN}:jenkins-home",
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": f"{ARN}:jenkins-controller-task"}},
    }
    assert deny == {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Resource": f"{ARN}:jenkins-home",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_the_home_is_replicated_with_a_key_of_the_other_region(
    everything: list[Registration],
) -> None:
    replication = only(everything, "aws:efs/replicationConfiguration:ReplicationConfiguration")
    assert inputs(replication) == {
        "sourceFileSystemId": "jenkins-home-id",
        "destination": {"region": "eu-west-1", "kmsKeyId": f"{ARN}:jenkins-replica-key"},
    }
    # EFS allows one replication for a file system.
    assert replication.delete_before_replace
    key = of_type(everything, "aws:kms/key:Key")["replica-key"]
    assert key.inputs["region"] == "eu-west-1"
    assert (key.protect, key.retain) == (True, True)


def test_an_existing_file_system_is_connected_and_left_as_it_is() -> None:
    found = registered(storage={"existing": EXISTING | {"connect": True}})
    assert of_type(found, FILE_SYSTEM) == {}
    assert of_type(found, ACCESS_POINT) == {}
    targets = of_type(found, MOUNT_TARGET).values()
    assert {r.inputs["fileSystemId"] for r in targets} == {"fs-0a1b2c3d"}
    policy = only(found, POLICY)
    allow = next(iter(statements(policy.inputs["policy"]).values()))
    prefix = f"arn:aws:elasticfilesystem:eu-central-1:{ACCOUNT}"
    assert allow["Resource"] == f"{prefix}:file-system/fs-0a1b2c3d"
    assert allow["Condition"]["StringEquals"] == {
        "elasticfilesystem:AccessPointArn": f"{prefix}:access-point/fsap-0a1b2c3d"
    }


def test_an_existing_file_system_with_mount_targets_gets_none() -> None:
    found = registered(storage={"existing": EXISTING})
    for token in (MOUNT_TARGET, POLICY):
        assert of_type(found, token) == {}
