"""The backup plan, as it is registered, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.testing import Registration

from tests.support.lean import LEAN
from tests.support.mocks import platform


def registered(**backup: Any) -> list[Registration]:
    return platform({**LEAN, "backup": backup})


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


def test_without_backups_the_vault_stays_and_nothing_fills_it() -> None:
    found = registered(enabled=False)
    assert plans(found) == []
    (vault,) = [r for r in found if r.token == "aws:backup/vault:Vault"]
    assert (vault.protect, vault.retain) == (True, True)


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
def test_wrong_backups_are_refused_by_key(backup: dict[str, Any], key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_args("jenkins", {"backup": backup})  # type: ignore[typeddict-item]
    assert [p.key for p in caught.value.problems] == [key]
