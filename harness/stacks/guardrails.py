"""Runs the policy pack in this process, as the engine would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jenkins_platform_policies import POLICIES
from pulumi_policy import (
    EnforcementLevel,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.policy import PolicyCustomTimeouts


@dataclass(frozen=True)
class Violation:
    policy: str
    resource: str
    message: str


_OPTIONS = PolicyResourceOptions(False, [], None, [], PolicyCustomTimeouts(0, 0, 0), [], "")


def resource(kind: str, props: dict[str, Any], urn: str = "") -> PolicyResource:
    name = urn.rsplit("::", 1)[-1] or "a"
    return PolicyResource(
        kind, props, urn or f"urn::{kind}::{name}", name, _OPTIONS, None, None, [], {}
    )


def of_state(resources: Iterable[dict[str, Any]]) -> list[PolicyResource]:
    """The resources of a state as input of the policy pack."""
    return [
        resource(r["type"], {**r.get("inputs", {}), **r.get("outputs", {})}, r["urn"])
        for r in resources
        if r.get("custom")
    ]


def mandatory(resources: Iterable[PolicyResource]) -> list[Violation]:
    """The violations that stop a deployment."""
    advisory = {p.name for p in POLICIES if p.enforcement_level is EnforcementLevel.ADVISORY}
    return [v for v in judge(resources) if v.policy not in advisory]


def judge(
    resources: Iterable[PolicyResource], config: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Violation]:
    """All violations of the policies by some resources.

    Args:
        config: Configuration of policies, by their names.
    """
    found: list[Violation] = []
    everything = list(resources)
    for policy in POLICIES:
        if isinstance(policy, ResourceValidationPolicy):
            for one in everything:
                args = ResourceValidationArgs(
                    one.resource_type,
                    one.props,
                    one.urn,
                    one.name,
                    _OPTIONS,
                    None,
                    (config or {}).get(policy.name),
                )
                policy.validate(args, _collect(found, policy.name, one.urn))
        elif isinstance(policy, StackValidationPolicy):
            policy.validate(StackValidationArgs(everything, {}), _collect(found, policy.name, ""))
    return found


def _collect(found: list[Violation], policy: str, urn: str) -> Any:
    def report(message: str, where: str | None = None) -> None:
        found.append(Violation(policy, where or urn, message))

    return report
