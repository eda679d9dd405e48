"""The address of Jenkins on this machine, and why there is none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from jenkins_platform_cli.engine import local_jenkins

OUTPUTS = {"url": "https://ci.example.com/"}
OWN = {"aws:lb/loadBalancer:LoadBalancer jenkins-alb": {"dnsName": "own.elb.amazonaws.com"}}
LISTENER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/web/1/2"
SHARED = {
    "aws:lb/listenerRule:ListenerRule jenkins-shared-forward": {"listenerArn": LISTENER},
}


def session(resources: dict[str, dict[str, Any]]) -> Any:
    def resource(kind: str, name: str) -> dict[str, Any] | None:
        found = resources.get(f"{kind} {name}")
        return {"outputs": found} if found else None

    cloud = SimpleNamespace(
        runs_tasks=True, url_of=lambda name: "http://127.0.0.1:1" if name.startswith("own") else ""
    )
    settings = SimpleNamespace(name="jenkins")
    options = ["--local"]
    return SimpleNamespace(
        cloud=cloud, settings=settings, name="dev", resource=resource, options=options
    )


def test_a_load_balancer_of_the_stack_answers_on_this_machine() -> None:
    assert local_jenkins.address(session(OWN), OUTPUTS) == "http://127.0.0.1:1"


@pytest.mark.parametrize("name", ["ci.example.com", "own.elb.amazonaws.com"])
def test_the_address_has_the_path_of_jenkins(name: str) -> None:
    outputs = {"url": f"https://{name}/tools/jenkins/"}
    assert local_jenkins.address(session(OWN), outputs) == "http://127.0.0.1:1/tools/jenkins"


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        (SHARED, rf"behind the existing load balancer of the listener {LISTENER}"),
        ({}, "stack dev has no load balancer"),
    ],
)
def test_without_one_the_reason_is_given(resources: dict[str, dict[str, Any]], reason: str) -> None:
    with pytest.raises(RuntimeError, match=reason):
        local_jenkins.address(session(resources), OUTPUTS)


def test_up_does_not_wait_for_jenkins_behind_an_existing_load_balancer() -> None:
    outcome = SimpleNamespace(ok=True, opens_at="", outputs=OUTPUTS, seconds=1.0)
    found = session(SHARED)
    found.up, found.region = lambda: outcome, "eu-central-1"
    found.cloud.endpoint, found.cloud.tasks = "http://127.0.0.1:1", list
    assert local_jenkins.up(found).ok
    assert local_jenkins.why_not(found, found.cloud).startswith("behind the existing load balancer")
