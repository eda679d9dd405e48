"""Which plugins are chosen, on an extract of public facts in the update center's own format."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from jenkins_plugins.resolver import Policy, Request, Resolution, ResolutionError, resolve
from jenkins_plugins.update_center import Dependency, Release
from jenkins_plugins.versions import Version

from harness.jenkins.update_center import Facts

CORE = Version("2.580.3")
OLD_PINS = {"script-security": "1412.v7737b_3405f86", "github": "1.45.0"}
"""What the platform used to install, both affected by advisories."""


@pytest.fixture
def facts() -> Facts:
    return Facts()


def solve(
    facts: Facts,
    *roots: str,
    pinned: Mapping[str, str] | None = None,
    locked: Mapping[str, str] | None = None,
    core: Version = CORE,
    policy: Policy = Policy.SECURITY,
) -> Resolution:
    center = facts.center
    pins = {name: Version(version) for name, version in (pinned or {}).items()}
    lock = {
        name: center.release(name, Version(version))
        or Release(name, Version(version), Version("2.479.1"), (Dependency("structs", CORE),))
        for name, version in (locked or {}).items()
    }
    return resolve(Request(core, frozenset(roots) | pins.keys(), pins, lock, policy), center)


def versions(resolution: Resolution) -> dict[str, str]:
    return {name: str(release.version) for name, release in resolution.plugins.items()}


def test_the_closure_has_the_newest_version_of_everything_needed(facts: Facts) -> None:
    resolution = solve(facts, "git")
    found = versions(resolution)
    assert found["git"] == "5.10.1"
    assert found["mina-sshd-api-core"] == "2.19.0-192.v2b_a_7b_2c1dc71"  # by git-client
    assert found["script-security"] == "1436.1438.v3dc5ef7d16f2"
    assert "promoted-builds" not in found  # optional
    assert resolution.notes == ()


def test_every_dependency_of_the_closure_is_met(facts: Facts) -> None:
    plugins = solve(facts, "amazon-ecs", "workflow-aggregator", "oic-auth", "job-dsl").plugins
    for release in plugins.values():
        assert release.required_core <= CORE
        for need in release.needs(CORE):
            if not need.optional or need.name in plugins:
                assert need.version <= plugins[need.name].version


def test_the_two_old_pins_are_replaced_by_the_first_fixed_versions(facts: Facts) -> None:
    resolution = solve(facts, "github-branch-source", pinned=OLD_PINS)
    assert versions(resolution)["script-security"] == "1436.1438.v3dc5ef7d16f2"
    assert versions(resolution)["github"] == "1.47.0"
    github, script_security = resolution.notes
    assert github == (
        "github 1.45.0 is affected by SECURITY-3704 (XSS vulnerability, "
        "https://www.jenkins.io/security/advisory/2026-04-29/#SECURITY-3704): "
        "1.47.0 is taken instead"
    )
    assert "SECURITY-4278" in script_security
    assert script_security.endswith(": 1436.1438.v3dc5ef7d16f2 is taken instead")


def test_the_policy_locked_refuses_them_and_says_what_to_set(facts: Facts) -> None:
    with pytest.raises(ResolutionError) as refused:
        solve(facts, "github-branch-source", pinned=OLD_PINS, policy=Policy.LOCKED)
    github, script_security = str(refused.value).splitlines()
    assert "SECURITY-3704" in github
    assert github.endswith("Set images.plugins: {github: 1.47.0}")
    assert script_security.endswith(
        "Set images.plugins: {script-security: 1436.1438.v3dc5ef7d16f2}"
    )


def test_locked_versions_stay_where_newer_ones_are_offered(facts: Facts) -> None:
    resolution = solve(facts, "git", locked={"git": "5.10.0"})
    assert versions(resolution)["git"] == "5.10.0"
    assert resolution.notes == ()


def test_an_affected_locked_version_is_treated_like_a_pin(facts: Facts) -> None:
    resolution = solve(facts, "script-security", locked=OLD_PINS)
    assert versions(resolution)["script-security"] == "1436.1438.v3dc5ef7d16f2"
    assert len(resolution.notes) == 1
    with pytest.raises(ResolutionError, match="SECURITY-4278"):
        solve(facts, "script-security", locked=OLD_PINS, policy=Policy.LOCKED)


def test_the_first_fixed_version_is_taken_and_not_the_newest(facts: Facts) -> None:
    for version in ("1.0", "1.1", "1.2", "2.0"):
        facts.publish("shop", version)
    facts.warn("shop", r"1[.][01]")
    assert versions(solve(facts, pinned={"shop": "1.0"}))["shop"] == "1.2"


def test_an_affected_version_that_is_not_requested_is_skipped(facts: Facts) -> None:
    facts.publish("shop", "1.0")
    facts.publish("shop", "2.0")
    facts.warn("shop", r"2[.].*")
    resolution = solve(facts, "shop")
    assert versions(resolution)["shop"] == "1.0"
    assert resolution.notes == ()


@pytest.mark.parametrize("policy", Policy)
def test_without_a_fixed_version_it_stops(facts: Facts, policy: Policy) -> None:
    facts.publish("shop", "1.0")
    facts.publish("cart", "1.0", "shop:1.0")
    facts.warn("shop", ".*", "SECURITY-9")
    with pytest.raises(ResolutionError) as refused:
        solve(facts, "cart", policy=policy)
    assert str(refused.value) == (
        "shop 1.0 is affected by SECURITY-9 (A vulnerability, "
        "https://www.jenkins.io/security/advisory/2026-12-01/#SECURITY-9), and no version for "
        "Jenkins 2.580.3 fixes it. cart 1.0 needs it"
    )


def test_a_cycle_is_resolved(facts: Facts) -> None:
    facts.publish("hen", "1.0", "egg:1.0")
    facts.publish("egg", "1.0", "hen:1.0")
    assert versions(solve(facts, "hen")) == {"egg": "1.0", "hen": "1.0"}


def test_a_cycle_that_raises_its_own_versions_ends(facts: Facts) -> None:
    facts.publish("hen", "1.0", "egg:2.0")
    facts.publish("hen", "2.0", "egg:2.0")
    facts.publish("egg", "1.0")
    facts.publish("egg", "2.0", "hen:2.0")
    locked = {"hen": "1.0", "egg": "1.0"}
    assert versions(solve(facts, "hen", locked=locked)) == {"egg": "2.0", "hen": "2.0"}


def test_an_optional_dependency_is_not_installed(facts: Facts) -> None:
    facts.publish("cart", "1.0", "?shop:2.0")
    facts.publish("shop", "2.0")
    assert versions(solve(facts, "cart")) == {"cart": "1.0"}


def test_an_optional_dependency_that_is_there_is_new_enough(facts: Facts) -> None:
    facts.publish("cart", "1.0", "?shop:2.0")
    facts.publish("shop", "1.0")
    facts.publish("shop", "2.0")
    facts.publish("shop", "3.0")
    found = versions(solve(facts, "cart", "shop", locked={"shop": "1.0"}))
    assert found == {"cart": "1.0", "shop": "3.0"}


def test_an_old_plugin_brings_what_was_split_from_core(facts: Facts) -> None:
    facts.publish("javax-mail-api", "1.6.2-11")
    facts.publish("old", "1.0", core="2.330")
    found = versions(solve(facts, "old"))
    assert found.keys() >= {"javax-mail-api", "javax-activation-api", "instance-identity"}
    assert "sshd" not in found  # split off before


def test_a_release_for_a_newer_core_is_passed_over(facts: Facts) -> None:
    facts.publish("shop", "1.0")
    facts.publish("shop", "2.0", core="2.581")
    assert versions(solve(facts, "shop"))["shop"] == "1.0"
    assert versions(solve(facts, "shop", core=Version("2.581")))["shop"] == "2.0"


def test_a_release_whose_dependency_needs_a_newer_core_is_passed_over(facts: Facts) -> None:
    facts.publish("shop", "2.0", core="2.581")
    facts.publish("shop", "1.0")
    facts.publish("cart", "1.0", "shop:1.0")
    facts.publish("cart", "2.0", "shop:2.0")
    assert versions(solve(facts, "cart")) == {"cart": "1.0", "shop": "1.0"}


def test_what_only_a_newer_core_can_have_is_refused_with_the_reason(facts: Facts) -> None:
    facts.publish("shop", "2.0", core="2.581")
    facts.publish("cart", "2.0", "shop:2.0")
    with pytest.raises(ResolutionError) as refused:
        solve(facts, "cart")
    assert str(refused.value) == (
        "No version of cart fits Jenkins 2.580.3 (images.controller.version). cart 2.0 cannot be "
        "taken: No version of shop fits Jenkins 2.580.3 (images.controller.version). 2.0 needs "
        "Jenkins 2.581. cart 2.0 needs it. It is one of the plugins asked for (images.plugins or "
        "plugins.txt)"
    )


def test_a_locked_version_for_a_newer_core_is_replaced(facts: Facts) -> None:
    locked = {"workflow-job": "1590.v49101d088542"}
    core = Version("2.541.3")
    resolution = solve(facts, "workflow-job", locked=locked, core=core)
    assert versions(resolution)["workflow-job"] == "1571.1580.v18e46842c125"
    assert resolution.notes == (
        "workflow-job 1590.v49101d088542 needs Jenkins 2.556 or newer: "
        "1571.1580.v18e46842c125 is taken instead",
    )
    with pytest.raises(ResolutionError, match=r"Set images\.plugins: \{workflow-job: 1571"):
        solve(facts, "workflow-job", locked=locked, core=core, policy=Policy.LOCKED)


def test_a_suspended_plugin_is_refused(facts: Facts) -> None:
    facts.suspend("timestamper")
    with pytest.raises(ResolutionError, match="The update center does not offer timestamper"):
        solve(facts, "timestamper")


def test_a_release_that_needs_a_suspended_plugin_is_passed_over(facts: Facts) -> None:
    facts.publish("cart", "1.0")
    facts.publish("cart", "2.0", "timestamper:1.30")
    facts.suspend("timestamper")
    assert versions(solve(facts, "cart")) == {"cart": "1.0"}


def test_a_locked_release_that_was_suspended_is_replaced(facts: Facts) -> None:
    facts.suspend("github", "1.47.0")
    facts.publish("github", "1.48.0", "structs:338.v848422169819")
    resolution = solve(facts, "github", locked={"github": "1.47.0"})
    assert versions(resolution)["github"] == "1.48.0"
    assert resolution.notes == (
        "github 1.47.0 is not offered by the update center any more: 1.48.0 is taken instead",
    )


def test_an_unknown_pin_is_refused(facts: Facts) -> None:
    with pytest.raises(ResolutionError, match=r"git 9\.9 \(images\.plugins\) is not offered"):
        solve(facts, pinned={"git": "9.9"})


def test_a_pin_that_another_plugin_finds_too_old_is_refused(facts: Facts) -> None:
    facts.publish("cart", "1.0", "git:5.10.1")
    with pytest.raises(ResolutionError) as refused:
        solve(facts, "cart", pinned={"git": "5.10.0"})
    assert str(refused.value) == (
        "git 5.10.0 (images.plugins) is too old: cart 1.0 needs 5.10.1 or newer"
    )


def test_a_pin_for_a_newer_core_is_refused(facts: Facts) -> None:
    facts.publish("shop", "2.0", core="2.590.1")
    with pytest.raises(ResolutionError, match=r"needs Jenkins 2\.590\.1 or newer, but images"):
        solve(facts, pinned={"shop": "2.0"})


def test_an_addition_is_resolved_on_top_of_the_lock(facts: Facts) -> None:
    facts.publish("shop", "1.0", "git:5.10.1", "credentials:1415.v831096eb_5534")
    locked = versions(solve(facts, "git")) | {"git": "5.10.0"}
    found = versions(solve(facts, "git", pinned={"shop": "1.0"}, locked=locked))
    assert found == locked | {"shop": "1.0", "git": "5.10.1"}


def test_every_problem_is_reported(facts: Facts) -> None:
    with pytest.raises(ResolutionError) as refused:
        solve(facts, "nothing", pinned={"git": "9.9"})
    assert len(str(refused.value).splitlines()) == 2


def test_a_plugin_that_comes_as_a_file_is_taken_whatever_is_published(facts: Facts) -> None:
    own = Release("structs", Version("999"), CORE, (Dependency("git", Version("5.0")),))
    request = Request(CORE, frozenset(["structs"]), own={"structs": own})
    found = versions(resolve(request, facts.center))
    assert (found["structs"], found["git"]) == ("999", "5.10.1")


@pytest.mark.parametrize(
    ("own", "message"),
    [
        (
            Release("structs", Version("999"), Version("2.999")),
            "structs 999 (images.build_folder) needs Jenkins 2.999 or newer, but "
            "images.controller.version is 2.580.3",
        ),
        (
            Release("structs", Version("338.v848422169819"), Version("2.479.1")),
            "structs 338.v848422169819 (images.build_folder) is too old: ",
        ),
        (
            Release("script-security", Version("1412.v7737b_3405f86"), Version("2.479.1")),
            "script-security 1412.v7737b_3405f86 (images.build_folder) is affected by ",
        ),
    ],
)
def test_a_plugin_that_comes_as_a_file_and_does_not_fit_stops(
    facts: Facts, own: Release, message: str
) -> None:
    request = Request(CORE, frozenset([own.name, "job-dsl"]), own={own.name: own})
    with pytest.raises(ResolutionError) as failure:
        resolve(request, facts.center)
    assert message in str(failure.value)
