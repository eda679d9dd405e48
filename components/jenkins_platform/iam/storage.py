"""Permissions on the Jenkins home, its backups, keys and buckets."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from ..outputs import concat
from ..settings.facts.regions import via
from .document import ArnInput, Statement, allow


def mount_home(file_system: ArnInput, access_point: ArnInput) -> Statement:
    """Mount the home through its access point; never as root."""
    return allow(
        "MountHome",
        ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        file_system,
        {"StringEquals": {"elasticfilesystem:AccessPointArn": access_point}},
    )


def file_system(
    file_system: ArnInput, access_point: ArnInput, controller_role: ArnInput
) -> list[Statement]:
    """File system policy: only the controller's role, only through the access point, only with
    TLS. The denial holds for all others, whatever their own policies allow, and for clients without
    IAM, which have no ``aws:PrincipalArn``."""
    may_mount = mount_home(file_system, access_point)
    return [
        {
            **may_mount,
            "Principal": {"AWS": controller_role},
            "Condition": {
                **may_mount["Condition"],
                "Bool": {"aws:SecureTransport": "true"},
            },
        },
        {
            "Sid": "OnlyTheController",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": [
                "elasticfilesystem:ClientMount",
                "elasticfilesystem:ClientRootAccess",
                "elasticfilesystem:ClientWrite",
            ],
            "Resource": file_system,
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": controller_role}},
        },
        {
            "Sid": "NothingWithoutTls",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "*",
            "Resource": file_system,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]


def back_up(
    file_system: ArnInput,
    vaults: Sequence[ArnInput],
    recovery_points: ArnInput,
    copies: ArnInput | None,
) -> list[Statement]:
    """Back up one file system, and copy its recovery points to one other vault.

    The part for EFS of AWS's own AWSBackupServiceRolePolicyForBackup, for named resources.
    """
    reading = ["elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"]
    filling = ["backup:DescribeBackupVault", "backup:CopyIntoBackupVault"]
    only_there = {"ForAllValues:ArnEquals": {"backup:CopyTargets": [copies]}}
    copying = allow("CopyRecoveryPoints", ["backup:CopyFromBackupVault"], "*", only_there)
    return [
        allow("BackUpHome", reading, file_system),
        allow("FillVaults", filling, vaults),
        allow("TagRecoveryPoints", ["backup:TagResource"], recovery_points),
        # CopyFromBackupVault supports no resources (Service Authorization Reference).
        *([copying] if copies is not None else []),
    ]


def restore(file_systems: ArnInput, home: ArnInput) -> list[Statement]:
    """Restore to new file systems, whose ids are not known in advance; never delete the home.

    The part for EFS of AWS's own AWSBackupServiceRolePolicyForRestores.
    """
    actions = ("Restore", "CreateFileSystem", "DescribeFileSystems", "TagResource")
    removing = ["elasticfilesystem:DeleteFileSystem"]
    restoring = [f"elasticfilesystem:{name}" for name in actions]
    return [
        allow("RestoreToNewFileSystems", [*restoring, *removing], file_systems),
        allow("NeverRemoveTheHome", removing, home) | {"Effect": "Deny"},
    ]


def use_keys(keys: Sequence[ArnInput], region: ArnInput) -> list[Statement]:
    """Use KMS keys for file systems and recovery points, and for nothing else."""

    def services(known: str) -> list[str]:
        return [host for s in ("elasticfilesystem", "backup") for host in via(s, known, "*")]

    names = ("Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext")
    actions = [f"kms:{name}" for name in (*names, "ReEncryptFrom", "ReEncryptTo")]
    if not keys:
        return []
    return [
        allow("DescribeKeys", ["kms:DescribeKey"], keys),
        allow(
            "UseKeys",
            actions,
            keys,
            {"StringLike": {"kms:ViaService": pulumi.Output.from_input(region).apply(services)}},
        ),
        allow(
            "LendKeys", ["kms:CreateGrant"], keys, {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        ),
    ]


def own_key(account_id: ArnInput, partition: ArnInput) -> Statement:
    """Statement of a key policy: IAM policies of this account control access to the key."""
    root = concat("arn:", partition, ":iam::", account_id, ":root")
    return allow("IamDecides", ["kms:*"], "*") | {"Principal": {"AWS": root}}


def store_artifacts(bucket: ArnInput) -> list[Statement]:
    """What the artifact-manager-s3 plugin calls in its bucket. Without ``s3:DeleteObjectVersion``,
    what is deleted can be restored until it expires."""
    objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    return [
        allow("FindArtifacts", ["s3:ListBucket", "s3:GetBucketLocation"], bucket),
        allow("StoreArtifacts", objects, concat(bucket, "/*")),
    ]


def only_with_tls(bucket: ArnInput) -> Statement:
    """Statement of a bucket policy: plain HTTP is denied."""
    return {
        "Sid": "NothingWithoutTls",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [bucket, concat(bucket, "/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
