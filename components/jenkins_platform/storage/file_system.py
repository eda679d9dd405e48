"""Storage: the EFS file system that is the only state of Jenkins."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..base.immutable import ensure_unchanged, key_choice
from ..base.kms_key import key_arn
from ..base.roles import Roles
from ..network.security_groups import SecurityGroups
from ..network.vpc import Network
from ..outputs import concat
from ..settings.storage import ExistingStorage, Replication

HOME_OWNER = 1000
"""User and group id of ``jenkins`` in the official image."""
HOME_PATH = "/jenkins-home"
"""Where the home is in the file system."""
_FIXED = ("creation_token", "encrypted", "kms_key_id", "performance_mode")
"""What EFS can never change in a file system that is there."""
_WAY_OUT = (
    "Set it back. To move the home, restore a backup to a new file system: jenkins-platform restore"
)


@dataclass(frozen=True)
class Named:
    """A resource, made or adopted, by what others need of it."""

    id: pulumi.Output[str]
    arn: pulumi.Output[str]


class Storage(SubComponent):
    """An encrypted file system, reached by the controller only, through one access point.

    Attributes:
        file_system: The file system, made or adopted.
        access_point: The way to the home in it.
        mount_targets: One in each zone; none where those of an adopted file system are used.
        key_arn: ARN of the KMS key of the file system; None for AWS's own or an unknown one.
    """

    def __init__(
        self, context: Context, network: Network, groups: SecurityGroups, roles: Roles
    ) -> None:
        super().__init__("storage", context)
        self.key_arn: pulumi.Output[str] | None = None
        self.mount_targets: list[aws.efs.MountTarget] = []
        adopted = context.settings.storage.existing
        if adopted:
            self._adopt(adopted)
        else:
            self._make()
        if context.settings.storage.connects:
            self._connect(network, groups, roles)
        self.register_outputs({})

    def _adopt(self, adopted: ExistingStorage) -> None:
        def named(kind: str, given: pulumi.Input[str]) -> Named:
            path = concat(f"{kind}/", given)
            arn = self.context.arn("elasticfilesystem", path)
            return Named(pulumi.Output.from_input(given), arn)

        self.file_system = named("file-system", adopted.file_system_id)
        self.access_point = named("access-point", adopted.access_point_id)

    def _make(self) -> None:
        context, settings = self.context, self.context.settings.storage
        choices = {
            "storage.performance_mode": settings.performance_mode.value,
            "storage.encryption_key": key_choice(settings.encryption_key),
        }
        allowed = ensure_unchanged(self, "home", choices, _WAY_OUT)
        self.key_arn = key_arn(self, "home-key", settings.encryption_key, allowed=allowed)
        file_system = aws.efs.FileSystem(
            f"{context.name}-home",
            # The same at every try, so that EFS itself refuses to make a second home.
            creation_token=concat(context.handle, "-home"),
            encrypted=True,
            kms_key_id=self.key_arn,
            performance_mode=settings.performance_mode.value,
            throughput_mode=settings.throughput_mode.value,
            provisioned_throughput_in_mibps=settings.provisioned_throughput_mibps,
            lifecycle_policies=self._transitions() or None,
            tags=context.tags("home"),
            opts=self.keep(*_FIXED),
        )
        if settings.replication:
            self._replicate(file_system, settings.replication)
        self.file_system = Named(file_system.id, file_system.arn)
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
            opts=self.keep(),
        )
        self.access_point = Named(access_point.id, access_point.arn)

    def _transitions(self) -> list[aws.efs.FileSystemLifecyclePolicyArgsDict]:
        """The lifecycle policies; EFS wants each transition in one of its own."""
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
        key = key_arn(self, "replica-key", replication.encryption_key, region=region)
        aws.efs.ReplicationConfiguration(
            f"{self.context.name}-home",
            source_file_system_id=file_system.id,
            destination={"region": region, "kms_key_id": key},
            # EFS allows one for a file system; the copy that it made stays.
            opts=self.child(delete_before_replace=True),
        )

    def _connect(self, network: Network, groups: SecurityGroups, roles: Roles) -> None:
        name, file_system = self.context.name, self.file_system
        aws.efs.FileSystemPolicy(
            f"{name}-home",
            file_system_id=file_system.id,
            policy=iam.document(
                *iam.file_system(file_system.arn, self.access_point.arn, roles.controller.arn)
            ),
            opts=self.child(),
        )
        self.mount_targets = [
            aws.efs.MountTarget(
                f"{name}-home-{index}",
                file_system_id=file_system.id,
                subnet_id=subnet,
                security_groups=[groups.storage.id],
                opts=self.child(),
            )
            for index, subnet in enumerate(network.storage_subnet_ids)
        ]
