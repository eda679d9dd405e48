"""Backups: vaults, plan, vault lock, copies and restore tests, and which inputs are refused."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.base.context import Context
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.storage.backup import Backup
from jenkins_platform.testing import Registration

from harness.inputs.lean import SMALL
from harness.stacks.mocks import platform
from harness.stacks.parts import home, parts
from harness.stacks.registered import ACCOUNT, EVERYTHING, inputs, of_type, only, statements

VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"


def of_the_home(context: Context) -> None:
    storage = home(context)
    Backup(context, storage.file_system, storage.key_arn)


def registered(**args: Any) -> list[Registration]:
    return parts(of_the_home, {**SMALL, **args})


def backup(**values: Any) -> list[Registration]:
    return registered(backup=values)


@pytest.fixture(scope="module")
def default() -> list[Registration]:
    return backup()


@pytest.fixture(scope="module")
def everything() -> list[Registration]:
    return platform(EVERYTHING)


def plans(found: list[Registration]) -> list[dict[str, Any]]:
    return [plan.inputs["rules"][0] for plan in of_type(found, "aws:backup/plan:Plan").values()]


def test_every_input_reaches_the_plan() -> None:
    found = backup(
        schedule="cron(0 3 * * ? *)",
        time_zone="Europe/Vienna",
        start_window_minutes=90,
        completion_window_minutes=300,
        cold_storage_after_days=10,
        delete_after_days=100,
        recovery_point_tags={"team": "build"},
    )
    assert plans(found) == [
        {
            "ruleName": "home",
            "targetVaultName": "jenkins-abcdef-backup",
            "schedule": "cron(0 3 * * ? *)",
            "scheduleExpressionTimezone": "Europe/Vienna",
            "startWindow": 90,
            "completionWindow": 300,
            "lifecycle": {"coldStorageAfter": 10, "deleteAfter": 100},
            "copyActions": [],
            "recoveryPointTags": {
                "Name": "jenkins-recovery-point",
                "JenkinsPlatform": "jenkins",
                "team": "build",
            },
        }
    ]
    assert inputs(only(found, "aws:backup/selection:Selection")) == {
        "planId": "jenkins-backup-id",
        "iamRoleArn": f"{ARN}:jenkins-backup",
        "resources": [f"{ARN}:jenkins-home"],
    }


def test_copies_can_be_kept_for_longer() -> None:
    copies = {"region": "eu-west-1", "cold_storage_after_days": 20, "delete_after_days": 400}
    (rule,) = plans(backup(copy_to=copies))
    (copy,) = rule["copyActions"]
    assert copy["lifecycle"] == {"coldStorageAfter": 20, "deleteAfter": 400}
    assert rule["lifecycle"] == {"coldStorageAfter": 30, "deleteAfter": 120}


def test_copies_can_be_kept_for_ever() -> None:
    copies = {"region": "eu-west-1", "cold_storage_after_days": 0, "delete_after_days": 0}
    (rule,) = plans(backup(copy_to=copies))
    (copy,) = rule["copyActions"]
    assert not copy.get("lifecycle")
    assert rule["lifecycle"] == {"coldStorageAfter": 30, "deleteAfter": 120}


def test_each_vault_has_its_own_key_in_its_region() -> None:
    found = backup(
        encryption_key={"create": {}},
        copy_to={"region": "eu-west-1", "encryption_key": {"create": {}}},
    )
    expected = {"backup": None, "backup-copies": "eu-west-1"}
    vaults, keys = of_type(found, VAULT), of_type(found, "aws:kms/key:Key")
    assert {role: r.inputs["kmsKeyArn"] for role, r in vaults.items()} == {
        role: f"{ARN}:jenkins-{role}-key" for role in expected
    }
    assert {role: r.inputs.get("region") for role, r in vaults.items()} == expected
    assert {role: r.inputs.get("region") for role, r in keys.items()} == {
        f"{role}-key": region for role, region in expected.items()
    }


@pytest.mark.parametrize(
    ("args", "key"),
    [
        ({"backup": {"copy_to": {"region": "eu-central-1"}}}, "backup.copy_to.region"),
        (
            {"storage": {"replication": {"region": "eu-central-1"}}, "backup": {}},
            "storage.replication.region",
        ),
    ],
)
def test_copies_in_the_same_region_are_refused(args: dict[str, Any], key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        registered(**args)
    (problem,) = caught.value.problems
    assert problem.key == key
    assert problem.message == "is the platform's own region"


def test_by_default_there_is_a_recovery_point_every_midnight(default: list[Registration]) -> None:
    (rule,) = plans(default)
    assert rule["schedule"] == "cron(0 0 * * ? *)"
    assert rule["lifecycle"] == {"coldStorageAfter": 30, "deleteAfter": 120}


def test_the_vault_is_kept_when_backups_are_disabled() -> None:
    found = backup(enabled=False)
    assert plans(found) == []
    vault = only(found, VAULT)
    assert (vault.protect, vault.retain) == (True, True)


@pytest.mark.parametrize(("policy", "kept"), [("retain", True), ("destroy", False)])
def test_vaults_are_kept_unless_the_removal_policy_is_destroy(policy: str, kept: bool) -> None:
    vault = only(registered(backup={}, removal_policy=policy), VAULT)
    assert (vault.protect, vault.retain) == (kept, kept)
    assert vault.ignore_changes == ("name", "kmsKeyArn", "region")
    assert inputs(vault) == {"name": "jenkins-abcdef-backup", "forceDestroy": not kept}


def test_copies_go_to_a_vault_in_the_other_region_with_its_own_key(
    everything: list[Registration],
) -> None:
    vault = of_type(everything, VAULT)["backup-copies"]
    assert inputs(vault) == {
        "name": "jenkins-abcdef-backup-copies",
        "kmsKeyArn": f"{ARN}:jenkins-backup-copies-key",
        "forceDestroy": False,
        "region": "eu-west-1",
    }
    assert (vault.protect, vault.retain) == (True, True)
    policy = of_type(everything, "aws:iam/rolePolicy:RolePolicy")["backup"]
    vaults = [f"{ARN}:jenkins-backup", f"{ARN}:jenkins-backup-copies"]
    assert statements(policy.inputs["policy"])["FillVaults"]["Resource"] == vaults
    (rule,) = only(everything, "aws:backup/plan:Plan").inputs["rules"]
    assert rule["targetVaultName"] == "jenkins-abcdef-backup"
    assert rule["copyActions"] == [
        {
            "destinationVaultArn": f"{ARN}:jenkins-backup-copies",
            "lifecycle": {"coldStorageAfter": 30, "deleteAfter": 120},
        }
    ]


def test_a_compliance_lock_has_every_option_and_outlives_the_stack(
    everything: list[Registration],
) -> None:
    lock = only(everything, LOCK)
    assert inputs(lock) == {
        "backupVaultName": "jenkins-abcdef-backup",
        "minRetentionDays": 7,
        "maxRetentionDays": 200,
        "changeableForDays": 3,
    }
    assert (lock.delete_before_replace, lock.retain) == (True, True)


def test_a_governance_lock_is_removed_with_the_stack() -> None:
    lock = only(backup(lock={"min_retention_days": 7}), LOCK)
    assert inputs(lock) == {"backupVaultName": "jenkins-abcdef-backup", "minRetentionDays": 7}
    assert (lock.delete_before_replace, lock.retain) == (True, False)


def test_the_role_outlives_the_recovery_points_that_it_ages(default: list[Registration]) -> None:
    role = of_type(default, "aws:iam/role:Role")["backup"]
    assert (role.protect, role.retain, role.ignore_changes) == (True, True, ("name", "path"))
    policy = of_type(default, "aws:iam/rolePolicy:RolePolicy")["backup"]
    assert (policy.protect, policy.retain, policy.ignore_changes) == (True, True, ("name",))


def test_recovery_points_without_an_end_have_no_lifecycle() -> None:
    (rule,) = plans(backup(cold_storage_after_days=0, delete_after_days=0))
    assert "lifecycle" not in rule


def test_restores_are_tested_with_the_latest_recovery_point(everything: list[Registration]) -> None:
    plan = only(everything, "aws:backup/restoreTestingPlan:RestoreTestingPlan")
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
    selection = only(everything, "aws:backup/restoreTestingSelection:RestoreTestingSelection")
    assert inputs(selection) == {
        "name": "jenkins_abcdef_drill",
        "restoreTestingPlanName": "jenkins_abcdef_drill",
        "protectedResourceType": "EFS",
        "protectedResourceArns": [f"{ARN}:jenkins-home"],
        "iamRoleArn": f"{ARN}:jenkins-backup",
        "validationWindowHours": 1,
    }


def test_the_times_of_restore_tests_are_in_the_time_zone_of_backups() -> None:
    test = {"schedule": "cron(0 7 ? * SAT *)", "selection_window_days": 3}
    found = backup(time_zone="Europe/Vienna", restore_test=test | {"validation_window_hours": 5})
    plan = only(found, "aws:backup/restoreTestingPlan:RestoreTestingPlan").inputs
    assert plan["scheduleExpression"] == "cron(0 7 ? * SAT *)"
    assert plan["scheduleExpressionTimezone"] == "Europe/Vienna"
    assert plan["recoveryPointSelection"]["selectionWindowDays"] == 3
    selection = only(found, "aws:backup/restoreTestingSelection:RestoreTestingSelection").inputs
    assert selection["validationWindowHours"] == 5


def test_an_existing_role_is_used_and_none_is_created() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/backup"
    found = backup(role_arn=role)
    assert "backup" not in of_type(found, "aws:iam/role:Role")
    assert only(found, "aws:backup/selection:Selection").inputs["iamRoleArn"] == role


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"cold_storage_after_days": 30, "delete_after_days": 119}, "backup.delete_after_days"),
        ({"start_window_minutes": 1400}, "backup.completion_window_minutes"),
        ({"schedule": "every night"}, "backup.schedule"),
        ({"time_zone": "Mars/Olympus"}, "backup.time_zone"),
        ({"enabled": False, "restore_test": {}}, "backup.restore_test"),
    ],
)
def test_invalid_backup_settings_are_reported_by_key(values: dict[str, Any], key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_args("jenkins", {"backup": values})  # type: ignore[typeddict-item]
    assert [p.key for p in caught.value.problems] == [key]
