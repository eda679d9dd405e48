"""Storage: the EFS file system that is the only state of Jenkins."""

from __future__ import annotations

import pulumi_aws as aws

from . import iam
from .context import Context, Part
from .network import Network
from .roles import Roles
from .security_groups import SecurityGroups

HOME_OWNER = 1000
"""User and group id of ``jenkins`` in the official image."""


class Storage(Part):
    """An encrypted file system, reached by the controller only, through one access point."""

    def __init__(
        self, context: Context, network: Network, groups: SecurityGroups, roles: Roles
    ) -> None:
        super().__init__("storage", context)
        name, settings = context.name, context.settings.storage
        self.file_system = aws.efs.FileSystem(
            f"{name}-home",
            creation_token=context.physical("home"),
            encrypted=True,
            kms_key_id=settings.kms_key_arn,
            performance_mode=settings.performance_mode.value,
            throughput_mode=settings.throughput_mode.value,
            provisioned_throughput_in_mibps=settings.provisioned_throughput_mibps,
            tags=context.tags("home"),
            opts=self.keep(),
        )
        self.access_point = aws.efs.AccessPoint(
            f"{name}-home",
            file_system_id=self.file_system.id,
            posix_user={"uid": HOME_OWNER, "gid": HOME_OWNER},
            root_directory={
                "path": "/jenkins-home",
                "creation_info": {
                    "owner_uid": HOME_OWNER,
                    "owner_gid": HOME_OWNER,
                    "permissions": "0750",
                },
            },
            tags=context.tags("home"),
            opts=self.keep(),
        )
        aws.efs.FileSystemPolicy(
            f"{name}-home",
            file_system_id=self.file_system.id,
            policy=iam.document(
                *iam.file_system(self.file_system.arn, self.access_point.arn, roles.controller.arn)
            ),
            opts=self.child(),
        )
        self.mount_targets = [
            aws.efs.MountTarget(
                f"{name}-home-{index}",
                file_system_id=self.file_system.id,
                subnet_id=subnet,
                security_groups=[groups.storage.id],
                opts=self.child(),
            )
            for index, subnet in enumerate(network.storage_subnet_ids)
        ]
        self.register_outputs({})
