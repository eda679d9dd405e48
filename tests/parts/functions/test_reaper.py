"""The reaper against the tasks of moto's ECS."""

from __future__ import annotations

import pytest
from jenkins_platform.functions import reaper

from harness.aws.emulated_agents import FAMILIES, Agents


@pytest.fixture
def reaping(account: None, monkeypatch: pytest.MonkeyPatch) -> Agents:
    agents = Agents()
    for key, value in {
        "CLUSTER": agents.cluster,
        "FAMILIES": FAMILIES,
        "MAX_HOURS": "24",
    }.items():
        monkeypatch.setenv(key, value)
    return agents


def test_the_reaper_stops_only_old_tasks_of_the_platform(reaping: Agents) -> None:
    (old,) = reaping.run(f"{FAMILIES}linux", hours=25)
    reaping.run(f"{FAMILIES}linux", hours=23)
    reaping.run("another-platform", hours=100)
    assert reaper.handler({}, None) == {"stopped": [old]}
    assert reaping.stopped() == {
        old: "Older than 24 hours: stopped by the reaper of jenkins-platform"
    }


def test_the_reaper_paginates(reaping: Agents) -> None:
    tasks = reaping.run(f"{FAMILIES}linux", hours=30, count=101)
    assert set(reaper.handler({}, None)["stopped"]) == set(tasks)
