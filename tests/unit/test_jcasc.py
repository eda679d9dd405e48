"""The rendered configuration of Jenkins."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from jenkins_platform import jcasc
from jenkins_platform.settings import Settings, SettingsError
from syrupy.assertion import SnapshotAssertion

PROFILES: dict[str, dict[str, Any]] = {
    "default": {},
    "two-templates": {
        "agents": [{"name": "linux", "capacity": "spot"}, {"name": "arm", "labels": ["arm", "m"]}],
        "sign_in": {"admin_user_name": "root"},
        "jenkins": {"system_message": "Welcome", "sample_jobs": False},
    },
}


def resolved(settings: Settings, **changes: Any) -> jcasc.Resolved:
    values: dict[str, Any] = {
        "url": "https://ci.example.com/",
        "region": "eu-central-1",
        "cluster_arn": "arn:aws:ecs:eu-central-1:123456789012:cluster/jenkins-agents",
        "agent_url": "http://controller.jenkins.internal:8080/",
        "tunnel": "controller.jenkins.internal:50000",
        "subnet_ids": ("subnet-1", "subnet-2"),
        "security_group_ids": {t.name: ("sg-1",) for t in settings.agents},
        "public_addresses": False,
        "families": {t.name: f"jenkins-agent-{t.name}" for t in settings.agents},
    }
    return jcasc.Resolved(**(values | changes))


def render(**args: Any) -> tuple[str, Any]:
    """The document of some inputs, as text and parsed."""
    settings = Settings.from_args("jenkins", args)  # type: ignore[arg-type]
    text = jcasc.render(settings, resolved(settings))
    return text, yaml.safe_load(text)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_document_of_a_profile_stays_as_it_is(
    profile: str, text_file: SnapshotAssertion
) -> None:
    assert render(**PROFILES[profile])[0] == text_file


def test_nobody_but_the_administrator_is_administrator() -> None:
    _, document = render()
    entries = document["jenkins"]["authorizationStrategy"]["globalMatrix"]["entries"]
    administrators = [
        e for e in entries for who in e.values() if "Overall/Administer" in who["permissions"]
    ]
    assert administrators == [{"user": {"name": "ecsuser", "permissions": ["Overall/Administer"]}}]
    assert not [e for e in entries for who in e.values() if who["name"] == "anonymous"]


def test_the_password_is_a_reference_that_jenkins_resolves() -> None:
    _, document = render()
    (user,) = document["jenkins"]["securityRealm"]["local"]["users"]
    assert user == {"id": "ecsuser", "password": "${JENKINS_ADMIN_PASSWORD}"}


def test_nothing_builds_on_the_controller() -> None:
    _, document = render()
    assert document["jenkins"]["numExecutors"] == 0


def test_spot_templates_have_a_strategy_and_no_launch_type() -> None:
    _, document = render(agents=[{"name": "linux", "capacity": "spot"}])
    spot, on_demand = document["jenkins"]["clouds"][0]["ecs"]["templates"]
    assert spot["label"] == "linux linux-spot"
    assert spot["capacityProviderStrategies"] == [
        {"provider": "FARGATE_SPOT", "base": 0, "weight": 1}
    ]
    assert "launchType" not in spot
    assert on_demand["label"] == "linux-on-demand"
    assert on_demand["launchType"] == "FARGATE"
    assert "capacityProviderStrategies" not in on_demand


def test_the_sample_jobs_run_on_the_kind_of_capacity_that_they_show() -> None:
    _, document = render(agents=[{"name": "maven"}])
    critical, non_critical = (job["script"] for job in document["jobs"])
    assert "maven-on-demand" in critical
    assert "maven-spot" in non_critical


def structure(value: Any) -> Any:
    """A document without its texts: what no value may change."""
    if isinstance(value, dict):
        return {k: structure(v) for k, v in value.items()}
    if isinstance(value, list):
        return [structure(v) for v in value]
    return type(value).__name__


ODD_TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "${JENKINS_ADMIN_PASSWORD}",
            "^${X}",
            "a: b\n- c",
            "{{ settings }}",
            "{% raw %}",
            "'\"\\",
            "!!python/object:os.system",
            "...\n---\n",
            "\u2028\u0085\ufeff",
            "null",
            "1e3",
            "- ",
            "# not a comment",
            "&a *a",
        ]
    ),
)


@given(message=ODD_TEXTS)
def test_no_text_changes_the_structure_of_the_document_or_itself(message: str) -> None:
    _, plain = render()
    try:
        _, document = render(jenkins={"system_message": message})
    except SettingsError:
        assume(False)  # refused: it never gets into a document
    assert structure(document) == structure(plain)
    assert jcasc_reads(document["jenkins"]["systemMessage"]) == message


def jcasc_reads(text: str) -> str:
    """What JCasC makes of a text: it takes the ``^`` before a ``${`` away and resolves nothing."""
    assert not re.search(r"(?<!\^)\$\{", text), "JCasC would resolve a variable here"
    return text.replace("^${", "${")
