"""Which AWS services get an interface endpoint, and why."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from jenkins_platform.settings import Settings, SettingsError, endpoint_services
from jenkins_platform.settings.endpoint_services import interface_services, unreachable_images

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/token"
GITHUB = {"app_id": "1", "organizations": ["acme"]}
NEEDED = {*endpoint_services.ALWAYS, "lambda"}
ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/tools:1"


def settings(nat: str = "none", **args: Any) -> Settings:
    network = {"nat": nat, **args.pop("network", {})}
    return Settings.from_args("jenkins", {"network": network, **args})  # type: ignore[arg-type]


def agent(**template: Any) -> dict[str, Any]:
    return {"agents": [{"name": "linux", **template}]}


@pytest.mark.parametrize("nat", ["one-per-zone", "single", "public-subnets"])
def test_no_endpoints_with_internet_access(nat: str) -> None:
    busy = agent(enable_execute_command=True, secrets={"A": PARAMETER})
    assert interface_services(settings(nat, **busy)) == {}


@pytest.mark.parametrize(
    ("args", "more"),
    [
        ({}, set()),
        (agent(secrets={"A": SECRET}), set()),
        (agent(secrets={"A": PARAMETER}), {"ssm"}),
        (agent(secrets={"A": pulumi.Output.from_input(SECRET)}), {"ssm"}),
        (
            agent(sidecars=[{"name": "db", "image": ECR, "secrets": {"A": PARAMETER}}]),
            {"ssm"},
        ),
        ({"jenkins": {"github": {**GITHUB, "private_key_secret_arn": SECRET}}}, set()),
        ({"jenkins": {"github": {**GITHUB, "private_key_secret_arn": PARAMETER}}}, {"ssm"}),
        ({"jenkins": {"gitlab": {"groups": ["a"], "token_secret_arn": PARAMETER}}}, {"ssm"}),
        (
            {"jenkins": {"bitbucket": {"workspaces": ["a"], "token_secret_arn": PARAMETER}}},
            {"ssm"},
        ),
        (
            {
                "jenkins": {
                    "github": {
                        **GITHUB,
                        "private_key_secret_arn": SECRET,
                        "webhook_secret_arn": PARAMETER,
                    }
                }
            },
            {"ssm"},
        ),
        (agent(enable_execute_command=True), {"ssmmessages"}),
        ({"controller": {"enable_execute_command": True}}, {"ssmmessages"}),
        (agent(assumable_role_arns=["arn:aws:iam::123456789012:role/deploy"]), {"sts"}),
        (
            agent(
                policy_statements=[
                    {
                        "actions": ["sts:AssumeRole"],
                        "resources": ["arn:aws:iam::123456789012:role/deploy"],
                    }
                ]
            ),
            {"sts"},
        ),
    ],
)
def test_endpoints_without_nat(args: dict[str, Any], more: set[str]) -> None:
    assert set(interface_services(settings(**args))) == NEEDED | more


def test_the_circuit_breaker_requires_an_endpoint_only_if_there_is_one() -> None:
    off = {"agent_cloud": {"spot_circuit_breaker": {"enabled": False}}}
    assert set(interface_services(settings(**off))) == set(endpoint_services.ALWAYS)


def test_requested_endpoints_with_any_nat_strategy() -> None:
    asked: dict[str, Any] = {"network": {"endpoint_services": ["sqs", "ecs"]}}
    assert set(interface_services(settings("single", **asked))) == {"sqs", "ecs"}
    closed = interface_services(settings(**asked))
    assert set(closed) == NEEDED | {"sqs"}
    assert closed["ecs"] == endpoint_services.ALWAYS["ecs"], "the platform's own reason stands"


def test_existing_vpc_gets_no_endpoints() -> None:
    existing = {
        "existing": {
            "vpc_id": "vpc-0a1b2c3d",
            "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"],
        }
    }
    assert interface_services(Settings.from_args("jenkins", {"network": existing})) == {}  # type: ignore[arg-type]


def test_images_without_an_endpoint_are_found() -> None:
    closed = settings(
        images={"controller": {"existing": ECR}, "agent": {"existing": "example/agent:1"}},
        agents=[
            {
                "name": "linux",
                "image": pulumi.Output.from_input("known/later:1"),
                "sidecars": [{"name": "db", "image": "postgres:17"}],
            }
        ],
    )
    found = dict(unreachable_images(closed))
    assert found["images.agent.existing"] == "example/agent:1"
    assert found["agents[0].sidecars[0].image"] == "postgres:17"
    assert not found.keys() & {"images.controller.existing", "agents[0].image"}
    assert dict(unreachable_images(settings("single"))) == {}


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        (["s3"], "network.endpoint_services[0]: 's3': is not required"),
        (["SQS"], "network.endpoint_services[0]: 'SQS': must be the name of a service"),
    ],
)
def test_a_wrong_endpoint_service_is_refused(services: list[str], expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(network={"endpoint_services": services})
    (problem,) = caught.value.problems
    assert str(problem).startswith(expected)
