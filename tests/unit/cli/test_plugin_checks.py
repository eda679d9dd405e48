"""What `jenkins-platform check` says about Jenkins and its plugins."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from jenkins_platform.settings import Settings
from jenkins_platform.settings.images import locked_plugins
from jenkins_platform_cli.preflight import plugin_checks
from jenkins_platform_cli.preflight.findings import Finding, Status

from harness.jenkins.update_center import Facts

SHOP = {"plugins": {"shop": "1.0"}}
"""A plugin that is affected by SECURITY-1 up to 1.0."""


@pytest.fixture
def facts() -> Facts:
    return Facts.of_the_lock()


def settings(**images: Any) -> Settings:
    return Settings.from_args("jenkins", {"images": images})  # type: ignore[typeddict-item]


def check(facts: Facts, **images: Any) -> dict[str, Finding]:
    findings = list(plugin_checks.check(settings(**images), facts.center))
    assert len({f.subject for f in findings}) == len(findings)
    return {f.subject: f for f in findings}


def test_the_default_image_is_current_and_safe(facts: Facts) -> None:
    found = check(facts)
    assert {f.status for f in found.values()} == {Status.OK}
    assert found["jenkins"].found == "2.580.3 is the newest of its line"
    assert "none with a known vulnerability" in found["plugins of Jenkins"].found


def test_an_affected_plugin_is_reported_with_the_version_to_take(facts: Facts) -> None:
    found = check(facts, **SHOP)["plugin shop"]
    assert found.status is Status.WARNING
    assert found.found == (
        "1.0 is affected by SECURITY-1 (A vulnerability, "
        "https://www.jenkins.io/security/advisory/2026-12-01/#SECURITY-1)"
    )
    assert found.advice == "Set images.plugins: {shop: 1.1}"


def test_an_affected_plugin_of_the_lock_is_reported_too(facts: Facts) -> None:
    locked = str(locked_plugins().plugins["timestamper"].version)
    facts.warn("timestamper", re.escape(locked), "SECURITY-2")
    facts.publish("timestamper", "9.0")
    found = check(facts)["plugin timestamper"]
    assert "SECURITY-2" in found.found
    assert found.advice == "Set images.plugins: {timestamper: 9.0}"


def test_under_the_policy_locked_it_is_a_problem(facts: Facts) -> None:
    found = check(facts, **SHOP, plugin_policy="locked")["plugin shop"]
    assert found.status is Status.PROBLEM
    assert found.found.endswith("and the build of the image stops")


def test_a_plugin_that_no_version_fixes_is_a_problem(facts: Facts) -> None:
    facts.warn("timestamper", ".*", "SECURITY-2")
    found = check(facts)["plugins of Jenkins"]
    assert found.status is Status.PROBLEM
    assert "timestamper" in found.found
    assert "no version for Jenkins 2.580.3 fixes it" in found.found


def test_plugins_with_newer_versions_are_counted(facts: Facts) -> None:
    facts.publish("timestamper", "9.0")
    facts.publish("git", "9.0", core="2.600")  # for a newer core
    assert check(facts)["plugins of Jenkins"].found.endswith(
        "; 1 have newer versions: timestamper 9.0"
    )


@pytest.mark.parametrize(
    ("version", "newest", "found"),
    [
        ("2.580.1", "2.580.3", "2.580.1 is affected by core-2_588"),
        ("2.580.3", "2.580.4", "2.580.3 is behind 2.580.4"),
        ("2.580.3", "2.592.1", "2.580.3 gets no more fixes: the current line is 2.592"),
        ("2.588", "2.592", "2.588 is behind 2.592"),  # weekly releases have no lines
    ],
)
def test_a_core_that_is_behind_is_reported(
    facts: Facts, version: str, newest: str, found: str
) -> None:
    facts.site["core"]["version"] = newest
    finding = check(facts, controller={"version": version})["jenkins"]
    assert finding.status is Status.WARNING
    assert finding.found.startswith(found)
    assert finding.advice == f"Set images.controller.version: {newest}"


def test_the_data_is_cached(facts: Facts, tmp_path: Path) -> None:
    mirror = facts.write(tmp_path / "mirror")
    given = settings(update_center_url=mirror)
    cache = tmp_path / "cache"
    assert plugin_checks.update_center(given, cache)
    facts.site["warnings"] = []
    facts.write(tmp_path / "mirror")
    center = plugin_checks.update_center(given, cache)
    assert center
    assert center.warnings


def test_old_data_is_read_again_and_used_where_that_fails(facts: Facts, tmp_path: Path) -> None:
    mirror = facts.write(tmp_path / "mirror")
    given = settings(update_center_url=mirror)
    cache = tmp_path / "cache"
    assert plugin_checks.update_center(given, cache)
    for file in cache.iterdir():
        os.utime(file, (0, 0))
    facts.site["core"]["version"] = "2.592.1"
    facts.write(tmp_path / "mirror")
    center = plugin_checks.update_center(given, cache)
    assert center
    assert str(center.newest_core) == "2.592.1"
    for file in cache.iterdir():
        os.utime(file, (0, 0))
    (tmp_path / "mirror").rename(tmp_path / "gone")
    assert plugin_checks.update_center(given, cache)


def test_without_the_update_center_nothing_is_said(tmp_path: Path) -> None:
    given = settings(update_center_url="http://localhost:9")
    assert plugin_checks.update_center(given, tmp_path) is None


def test_an_image_that_is_built_elsewhere_is_not_judged(facts: Facts, tmp_path: Path) -> None:
    given = settings(
        update_center_url=facts.write(tmp_path), controller={"existing": "registry.example/j:1"}
    )
    assert plugin_checks.update_center(given, tmp_path / "cache") is None


def test_a_preview_has_one_line(
    facts: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings(**SHOP)
    monkeypatch.setattr(plugin_checks, "update_center", lambda _: facts.center)
    assert plugin_checks.summary(given) == "Affected by advisories or out of date: plugin shop"
    assert plugin_checks.summary(settings()) is None
    monkeypatch.setattr(plugin_checks, "update_center", lambda _: None)
    assert plugin_checks.summary(given) is None
