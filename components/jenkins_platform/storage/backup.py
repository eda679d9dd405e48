"""Backup: recovery points of the home, their vaults, and restore tests."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..base.immutable import ensure_unchanged, key_choice
from ..base.kms_key import data_key
from ..base.reference import Reference
from ..inputs import VaultLockMode
from ..outputs import concat
from ..settings.backup import NEVER
from ..settings.encryption import EncryptionKey

_REMEDY = "Set it back; for recovery points with another key use `backup.copy_to`, a separate vault"


class Backup(SubComponent):
    """A vault, a plan that fills it, and a role that may back up and restore.

    Vault and role stay when the schedule is off: AWS Backup expires recovery points with the role
    that created them, and cannot delete them without it.

    Args:
        context: The platform.
        file_system: The file system of the home.
        key_arn: Its KMS key; None for the AWS managed key.

    Attributes:
        vault: Vault of the recovery points.
        role_arn: ARN of the role that AWS Backup assumes.
    """

    def __init__(
        self, context: Context, file_system: Reference, key_arn: pulumi.Output[str] | None
    ) -> None:
        super().__init__("backup", context)
        self.settings = context.settings.backup
        self._file_system = file_system
        self._keys = [key_arn] if key_arn is not None else []
        self.vault = self._vault("backup", "backup", self.settings.encryption_key)
        self._copies: Reference | None = None
        if copy := self.settings.copy_to:
            key = "backup.copy_to"
            region = context.other_region(f"{key}.region", copy.region)
            self._copies = self._vault("backup-copies", key, copy.encryption_key, region)
        self._lock()
        existing = self.settings.role_arn
        self.role_arn = pulumi.Output.from_input(self._role().arn if existing is None else existing)
        if self.settings.enabled:
            self._plan()
        self._restore_test()
        self.register_outputs({"vault_arn": self.vault.arn, "role_arn": self.role_arn})

    def _vault(
        self,
        role: str,
        key: str,
        settings: EncryptionKey | None,
        region: pulumi.Output[str] | None = None,
    ) -> Reference:
        context = self.context
        choices = {f"{key}.encryption_key": key_choice(settings)}
        if region is not None:
            choices[f"{key}.region"] = region
        ensure_unchanged(self, role, choices, _REMEDY)
        vault_key = data_key(self, f"{role}-key", settings, region=region)
        self._keys += [vault_key] if vault_key is not None else []
        vault = aws.backup.Vault(
            f"{context.name}-{role}",
            name=concat(context.handle, "-", role),
            kms_key_arn=vault_key,
            force_destroy=not context.settings.keeps_data,
            region=region,
            tags=context.tags(role),
            opts=self.retained_child("name", "kms_key_arn", "region"),
        )
        return Reference(vault.name, vault.arn)

    def _lock(self) -> None:
        lock = self.settings.lock
        if lock is None:
            return
        final = lock.mode is VaultLockMode.COMPLIANCE
        aws.backup.VaultLockConfiguration(
            f"{self.context.name}-backup",
            backup_vault_name=self.vault.id,
            min_retention_days=lock.min_retention_days,
            max_retention_days=lock.max_retention_days,
            changeable_for_days=lock.changeable_for_days,
            # A vault has one lock: creating the new one before deleting the old one would leave
            # none. Creation changes an existing lock, and a final one cannot be deleted.
            opts=self.child(delete_before_replace=True, retain_on_delete=final or None),
        )

    def _role(self) -> aws.iam.Role:
        context = self.context
        role = aws.iam.Role(
            f"{context.name}-backup",
            name=concat(context.handle, "-backup"),
            path=context.role_path,
            description="AWS Backup of the Jenkins home",
            permissions_boundary=context.settings.permissions_boundary_arn,
            assume_role_policy=iam.trust_only("backup.amazonaws.com"),
            tags=context.tags("backup"),
            # Expires recovery points, so it must exist as long as they do.
            opts=self.retained_child("name", "path"),
        )
        copies = self._copies.arn if self._copies else None
        vaults = [self.vault.arn, *([copies] if copies is not None else [])]
        points = concat(
            "arn:", context.partition, ":backup:*:", context.account_id, ":recovery-point:*"
        )
        aws.iam.RolePolicy(
            f"{context.name}-backup",
            name=concat(context.handle, "-backup"),
            role=role.id,
            policy=iam.document(
                *iam.back_up(self._file_system.arn, vaults, points, copies),
                *iam.restore(
                    context.arn("elasticfilesystem", "file-system/*"), self._file_system.arn
                ),
                *iam.use_keys(self._keys, self.context.region),
            ),
            opts=self.retained_child("name"),
        )
        return role

    def _plan(self) -> None:
        context, settings = self.context, self.settings
        copy: aws.backup.PlanRuleCopyActionArgsDict | None = None
        if self._copies:
            copy = {
                "destination_vault_arn": self._copies.arn,
                "lifecycle": _lifecycle(*settings.copy_lifecycle),
            }
        plan = aws.backup.Plan(
            f"{context.name}-backup",
            name=context.aws_name("backup"),
            rules=[
                {
                    "rule_name": "home",
                    "target_vault_name": self.vault.id,
                    "schedule": settings.schedule,
                    "schedule_expression_timezone": settings.time_zone,
                    "start_window": settings.start_window_minutes,
                    "completion_window": settings.completion_window_minutes,
                    "lifecycle": _lifecycle(
                        settings.cold_storage_after_days, settings.delete_after_days
                    ),
                    "copy_actions": [copy] if copy else [],
                    "recovery_point_tags": {
                        **context.tags("recovery-point"),
                        **settings.recovery_point_tags,
                    },
                }
            ],
            tags=context.tags("backup"),
            opts=self.child(),
        )
        aws.backup.Selection(
            f"{context.name}-backup",
            name=context.aws_name("backup"),
            plan_id=plan.id,
            iam_role_arn=self.role_arn,
            resources=[self._file_system.arn],
            opts=self.child(),
        )

    def _restore_test(self) -> None:
        test = self.settings.restore_test
        if test is None:
            return
        # Only letters, digits and underscores are allowed.
        name = self.context.handle.apply(lambda handle: f"{handle}-drill".replace("-", "_"))
        plan = aws.backup.RestoreTestingPlan(
            f"{self.context.name}-drill",
            name=name,
            schedule_expression=test.schedule,
            schedule_expression_timezone=self.settings.time_zone,
            recovery_point_selection={
                "algorithm": "LATEST_WITHIN_WINDOW",
                "include_vaults": [self.vault.arn],
                "recovery_point_types": ["SNAPSHOT"],
                "selection_window_days": test.selection_window_days,
            },
            tags=self.context.tags("drill"),
            opts=self.child(),
        )
        aws.backup.RestoreTestingSelection(
            f"{self.context.name}-drill",
            name=name,
            restore_testing_plan_name=plan.name,
            protected_resource_type="EFS",
            protected_resource_arns=[self._file_system.arn],
            iam_role_arn=self.role_arn,
            validation_window_hours=test.validation_window_hours,
            opts=self.child(),
        )


def _lifecycle(cold: int, delete: int) -> aws.backup.PlanRuleLifecycleArgsDict | None:
    """Lifecycle of a recovery point; None if it stays in warm storage forever."""
    lifecycle: aws.backup.PlanRuleLifecycleArgsDict = {}
    if cold != NEVER:
        lifecycle["cold_storage_after"] = cold
    if delete != NEVER:
        lifecycle["delete_after"] = delete
    return lifecycle or None
