"""What is read from the update center's documents, in their real format."""

import pytest
from jenkins_plugins.update_center import CORE, Release, UpdateCenter
from jenkins_plugins.versions import Version

from harness.jenkins.update_center import Facts


@pytest.fixture
def facts() -> Facts:
    return Facts()


def release(center: UpdateCenter, name: str) -> Release:
    return center.releases_of(name)[0]


def test_a_release_has_its_core_and_its_dependencies(facts: Facts) -> None:
    ecs = release(facts.center, "amazon-ecs")
    assert (str(ecs.version), str(ecs.required_core)) == ("1.49", "2.387.3")
    needs = {d.name: d.optional for d in ecs.dependencies}
    assert needs["aws-credentials"] is False
    assert needs["pipeline-model-extensions"] is True


def test_all_releases_are_known_and_the_newest_is_first(facts: Facts) -> None:
    versions = [str(r.version) for r in facts.center.releases_of("script-security")]
    assert versions == [
        "1436.1438.v3dc5ef7d16f2",
        "1436.v1082791135e4",
        "1412.v7737b_3405f86",
    ]


def test_without_the_document_of_all_releases_the_newest_are_known(facts: Facts) -> None:
    center = UpdateCenter(facts.site)
    assert [str(r.version) for r in center.releases_of("github")] == ["1.47.0"]


def test_a_warning_holds_for_the_versions_that_its_pattern_names(facts: Facts) -> None:
    center = facts.center

    def identifiers(name: str, version: str) -> list[str]:
        return [w.id for w in center.warnings_of(name, Version(version))]

    assert "SECURITY-4278" in identifiers("script-security", "1412.v7737b_3405f86")
    assert "SECURITY-4278" in identifiers("script-security", "1436.v1082791135e4")
    assert identifiers("script-security", "1436.1438.v3dc5ef7d16f2") == []
    assert identifiers("github", "1.46.0") == ["SECURITY-3704"]
    assert identifiers("github", "1.47.0") == []
    assert identifiers(CORE, "2.580.1") == ["core-2_588"]
    assert identifiers(CORE, "2.580.3") == []


def test_a_warning_without_versions_and_one_that_cannot_be_read_hold_for_all(facts: Facts) -> None:
    facts.warn("git", "[", "SECURITY-2")
    facts.warn("git-client", "x")
    facts.site["warnings"][-1]["versions"] = []
    center = facts.center
    assert [w.id for w in center.warnings_of("git", Version("7"))] == ["SECURITY-2"]
    assert len(center.warnings_of("git-client", Version("7"))) == 1


def test_an_old_plugin_needs_what_was_split_from_core_since(facts: Facts) -> None:
    facts.publish("old", "1.0", "jaxb:2.3.9", core="2.163")
    facts.publish("new", "1.0", core="2.357")
    old, new = (release(facts.center, name) for name in ("old", "new"))
    assert {d.name: str(d.version) for d in old.needs(Version("2.580.3"))} == {
        "jaxb": "2.3.9",  # declared: no second time
        "trilead-api": "1.0.4",
        "sshd": "3.236.ved5e1b_cb_50b_2",
        "javax-activation-api": "1.2.0-2",
        "javax-mail-api": "1.6.2-5",
        "instance-identity": "3.1",
    }
    assert new.needs(Version("2.580.3")) == ()
    assert {d.name for d in old.needs(Version("2.184"))} == {"jaxb"}  # still in core
    assert {d.name for d in old.needs(Version("2.185"))} == {"jaxb", "trilead-api"}


@pytest.mark.parametrize("missing", ["warnings", "plugins"])
def test_a_document_that_says_nothing_about_safety_is_refused(facts: Facts, missing: str) -> None:
    del facts.site[missing]
    with pytest.raises(ValueError, match="no plugins or no security warnings"):
        UpdateCenter(facts.site)
