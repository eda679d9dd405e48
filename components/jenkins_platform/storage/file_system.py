"""Storage: the EFS file system that is the only state of Jenkins."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..base.immutable import ensure_unchanged, key_choice
from ..base.kms_key import data_key
from ..base.reference import Reference
from ..base.roles import Role
from ..outputs import concat
from ..settings.storage import Replication

HOME_OWNER = 1000
"""User and group id of ``jenkins`` in the official image."""
HOME_PATH = "/jenkins-home"
"""Path of the home in the file system."""
_IMMUTABLE = ("creation_token", "encrypted", "kms_key_id", "performance_mode")
"""What EFS cannot change in an existing file system."""
_REMEDY = (
    "Set it back. To move the home, restore a backup to a new file system: jenkins-platform restore"
)


class Storage(SubComponent):
    """An encrypted file system, for the controller only, through one access point.

    Args:
        context: The platform.
        subnet_ids: Subnets of the mount targets.
        security_group_id: Security group of the mount targets.
        controller_role_arn: The only role that can mount the home.

    Attributes:
        file_system: The file system, created or existing.
        access_point: Access point of the home.
        mount_targets: One in each zone; empty with those of an existing file system.
        key_arn: ARN of the KMS key; None for the AWS managed key or an unknown one.
    """

    def __init__(
        self,
        context: Context,
        subnet_ids: Sequence[pulumi.Output[str]],
        security_group_id: pulumi.Output[str] | None,
        controller_role_arn: pulumi.Output[str],
    ) -> None:
        super().__init__("storage", context)
        self.key_arn: pulumi.Output[str] | None = None
        self.mount_targets: list[aws.efs.MountTarget] = []
        if existing := context.settings.storage.existing:
            self.file_system = self._existing("file-system", existing.file_system_id)
            self.access_point = self._existing("access-point", existing.access_point_id)
        else:
            self._create()
        if security_group_id is not None:
            self._connect(subnet_ids, security_group_id, controller_role_arn)
        self.register_outputs(
            {"file_system_id": self.file_system.id, "access_point_id": self.access_point.id}
        )

    def grant_mount(self, role: Role) -> None:
        """Let a role mount the home."""
        role.allow(iam.mount_home(self.file_system.arn, self.access_point.arn))

    def _existing(self, kind: str, identifier: pulumi.Input[str]) -> Reference:
        arn = self.context.arn("elasticfilesystem", concat(f"{kind}/", identifier))
        return Reference(pulumi.Output.from_input(identifier), arn)

    def _create(self) -> None:
        context, settings = self.context, self.context.settings.storage
        choices = {
            "storage.performance_mode": settings.performance_mode.value,
            "storage.encryption_key": key_choice(settings.encryption_key),
        }
        ensure_unchanged(self, "home", choices, _REMEDY)
        self.key_arn = data_key(self, "home-key", settings.encryption_key)
        file_system = aws.efs.FileSystem(
            f"{context.name}-home",
            # The same at every attempt, so that EFS refuses to create a second home.
            creation_token=concat(context.handle, "-home"),
            encrypted=True,
            kms_key_id=self.key_arn,
            performance_mode=settings.performance_mode.value,
            throughput_mode=settings.throughput_mode.value,
            provisioned_throughput_in_mibps=settings.provisioned_throughput_mibps,
            lifecycle_policies=self._transitions() or None,
            tags=context.tags("home"),
            opts=self.retained_child(*_IMMUTABLE),
        )
        if settings.replication:
            self._replicate(file_system, settings.replication)
        self.file_system = Reference(file_system.id, file_system.arn)
        access_point = aws.efs.AccessPoint(
            f"{context.name}-home",
            file_system_id=self.file_system.id,
            posix_user={"uid": HOME_OWNER, "gid": HOME_OWNER},
            root_directory={
                "path": HOME_PATH,
                "creation_info": {
                    "owner_uid": HOME_OWNER,
                    "owner_gid": HOME_OWNER,
                    "permissions": "0750",
                },
            },
            tags=context.tags("home"),
            opts=self.retained_child(),
        )
        self.access_point = Reference(access_point.id, access_point.arn)

    def _transitions(self) -> list[aws.efs.FileSystemLifecyclePolicyArgsDict]:
        """The lifecycle policies; EFS expects each transition in a separate one."""
        settings = self.context.settings.storage
        policies: list[aws.efs.FileSystemLifecyclePolicyArgsDict] = []
        if settings.transition_to_ia_after:
            policies.append({"transition_to_ia": settings.transition_to_ia_after.value})
        if settings.transition_to_archive_after:
            policies.append({"transition_to_archive": settings.transition_to_archive_after.value})
        if policies and settings.transition_to_primary_on_access:
            policies.append({"transition_to_primary_storage_class": "AFTER_1_ACCESS"})
        return policies

    def _replicate(self, file_system: aws.efs.FileSystem, replication: Replication) -> None:
        region = self.context.other_region("storage.replication.region", replication.region)
        key = data_key(self, "replica-key", replication.encryption_key, region=region)
        aws.efs.ReplicationConfiguration(
            f"{self.context.name}-home",
            source_file_system_id=file_system.id,
            destination={"region": region, "kms_key_id": key},
            # EFS allows one for each file system; the replica stays.
            opts=self.child(delete_before_replace=True),
        )

    def _connect(
        self,
        subnet_ids: Sequence[pulumi.Output[str]],
        security_group_id: pulumi.Output[str],
        controller_role_arn: pulumi.Output[str],
    ) -> None:
        name, file_system = self.context.name, self.file_system
        aws.efs.FileSystemPolicy(
            f"{name}-home",
            file_system_id=file_system.id,
            policy=iam.document(
                *iam.file_system(file_system.arn, self.access_point.arn, controller_role_arn)
            ),
            opts=self.child(),
        )
        self.mount_targets = [
            aws.efs.MountTarget(
                f"{name}-home-{index}",
                file_system_id=file_system.id,
                subnet_id=subnet,
                security_groups=[security_group_id],
                # EFS allows one in each zone.
                opts=self.child(delete_before_replace=True),
            )
            for index, subnet in enumerate(subnet_ids)
        ]
