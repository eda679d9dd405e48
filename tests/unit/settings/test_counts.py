"""How much of a limit inputs use: every text that AWS counts is counted with its whole length."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.settings.checks.counts import counts
from jenkins_platform.settings.facts import limits
from jenkins_platform.settings.facts.limits import Limit

STATEMENT = {
    "actions": ["s3:GetObject"],
    "resources": ["arn:aws:s3:::bucket/a"],
    "conditions": [{"operator": "StringLike", "key": "aws:PrincipalTag/a", "values": ["one"]}],
}
LONGER: list[tuple[tuple[str | int, ...], str]] = [
    (("actions", 0), "s3:GetObjectVersion"),
    (("resources", 0), "arn:aws:s3:::bucket/abcdefgh"),
    (("conditions", 0, "operator"), "StringNotLike"),
    (("conditions", 0, "key"), "aws:PrincipalTag/abcdefgh"),
    (("conditions", 0, "values", 0), "one two three"),
]

AWS = {
    "TAGS": 50,
    "TAG_VALUE": 256,
    "ROLE_NAME": 64,
    "INSTANCE_ROLE_NAME": 64,
    "MANAGED_POLICIES": 20,
    "INLINE_POLICIES": 10_240,
    "TRUST_POLICY": 2_048,
    "TASK_DEFINITION": 65_536,
    "CONTAINERS": 10,
    "RULES_OF_GROUP": 60,
    "RULES_OF_BALANCER": 100,
    "CONDITION_VALUES": 3,
    "CONDITION_WILDCARDS": 5,
    "CACHE_RULES": 50,
    "IMAGE_TAG": 128,
    "FUNCTION_ENVIRONMENT": 4_096,
    "PARAMETER": 4_096,
    "WIDGETS": 500,
    "METRIC_FILTERS": 100,
    "ALARM_NAME": 255,
    "CAPACITY_PROVIDER_NAME": 255,
    "GROUP_NAME": 255,
    "LAUNCH_TEMPLATE_NAME": 128,
    "CERTIFICATE_NAME": 64,
}
"""Quotas and lengths in AWS's documentation, which each limit names."""


def test_the_limits_are_those_of_aws() -> None:
    found = {name: value for name, value in vars(limits).items() if isinstance(value, Limit)}
    assert {name: limit.maximum for name, limit in found.items()} == AWS
    assert all(limit.source and limit.remedy for limit in found.values())


def number(key: str, **args: Any) -> int:
    """The count of one input."""
    settings = Settings.from_args("jenkins", args)  # type: ignore[arg-type]
    return max(count.number for count in counts(settings) if count.key == key)


@pytest.mark.parametrize(("path", "longer"), LONGER, ids=lambda v: str(v))
def test_every_text_of_a_statement_counts(path: tuple[str | int, ...], longer: str) -> None:
    changed: Any = copy.deepcopy(STATEMENT)
    owner = changed
    for step in path[:-1]:
        owner = owner[step]
    grown = len(longer) - len(owner[path[-1]])
    owner[path[-1]] = longer

    def of_build(statement: Any) -> int:
        agents = [{"name": "linux", "policy_statements": [statement]}]
        return number("agents[0].policy_statements", agents=agents)

    def of_job(statement: Any) -> int:
        role = {"name": "deploy", "jobs": ["a"], "policy_statements": [statement]}
        key = "jenkins.job_identity.roles[0].policy_statements"
        return number(key, jenkins={"job_identity": {"roles": [role]}})

    assert of_build(changed) - of_build(STATEMENT) == grown
    assert of_job(changed) - of_job(STATEMENT) == grown


@pytest.mark.parametrize("more", [{"actions": ["s3:PutObject"]}, {"conditions": []}])
def test_more_statements_count(more: dict[str, Any]) -> None:
    agents = [{"name": "linux", "policy_statements": [STATEMENT, {**STATEMENT, **more}]}]
    one = [{"name": "linux", "policy_statements": [STATEMENT]}]
    key = "agents[0].policy_statements"
    assert number(key, agents=agents) > number(key, agents=one) + 100


@pytest.mark.parametrize(
    ("own", "keys"),
    [
        ({}, {"agents[0].name", "agents[0].policy_statements"}),
        ({"task_role_arn": "arn:aws:iam::123456789012:role/builds"}, set()),
    ],
    ids=["created", "existing"],
)
def test_only_the_policy_of_a_created_role_is_counted(own: dict[str, Any], keys: set[str]) -> None:
    settings = Settings.from_args("jenkins", {"agents": [{"name": "linux", **own}]})
    found = {count.key for count in counts(settings)}
    assert found & {"agents[0].name", "agents[0].policy_statements"} == keys


def test_every_secret_counts_in_the_policy_that_reads_it() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token{}-AbCdEf"
    one, two, three = (
        number("jenkins.secrets", jenkins={"secrets": {n: arn.format(n) for n in names}})
        for names in ("A", "AB", "ABC")
    )
    assert three - two == two - one > 2 * len(arn)


@pytest.mark.parametrize(
    ("args", "counted"),
    [
        ({}, True),
        ({"security_group_ids": ["sg-0a1b2c3d"]}, False),
    ],
)
def test_rules_are_counted_of_a_created_security_group(args: dict[str, Any], counted: bool) -> None:
    values: Any = {"load_balancer": args}
    settings = Settings.from_args("jenkins", values)
    assert ("load_balancer.allowed_cidrs" in {c.key for c in counts(settings)}) is counted


TLS = {"certificate": {"existing": "arn:aws:acm:eu-central-1:123456789012:certificate/a-b"}}
PLAIN = {"name": "linux"}
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1"
POLICIES = [f"arn:aws:iam::123456789012:policy/p{index}" for index in range(21)]
CACHES = [{"prefix": f"quay{index}", "upstream": "quay.io"} for index in range(51)]
V4, V6 = ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"], ["fd00:1::/32"]
DOCKER = {"capacity": "instances", "docker": True, "cpu": 2048, "memory_mib": 4096}
SIDECARS = [{"name": name, "image": IMAGE} for name in ("db", "cache")]


@pytest.mark.parametrize(
    ("key", "args", "expected"),
    [
        ("load_balancer.allowed_cidrs", {"load_balancer": {"allowed_cidrs": V4 + V6}}, 3),
        ("load_balancer.allowed_cidrs", {"load_balancer": {"allowed_cidrs": V4 + V6, **TLS}}, 6),
        (
            "load_balancer.allowed_cidrs",
            {
                "load_balancer": {
                    "allowed_cidrs": V4,
                    "allowed_prefix_list_ids": ["pl-0a1b2c3d", "pl-0a1b2c3e"],
                    **TLS,
                }
            },
            10,
        ),
        ("agents[0].labels", {"agents": [{**PLAIN, "labels": ["a", "bc"]}]}, 29),
        ("agents[0].sidecars", {"agents": [PLAIN]}, 1),
        ("agents[0].sidecars", {"agents": [{**PLAIN, "sidecars": SIDECARS}]}, 3),
        ("agents[0].sidecars", {"agents": [{**PLAIN, **DOCKER, "sidecars": SIDECARS}]}, 4),
        (
            "agents[0].sidecars",
            {"agents": [{**PLAIN, "volumes": [{"container_path": "/cache"}]}]},
            2,
        ),
        (
            "agents[0].managed_policy_arns",
            {"agents": [{**PLAIN, "managed_policy_arns": POLICIES[:7]}]},
            7,
        ),
        ("images.pull_through_caches", {"images": {"pull_through_caches": CACHES[:5]}}, 5),
        ("images.controller.version", {"images": {"controller": {"version": "2.580.3"}}}, 31),
        ("agents[0].name", {"agents": [PLAIN]}, len("jenkins-agent-linux-0123456")),
        ("agents[0].name", {"name_prefix": "ci", "agents": [PLAIN]}, len("ci-agent-linux")),
    ],
)
def test_what_is_counted(key: str, args: dict[str, Any], expected: int) -> None:
    assert number(key, **args) == expected


@pytest.mark.parametrize(
    ("key", "args", "more", "least"),
    [
        # In two statements, as the ARN of a repository.
        ("agents[0].secrets", {"sidecars": SIDECARS[:1]}, {"sidecars": SIDECARS}, 2 * len(IMAGE)),
        ("agents[0]", {}, {"java_options": ["-Da=" + "b" * 500]}, 500),
        ("agents[0]", {}, {"environment": {"A": "b" * 500}}, 500),
        ("agents[0]", {}, {"tags": {"a": "b" * 200}}, 200),
        (
            "agents[0]",
            {"sidecars": SIDECARS},
            {"sidecars": [*SIDECARS, {**SIDECARS[0], "name": "x", "command": ["c" * 500]}]},
            500,
        ),
        ("agents[0]", {}, {"volumes": [{"container_path": "/" + "c" * 100}]}, 500),
    ],
)
def test_what_is_added_to_a_template_counts(
    key: str, args: dict[str, Any], more: dict[str, Any], least: int
) -> None:
    less, greater = (number(key, agents=[{**PLAIN, **given}]) for given in (args, {**args, **more}))
    assert greater - less >= least


def test_the_name_of_a_secret_counts_in_the_list_of_names_too() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf"
    one, longer = (
        number("controller.java_options", jenkins={"secrets": {name: arn}})
        for name in ("A", "A" * 101)
    )
    assert longer - one >= 2 * 100


@pytest.mark.parametrize(
    ("key", "args"),
    [
        (
            "agents[0].managed_policy_arns",
            lambda n: {"agents": [{**PLAIN, "managed_policy_arns": POLICIES[:n]}]},
        ),
        ("images.pull_through_caches", lambda n: {"images": {"pull_through_caches": CACHES[:n]}}),
    ],
)
def test_the_limit_itself_is_accepted(key: str, args: Callable[[int], Any]) -> None:
    most = {"agents[0].managed_policy_arns": 20, "images.pull_through_caches": 50}[key]
    Settings.from_args("jenkins", args(most))
    with pytest.raises(SettingsError, match=f"AWS allows {most} "):
        Settings.from_args("jenkins", args(most + 1))
