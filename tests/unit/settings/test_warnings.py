"""What is valid and probably a mistake."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jenkins_platform.settings import Settings
from jenkins_platform.settings.checks.addresses import few_addresses
from jenkins_platform.settings.checks.warnings import UNSCOPED, warnings
from jenkins_platform_policies import identity

from harness.inputs.changes import BY_HAND
from harness.inputs.lean import SMALL
from harness.stacks.mocks import platform


def found(**args: Any) -> list[str]:
    settings = Settings.from_args("jenkins", args)  # type: ignore[arg-type]
    given = [warning.split(" ")[0] for warning in warnings(settings)]
    # Without a certificate there is always one.
    return [key for key in given if key != "load_balancer"]


def agents(**template: Any) -> list[str]:
    return found(agents=[{"name": "a", **template}])


@pytest.mark.parametrize(
    "name",
    [
        *("DB_PASSWORD", "apiKey", "GITHUB_TOKEN", "CLIENT_SECRET", "AWS_SECRET_ACCESS_KEY"),
        *("DB_PWD", "GPG_PASSPHRASE", "STORAGE_ACCOUNT_KEY", "SIGNING_KEY", "BEARER", "dbPwd"),
    ],
)
def test_a_variable_that_seems_to_be_a_secret_is_reported(name: str) -> None:
    assert agents(environment={name: "x"}) == [f"agents[0].environment.{name}"]


@pytest.mark.parametrize(
    "name", ["SECRET_ARN", "TOKEN_FILE", "CREDENTIALS_ID", "tokenUrl", "MAVEN_OPTS", "CACHE_KEY"]
)
def test_a_variable_that_says_where_a_secret_is_is_not_reported(name: str) -> None:
    assert agents(environment={name: "x"}) == []
    assert agents(environment={"DB_PASSWORD": ""}) == []


def test_sidecars_java_options_and_the_controller_are_searched_too() -> None:
    assert found(controller={"environment": {"DB_PASSWORD": "x"}}) == [
        "controller.environment.DB_PASSWORD"
    ]
    sidecar = {"name": "db", "image": "a/b:1", "environment": {"POSTGRES_PASSWORD": "x"}}
    assert agents(sidecars=[sidecar]) == ["agents[0].sidecars[0].environment.POSTGRES_PASSWORD"]
    option = "-Dhttp.proxyPassword=hunter2"
    assert agents(java_options=[option]) == ["agents[0].java_options.http.proxyPassword"]
    key = "controller.java_options.http.proxyPassword"
    assert found(controller={"java_options": [option]}) == [key]


SECRETS = [
    "https://build:hunter2@git.example.com/a.git",
    "https://example.com/hook?access_token=abc",
    f"ghp_{'a1' * 18}",
    "glpat-abcdefghij0123456789",
    f"AKIA{'A1' * 8}",
    "-----BEGIN RSA PRIVATE KEY-----",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_recognizable_secret_is_reported_wherever_it_is(text: str) -> None:
    sidecar = {"name": "a", "image": "b", "command": ["run", f"--key={text}"]}
    assert agents(environment={"A": text}, sidecars=[sidecar]) == [
        "agents[0].environment.A",
        "agents[0].sidecars[0].command[1]",
    ]
    assert agents(environment={"DB_PASSWORD": text}) == ["agents[0].environment.DB_PASSWORD"]
    assert found(jenkins={"system_message": text}) == ["jenkins.system_message"]
    assert found(controller={"java_options": [f"-Da={text}"]}) == ["controller.java_options[0]"]


@pytest.mark.parametrize(
    "text",
    [
        "https://git.example.com/a@b",
        "http://${USER}:${PASSWORD}@proxy",
        "ssh://git@git.example.com/a",
        "ghp_short",
        "AKIA is a prefix",
    ],
)
def test_other_texts_are_not_reported(text: str) -> None:
    assert agents(environment={"A": text}) == []


def test_addresses_of_webhooks_which_are_encrypted_are_not_reported() -> None:
    assert found(monitoring={"webhooks": {"chat": "https://example.com/a?token=b"}}) == []


def test_the_program_warns_without_the_value(warned: list[str]) -> None:
    platform({**SMALL, "agents": [{"name": "a", "environment": {"NPM_TOKEN": "hunter2"}}]})
    assert "agents[0].environment.NPM_TOKEN seems to be a secret" in str(warned)
    assert "hunter2" not in str(warned)


def test_the_policy_pack_knows_the_same_actions_without_resources() -> None:
    assert identity.UNSCOPED == UNSCOPED


def test_a_permission_on_everything_with_a_condition_is_not_reported() -> None:
    condition = {"operator": "StringEquals", "key": "aws:ResourceTag/team", "values": ["web"]}
    statement = {"actions": ["ec2:StartInstances"], "resources": ["*"], "conditions": [condition]}
    assert agents(policy_statements=[statement]) == []


@pytest.mark.parametrize(
    ("action", "reported"),
    [("s3:List*", 1), ("sts:GetCallerIdentity", 0), ("ec2:DescribeInstances", 0)],
)
def test_a_permission_on_everything_is_reported(action: str, reported: int) -> None:
    statements = [{"actions": [action], "resources": ["*"]}]
    role = {"name": "r", "jobs": ["a"], "policy_statements": statements}
    keys = [
        *agents(policy_statements=statements),
        *found(jenkins={"job_identity": {"roles": [role]}}),
    ]
    assert (
        keys
        == [
            "agents[0].policy_statements[0]",
            "jenkins.job_identity.roles[0].policy_statements[0]",
        ][: 2 * reported]
    )


def test_ranges_from_which_no_one_can_connect_are_reported() -> None:
    ranges = {"allowed_cidrs": ["10.0.0.0/8", "2001:db8::/32"]}
    assert found(load_balancer=ranges) == ["load_balancer.allowed_cidrs"]
    assert found(load_balancer={"allowed_cidrs": ["10.0.0.0/8"]}) == []
    given = BY_HAND["load_balancer.ip_address_type"]
    both = {**given, "load_balancer": {**given["load_balancer"], **ranges}}
    assert found(**both) == []


def test_variables_may_have_the_names_of_inputs() -> None:
    names = ("environment", "java_options", "policy_statements")
    assert agents(environment=dict.fromkeys(names, "x")) == []


LOCK = {"mode": "compliance", "changeable_for_days": 3}
OUTSIDE = {"name": "a", "image": "registry.example.com/agent:1"}
PRICES: list[tuple[dict[str, Any], list[str]]] = [
    ({"backup": {"lock": LOCK}}, ["backup.lock"]),
    ({"backup": {"lock": {}}}, []),
    ({"network": {"nat": "none"}, "agents": [OUTSIDE]}, ["agents[0].image:"]),
    ({"agents": [OUTSIDE]}, []),
]


@pytest.mark.parametrize(("args", "reported"), PRICES)
def test_a_choice_with_a_price_is_reported(args: dict[str, Any], reported: list[str]) -> None:
    assert found(**args) == reported


def test_plain_http_is_reported() -> None:
    plain = Settings.from_args("jenkins", {})
    assert [w for w in warnings(plain) if "plain HTTP" in w]
    tls = Settings.from_args("jenkins", BY_HAND["load_balancer.certificate"])  # type: ignore[arg-type]
    assert not [w for w in warnings(tls) if "plain HTTP" in w]


@pytest.mark.parametrize(
    ("image", "reported"),
    [
        ("docker:dind", True),
        ("docker:28.5.1-dind", True),
        ("mirror.example.com/library/docker:28-dind-rootless", True),
        ("docker:cli", False),
        ("acme/not-docker:dind-tests", False),
    ],
)
def test_a_docker_daemon_as_a_sidecar_is_reported(image: str, reported: bool) -> None:
    sidecars = [{"name": "dind", "image": image}]
    assert agents(sidecars=sidecars) == ["agents[0].sidecars[0].image:"] * reported


@pytest.mark.parametrize(
    ("load_balancer", "warned"),
    [
        ({}, True),
        ({"allowed_cidrs": ["10.0.0.0/8"]}, True),
        ({"allowed_cidrs": ["10.0.0.0/8", "2001:db8::/32"]}, False),
        ({"allowed_prefix_list_ids": ["pl-0a1b2c3d"]}, False),
        ({"security_group_ids": ["sg-0a1b2c3d"]}, False),
        ({"ip_address_type": "ipv4"}, False),
    ],
)
def test_a_dual_stack_load_balancer_that_admits_no_ipv6_address_is_reported(
    load_balancer: dict[str, Any], warned: bool
) -> None:
    args: Any = {
        "network": {"ipv6": True},
        "load_balancer": {"ip_address_type": "dualstack", **load_balancer},
    }
    given = list(warnings(Settings.from_args("jenkins", args)))
    assert any("no one can connect over IPv6" in warning for warning in given) is warned


def test_managed_policies_of_administrators_and_more_than_the_default_quota_are_reported() -> None:
    arn = "arn:aws:iam::{}:policy/{}".format
    key = "agents[0].managed_policy_arns"
    ten = [arn(123456789012, f"p{i}") for i in range(10)]
    assert agents(managed_policy_arns=[arn("aws", "ReadOnlyAccess")]) == []
    assert agents(managed_policy_arns=[arn("aws", "AdministratorAccess")]) == [f"{key}[0]:"]
    assert agents(managed_policy_arns=ten) == []
    assert agents(managed_policy_arns=[*ten, arn("aws", "ReadOnlyAccess")]) == [f"{key}:"]


PUBLIC: dict[str, Any] = {
    "load_balancer": {
        "scheme": "internet-facing",
        "domain_name": "ci.example.com",
        "zone_id": "Z0123456789",
    }
}
SERVICES = ["sts", "sqs", "sns", "kms", "lambda", "ecs", "events"]


@pytest.mark.parametrize(
    ("args", "numbers"),
    [
        ({"network": {"cidr_block": "10.0.0.0/24"}}, [11, 9, 2]),
        ({"network": {"cidr_block": "10.0.0.0/23"}}, [27, 9, 18]),
        ({"network": {"cidr_block": "10.0.0.0/22"}}, []),
        ({"network": {"cidr_block": "10.0.0.0/24", "ipv6": True}}, [11, 1, 10]),
        (
            {"network": {"cidr_block": "10.0.0.0/23", "nat": "none"}},
            [27, 15, 12],
        ),
        ({"network": {"cidr_block": "10.0.0.0/24", "nat": "none"}}, [11, 15, 0]),
        (PUBLIC | {"network": {"cidr_block": "10.0.0.0/23"}}, []),
        (
            PUBLIC | {"network": {"cidr_block": "10.0.0.0/23", "endpoint_services": SERVICES[:6]}},
            [],
        ),
        (
            PUBLIC | {"network": {"cidr_block": "10.0.0.0/23", "endpoint_services": SERVICES}},
            [27, 8, 19],
        ),
    ],
)
def test_a_vpc_with_few_addresses_for_tasks_is_reported(
    args: dict[str, Any], numbers: list[int]
) -> None:
    text = "".join(few_addresses(Settings.from_args("jenkins", args)))  # type: ignore[arg-type]
    assert [int(n) for n in re.findall(r"(?:has|need|:) (\d+)(?!\d*\.)", text)] == numbers
    assert ("network.cidr_block" in found(**args)) == bool(numbers)
