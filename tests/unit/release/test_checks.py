"""`make release-check`: what stops a release."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jenkins_platform.settings.images import AGENT_VERSION, KANIKO_VERSION, locked_plugins
from jenkins_plugins.lock import PUBLIC, Lock
from jenkins_plugins.sources import UnreachableError
from jenkins_plugins.versions import Version

from harness.jenkins.update_center import Facts
from release import checks

TODAY = date(2026, 11, 28)


@pytest.fixture
def lock() -> Lock:
    return replace(locked_plugins(), source=PUBLIC, date="2026-11-27")


def test_a_fresh_lock_of_the_public_update_center_passes(lock: Lock) -> None:
    assert checks.check_lock(lock, TODAY) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"source": "tests/data/update-center"}, "was made from tests/data/update-center, not"),
        ({"core": Version("2.568.3")}, "is for Jenkins 2.568.3, not for"),
        ({"date": "2026-11-20"}, "is of 2026-11-20, more than 7 days old"),
    ],
)
def test_another_lock_does_not(lock: Lock, change: dict[str, Any], problem: str) -> None:
    (found,) = checks.check_lock(replace(lock, **change), TODAY)
    assert problem in found
    assert found.endswith(": run make plugins")


def test_the_closure_of_the_lock_passes(lock: Lock) -> None:
    assert checks.check_plugins(lock, Facts.of_the_lock().center) == []


def test_what_is_affected_or_behind_is_listed(lock: Lock) -> None:
    facts = Facts.of_the_lock()
    facts.site["core"]["version"] = "2.592.1"
    facts.warn("core", r"2[.]580[.]3", "SECURITY-2")
    facts.warn("structs", ".*", "SECURITY-3")
    facts.publish("timestamper", "9.0")
    core, behind, structs, *others = checks.check_plugins(lock, facts.center)
    assert core.startswith("Jenkins 2.580.3 is affected by SECURITY-2")
    assert behind == "Jenkins 2.580.3 is behind 2.592.1"
    assert "SECURITY-3" in structs
    assert "no version for Jenkins 2.580.3 fixes it" in others[-1]


def test_plugins_with_newer_versions_are_listed(lock: Lock) -> None:
    facts = Facts.of_the_lock()
    facts.publish("timestamper", "9.0")
    assert checks.check_plugins(lock, facts.center) == [
        "plugins are behind, run make plugins: timestamper"
    ]


def test_images_that_are_behind_are_listed() -> None:
    tags = {"docker-agents": AGENT_VERSION, "kaniko": "v9.9.9"}

    def read(url: str, _: float) -> dict[str, str]:
        return {"tag_name": tags[url.split("/")[-3]]}

    assert checks.check_images(read) == [
        f"the kaniko image is at v{KANIKO_VERSION}; the newest release is v9.9.9"
    ]


def test_what_cannot_be_looked_at_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any) -> Any:
        raise UnreachableError("no answer")

    monkeypatch.setattr(checks.sources, "update_center", nothing)
    monkeypatch.setattr(checks, "check_images", nothing)
    monkeypatch.setattr(checks, "check_command", lambda *_: ["failed"])
    found = checks.run()
    for subject in ("plugins and core", "agent and Kaniko"):
        assert found[subject] == ["could not be checked: no answer"]


def test_a_command_that_fails_is_shown_with_what_it_printed() -> None:
    assert checks.check_command("true") == []
    assert checks.check_command("sh", "-c", "echo why; exit 1") == ["sh -c echo why; exit 1: why"]


def test_a_version_without_recorded_states_is_not_ready(tmp_path: Path) -> None:
    project, recorded = tmp_path / "pyproject.toml", tmp_path / "recorded"
    project.write_text('[project]\nversion = "1.2.3"\n')
    assert checks.check_recorded(project, recorded) == [
        f"no states of 1.2.3 in {recorded}: run make record"
    ]
    (recorded / "1.2.3").mkdir(parents=True)
    (recorded / "1.2.3" / "default.json").touch()
    assert checks.check_recorded(project, recorded) == []
