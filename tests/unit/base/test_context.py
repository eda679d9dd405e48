"""Everything is created and looked up by the provider that the component is given."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from jenkins_platform import JenkinsPlatform
from jenkins_platform.testing import LOAD_BALANCER, _Mocks, register
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs

from harness.inputs.changes import BY_HAND
from harness.inputs.lean import LEAN, SMALL

BALANCER, BALANCERS = "aws:lb/getLoadBalancer:getLoadBalancer", "aws:lb/getLbs:getLbs"
CREATED: dict[str, Any] = {
    **LEAN,
    **BY_HAND["sign_in.load_balancer_oidc"],
    "network": {"nat": "single", "ca_certificate_arns": ["arn:aws:s3:::company/ca/root.pem"]},
    "agents": [
        {
            "name": "a",
            "capacity": "instances",
            "cpu": 2048,
            "memory_mib": 4096,
            "instances": {"provider": "auto-scaling-group", "ami_parameter": "/golden/agents"},
        }
    ],
}
EXISTING = {
    **SMALL,
    **BY_HAND["agent_cloud.cluster_arn"],
    **BY_HAND["load_balancer.existing"],
}
ARGUMENTS = {
    "aws:ecs/getCluster:getCluster": {"clusterName": "shared"},
    BALANCER: {"arn": LOAD_BALANCER},
    BALANCERS: {"tags": {"JenkinsPlatformHandle": "jenkins-abcdef"}},
    "aws:s3/getObject:getObject": {"bucket": "company", "key": "ca/root.pem"},
    "aws:secretsmanager/getSecretVersion:getSecretVersion": {
        "secretId": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:balancer-AbCdEf"
    },
    "aws:ssm/getParameter:getParameter": {"name": "/golden/agents"},
}
"""What each look-up asks for."""
DEPLOYED = {BALANCERS: {"arns": [LOAD_BALANCER]}, BALANCER: {"ipAddressType": "ipv4"}}


@pytest.mark.parametrize(
    ("args", "calls", "tokens"),
    [
        (CREATED, DEPLOYED, ARGUMENTS.keys() - {"aws:ecs/getCluster:getCluster"}),
        (EXISTING, {}, {BALANCER, "aws:ecs/getCluster:getCluster"}),
    ],
    ids=["created", "existing"],
)
def test_the_provider_of_the_component_creates_and_looks_up_everything(
    args: dict[str, Any],
    calls: dict[str, Any],
    tokens: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, str]] = []
    arguments: dict[str, Any] = {}
    answer, create = _Mocks.call, _Mocks.new_resource

    def call(mocks: _Mocks, args: MockCallArgs) -> Any:
        asked.append((args.token, args.provider))
        arguments[args.token] = args.args
        return answer(mocks, args)

    def new_resource(mocks: _Mocks, args: MockResourceArgs) -> Any:
        if args.typ.startswith("aws:"):
            asked.append((args.name, args.provider or ""))
        return create(mocks, args)

    monkeypatch.setattr(_Mocks, "call", call)
    monkeypatch.setattr(_Mocks, "new_resource", new_resource)

    def program() -> None:
        provider = aws.Provider("own", region="eu-central-1")
        options = pulumi.ResourceOptions(providers=[provider])
        JenkinsPlatform("jenkins", args, opts=options)  # type: ignore[arg-type]

    register(program, calls=calls)
    assert {t: arguments[t] for t in tokens} == {t: ARGUMENTS[t] for t in tokens}
    assert {name for name, provider in asked if "::own::" not in provider} == set()


REPLACED = {
    "aws:ecs/taskDefinition:TaskDefinition",
    "docker:index/image:Image",
    "random:index/randomString:RandomString",
}
"""What updates replace: revisions of task definitions, and images with their tags."""


@pytest.mark.parametrize("policy", ["retain", "destroy"])
def test_a_protected_platform_protects_everything_that_updates_do_not_replace(policy: str) -> None:
    def program() -> None:
        args: Any = {"removal_policy": policy}
        JenkinsPlatform("jenkins", args, pulumi.ResourceOptions(protect=True))

    registered = [r for r in register(program) if r.custom]
    assert {r.token for r in registered if not r.protect} == REPLACED
    assert {r.token for r in registered if r.protect} & REPLACED == set()


def test_a_platform_without_protection_protects_nothing() -> None:
    args: Any = {"removal_policy": "destroy"}
    registered = register(lambda: JenkinsPlatform("jenkins", args))
    assert [r.name for r in registered if r.protect or r.retain] == []
