"""Backups: vaults, plan, vault lock, copies and restore tests, and which inputs are refused."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.testing import Registration

from harness.inputs.lean import SMALL
from harness.stacks.mocks import platform
from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role, inputs, one

VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"


def registered(**backup: Any) -> list[Registration]:
    return platform({**SMALL, "backup": backup})


def plans(found: list[Registration]) -> list[dict[str, Any]]:
    return [r.inputs["rules"][0] for r in found if r.token == "aws:backup/plan:Plan"]


def test_every_input_reaches_the_plan() -> None:
    found = registered(
        schedule="cron(0 3 * * ? *)",
        time_zone="Europe/Vienna",
        start_window_minutes=90,
        completion_window_minutes=300,
        cold_storage_after_days=10,
        delete_after_days=100,
        recovery_point_tags={"team": "build"},
    )
    (rule,) = plans(found)
    assert rule["recoveryPointTags"].pop("team") == "build"
    expected = {
        "schedule": "cron(0 3 * * ? *)",
        "scheduleExpressionTimezone": "Europe/Vienna",
        "startWindow": 90,
        "completionWindow": 300,
        "lifecycle": {"coldStorageAfter": 10, "deleteAfter": 100},
    }
    assert {key: rule[key] for key in expected} == expected
    (selection,) = [r for r in found if r.token == "aws:backup/selection:Selection"]
    assert [arn.rsplit(":", 1)[-1] for arn in selection.inputs["resources"]] == ["jenkins-home"]


def test_by_default_there_is_a_recovery_point_every_midnight() -> None:
    (rule,) = plans(registered())
    assert rule["schedule"] == "cron(0 0 * * ? *)"
    assert rule["lifecycle"] == {"coldStorageAfter": 30, "deleteAfter": 120}


def test_the_vault_is_kept_when_backups_are_disabled() -> None:
    found = registered(enabled=False)
    assert plans(found) == []
    (vault,) = [r for r in found if r.token == "aws:backup/vault:Vault"]
    assert (vault.protect, vault.retain) == (True, True)


@pytest.mark.parametrize(("policy", "kept"), [("retain", True), ("destroy", False)])
def test_vaults_are_kept_unless_the_removal_policy_is_destroy(policy: str, kept: bool) -> None:
    vault = one(VAULT, {**SMALL, "removal_policy": policy})
    assert (vault.protect, vault.retain) == (kept, kept)
    assert vault.ignore_changes == ("name", "kmsKeyArn", "region")
    assert inputs(vault) == {"name": "jenkins-abcdef-backup", "forceDestroy": not kept}


def test_copies_go_to_a_vault_in_the_other_region_with_its_own_key() -> None:
    vault = by_role(VAULT, EVERYTHING)["backup-copies"]
    assert inputs(vault) == {
        "name": "jenkins-abcdef-backup-copies",
        "kmsKeyArn": f"{ARN}:jenkins-backup-copies-key",
        "forceDestroy": False,
        "region": "eu-west-1",
    }
    assert (vault.protect, vault.retain) == (True, True)
    (rule,) = one("aws:backup/plan:Plan", EVERYTHING).inputs["rules"]
    assert rule["targetVaultName"] == "jenkins-abcdef-backup"
    assert rule["copyActions"] == [
        {
            "destinationVaultArn": f"{ARN}:jenkins-backup-copies",
            "lifecycle": {"coldStorageAfter": 30, "deleteAfter": 120},
        }
    ]


def test_a_compliance_lock_has_every_option_and_outlives_the_stack() -> None:
    lock = one(LOCK, EVERYTHING)
    assert inputs(lock) == {
        "backupVaultName": "jenkins-abcdef-backup",
        "minRetentionDays": 7,
        "maxRetentionDays": 200,
        "changeableForDays": 3,
    }
    assert (lock.delete_before_replace, lock.retain) == (True, True)


def test_a_governance_lock_is_removed_with_the_stack() -> None:
    lock = one(LOCK, {**SMALL, "backup": {"lock": {"min_retention_days": 7}}})
    assert inputs(lock) == {"backupVaultName": "jenkins-abcdef-backup", "minRetentionDays": 7}
    assert (lock.delete_before_replace, lock.retain) == (True, False)


def test_the_role_outlives_the_recovery_points_that_it_ages() -> None:
    role = by_role("aws:iam/role:Role")["backup"]
    assert (role.protect, role.retain, role.ignore_changes) == (True, True, ("name", "path"))
    policy = by_role("aws:iam/rolePolicy:RolePolicy")["backup"]
    assert (policy.protect, policy.retain, policy.ignore_changes) == (True, True, ("name",))


def test_recovery_points_without_an_end_have_no_lifecycle() -> None:
    args = {**SMALL, "backup": {"cold_storage_after_days": 0, "delete_after_days": 0}}
    (rule,) = one("aws:backup/plan:Plan", args).inputs["rules"]
    assert "lifecycle" not in rule


def test_restores_are_tested_with_the_latest_recovery_point() -> None:
    plan = one("aws:backup/restoreTestingPlan:RestoreTestingPlan", EVERYTHING)
    assert inputs(plan) == {
        "name": "jenkins_abcdef_drill",
        "scheduleExpression": "cron(0 6 ? * SUN *)",
        "scheduleExpressionTimezone": "UTC",
        "recoveryPointSelection": {
            "algorithm": "LATEST_WITHIN_WINDOW",
            "includeVaults": [f"{ARN}:jenkins-backup"],
            "recoveryPointTypes": ["SNAPSHOT"],
            "selectionWindowDays": 7,
        },
    }
    selection = one("aws:backup/restoreTestingSelection:RestoreTestingSelection", EVERYTHING)
    assert inputs(selection) == {
        "name": "jenkins_abcdef_drill",
        "restoreTestingPlanName": "jenkins_abcdef_drill",
        "protectedResourceType": "EFS",
        "protectedResourceArns": [f"{ARN}:jenkins-home"],
        "iamRoleArn": f"{ARN}:jenkins-backup",
        "validationWindowHours": 1,
    }


def test_an_existing_role_is_used_and_none_is_created() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/backup"
    args = {**SMALL, "backup": {"role_arn": role}}
    assert "backup" not in by_role("aws:iam/role:Role", args)
    assert one("aws:backup/selection:Selection", args).inputs["iamRoleArn"] == role


@pytest.mark.parametrize(
    ("backup", "key"),
    [
        ({"cold_storage_after_days": 30, "delete_after_days": 119}, "backup.delete_after_days"),
        ({"start_window_minutes": 1400}, "backup.completion_window_minutes"),
        ({"schedule": "every night"}, "backup.schedule"),
        ({"time_zone": "Mars/Olympus"}, "backup.time_zone"),
        ({"enabled": False, "restore_test": {}}, "backup.restore_test"),
    ],
)
def test_invalid_backup_settings_are_reported_by_key(backup: dict[str, Any], key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_args("jenkins", {"backup": backup})  # type: ignore[typeddict-item]
    assert [p.key for p in caught.value.problems] == [key]
