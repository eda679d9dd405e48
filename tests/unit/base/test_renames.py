"""Former names of sub-components and their children."""

from __future__ import annotations

import pulumi
import pytest
from jenkins_platform.base.renames import former_children, former_component


@pytest.mark.parametrize(
    ("role", "kind", "former"),
    [
        ("load-balancer", "Entrance", "entrance"),
        ("log-groups", "Logs", "logs"),
        ("monitoring", "Watch", "watch"),
        ("notifications", "Topic", "topic"),
        ("secrets", "SignIn", "sign-in"),
        ("vpc-endpoints", "Endpoints", "endpoints"),
    ],
)
def test_a_renamed_component_has_its_former_type_and_name(
    role: str, kind: str, former: str
) -> None:
    (alias,) = former_component(role, "ci", "jenkins-platform")
    assert (alias.type_, alias.name) == (f"jenkins-platform:index:{kind}", f"ci-{former}")


def test_other_components_have_no_former_name() -> None:
    assert former_component("network", "ci", "jenkins-platform") == []


@pytest.mark.parametrize(
    ("role", "name", "former"),
    [
        ("security-groups", "ci-load-balancer", "ci-entrance"),
        ("security-groups", "ci-load-balancer-443-10.0.0.0-8", "ci-entrance-443-10.0.0.0-8"),
        ("notifications", "ci-monitoring", "ci-watch"),
        ("agent-cloud", "ci-agents-execution", "ci-agent-execution"),
        ("security-groups", "ci-controller", None),
        ("notifications", "other-monitoring", None),
        ("notifications", "ci-monitoring-mail", None),
    ],
)
def test_a_renamed_child_has_its_former_name(role: str, name: str, former: str | None) -> None:
    (add,) = former_children(role, "ci")
    given = pulumi.ResourceOptions(protect=True, aliases=[pulumi.Alias(name="given")])
    result = add(pulumi.ResourceTransformationArgs(None, "x:y:Z", name, {"a": 1}, given))  # type: ignore[arg-type]
    if former is None:
        assert result is None
        return
    assert result
    assert result.props == {"a": 1}
    assert result.opts.protect is True
    names = [a.name for a in result.opts.aliases or [] if isinstance(a, pulumi.Alias)]
    assert names == ["given", former]
