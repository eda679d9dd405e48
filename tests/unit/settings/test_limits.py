"""No accepted configuration exceeds a limit of AWS, measured on what is registered."""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jenkins_platform import JenkinsPlatform
from jenkins_platform.controller import jcasc
from jenkins_platform.settings import Problem, Settings, SettingsError
from jenkins_platform.settings.checks.counts import names_families
from jenkins_platform.settings.facts import limits
from jenkins_platform.settings.facts.limits import Limit
from jenkins_platform.testing import Registration, register

from harness.inputs.lean import LEAN

ACCOUNT = "123456789012"
AUTOMATIC = "-0123456"
"""What the provider appends to names that it generates."""
NAMED = {
    "CapacityProvider": limits.CAPACITY_PROVIDER_NAME,
    "Group": limits.GROUP_NAME,
    "LaunchTemplate": limits.LAUNCH_TEMPLATE_NAME,
}


def secret(index: int, length: int = 20) -> str:
    return f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:{'x' * length}{index}-AbCdEf"


def role(index: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/role-number-{index}"


def compact(text: str) -> int:
    return len(re.sub(r"\s", "", text))


def measured(found: list[Registration]) -> Iterator[tuple[Limit, str, int]]:
    """What counts towards each limit in registered resources."""
    policies: Counter[str] = Counter()
    managed: Counter[str] = Counter()
    rules: Counter[tuple[str, str]] = Counter()
    balancer_rules = caches = 0
    filters: Counter[str] = Counter()
    for one in found:
        kind, given = one.token.split(":")[-1], one.inputs
        if kind == "RolePolicy":
            policies[one.name] += compact(given["policy"])
        elif kind == "RolePolicyAttachment":
            managed[given["role"]] += 1
        elif kind == "Role":
            length = len(given.get("name") or one.name + AUTOMATIC)
            of_instances = one.name.startswith("jenkins-instance-")
            limit = limits.INSTANCE_ROLE_NAME if of_instances else limits.ROLE_NAME
            yield limit, one.name, length
            yield limits.TRUST_POLICY, one.name, compact(given["assumeRolePolicy"])
        elif kind == "SecurityGroupIngressRule":
            version = "6" if "cidrIpv6" in given else "4"
            rules[given["securityGroupId"], version] += 1
        elif kind == "ListenerRule":
            balancer_rules += 1
            for condition in given["conditions"]:
                paths = condition.get("pathPattern", {}).get("values", [])
                yield limits.CONDITION_VALUES, one.name, len(paths)
                wildcards = len(re.findall(r"[*?]", "".join(paths)))
                yield limits.CONDITION_WILDCARDS, one.name, wildcards
        elif kind == "TaskDefinition":
            containers = json.loads(given["containerDefinitions"])
            request = json.dumps({**given, "containerDefinitions": containers})
            yield limits.TASK_DEFINITION, one.name, len(request)
            yield limits.CONTAINERS, one.name, len(containers)
        elif kind == "PullThroughCacheRule":
            caches += 1
        elif kind == "Function" and "environment" in given:
            yield limits.FUNCTION_ENVIRONMENT, one.name, len(json.dumps(given["environment"]))
        elif kind == "Parameter":
            yield limits.PARAMETER, one.name, len(given["value"])
        elif kind == "Dashboard":
            yield limits.WIDGETS, one.name, len(json.loads(given["dashboardBody"])["widgets"])
        elif kind == "LogMetricFilter":
            filters[given["logGroupName"]] += 1
        elif kind in ("MetricAlarm", "CompositeAlarm"):
            name = given.get("name") or given.get("alarmName") or one.name + AUTOMATIC
            yield limits.ALARM_NAME, one.name, len(name)
        elif kind in NAMED:
            yield NAMED[kind], one.name, len(given.get("name") or one.name + AUTOMATIC)
        elif kind == "Certificate":
            yield limits.CERTIFICATE_NAME, one.name, len(given["domainName"])
        elif kind == "Image":
            tag = given["imageName"].rpartition(":")[2]
            yield limits.IMAGE_TAG, one.name, len(tag)
        yield limits.TAGS, one.name, len(given.get("tags") or {})
    for counter, limit in (
        (policies, limits.INLINE_POLICIES),
        (managed, limits.MANAGED_POLICIES),
        (rules, limits.RULES_OF_GROUP),
        (filters, limits.METRIC_FILTERS),
    ):
        yield from ((limit, str(key), number) for key, number in counter.items())
    yield limits.RULES_OF_BALANCER, "load balancer", balancer_rules
    yield limits.CACHE_RULES, "registry", caches


def labels_of(args: Any) -> Iterator[tuple[Limit, str, int]]:
    accepted = Settings.from_args("jenkins", args)
    document = yaml.safe_load(jcasc.render(accepted, jcasc.Resolved.placeholders(accepted)))
    for cloud in document["jenkins"]["clouds"]:
        for template in cloud["ecs"]["templates"]:
            yield limits.TAG_VALUE, template["templateName"], len(template["label"])


def template(**given: Any) -> dict[str, Any]:
    return {"agents": [{"name": "linux", **given}]}


def job_role(**given: Any) -> dict[str, Any]:
    statement = {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::a/*"]}
    role = {"name": "deploy", "jobs": ["a"], "policy_statements": [statement], **given}
    return {"jenkins": {"job_identity": {"roles": [role]}}}


def oidc(**given: Any) -> dict[str, Any]:
    base = "https://id.example.com/"
    endpoints = ("issuer", "authorization_endpoint", "token_endpoint", "user_info_endpoint")
    return {
        "load_balancer": {"domain_name": "ci.example.com", "zone_id": "Z0123456789ABC"},
        "sign_in": {
            "load_balancer_oidc": {
                **{name: base + name for name in endpoints},
                "client_id": "jenkins",
                "client_secret_arn": secret(0),
                **given,
            }
        },
    }


DOCKER = {"name": "d", "capacity": "instances", "docker": True, "cpu": 2048, "memory_mib": 4096}
TLS = {"certificate": {"existing": f"arn:aws:acm:eu-central-1:{ACCOUNT}:certificate/a-b"}}
GROWING: dict[str, tuple[Limit, int, Callable[[int], dict[str, Any]]]] = {
    "labels": (
        limits.TAG_VALUE,
        20,
        lambda n: template(labels=[f"toolchain-{i}" for i in range(n)]),
    ),
    "labels on Spot": (
        limits.TAG_VALUE,
        100,
        lambda n: template(labels=["a" * n, "b" * n], capacity="spot"),
    ),
    "a template's name": (
        limits.ROLE_NAME,
        40,
        lambda n: {"name_prefix": "p" * 19, "agents": [{"name": "t" * n}]},
    ),
    "a template's name with a secret": (
        limits.ROLE_NAME,
        40,
        lambda n: {"agents": [{"name": "t" * n, "secrets": {"S": secret(1)}}]},
    ),
    "a template's name with an image and a prefix": (
        limits.ROLE_NAME,
        40,
        lambda n: {
            "name_prefix": "p" * 19,
            "agents": [{"name": "t" * n, "sidecars": [{"name": "db", "image": "postgres:17"}]}],
        },
    ),
    "a template's name with Docker": (
        limits.INSTANCE_ROLE_NAME,
        40,
        lambda n: {
            "name_prefix": "p" * 19,
            "agents": [{**DOCKER, "name": "t" * n, "task_role_arn": role(1)}],
        },
    ),
    "a template's name on managed instances": (
        limits.ROLE_NAME,
        40,
        lambda n: {
            "name_prefix": "p" * 19,
            "agents": [{"name": "t" * n, "capacity": "instances"}],
        },
    ),
    "sidecars beside Docker": (
        limits.CONTAINERS,
        9,
        lambda n: {
            "agents": [{**DOCKER, "sidecars": [{"name": f"s{i}", "image": "a"} for i in range(n)]}]
        },
    ),
    "statements": (
        limits.INLINE_POLICIES,
        300,
        lambda n: template(
            policy_statements=[
                {"actions": ["s3:GetObject"], "resources": [f"arn:aws:s3:::bucket-{i}/*"]}
                for i in range(n)
            ]
        ),
    ),
    "values of a condition": (
        limits.INLINE_POLICIES,
        1000,
        lambda n: template(
            policy_statements=[
                {
                    "actions": ["ec2:StartInstances"],
                    "resources": ["*"],
                    "conditions": [
                        {
                            "operator": "StringEquals",
                            "key": "aws:ResourceTag/team",
                            "values": [f"team-{i}" for i in range(n)],
                        }
                    ],
                }
            ]
        ),
    ),
    "jobs of a role": (
        limits.TRUST_POLICY,
        50,
        lambda n: job_role(jobs=[f"folder/project-{i:02}/branch/main" for i in range(n)]),
    ),
    "statements of a job's role": (
        limits.INLINE_POLICIES,
        300,
        lambda n: job_role(
            policy_statements=[
                {
                    "actions": ["s3:GetObject"],
                    "resources": [f"arn:aws:s3:::a-bucket-of-ours-{i}/*" for i in range(n)],
                }
            ]
        ),
    ),
    "roles to assume": (
        limits.INLINE_POLICIES,
        500,
        lambda n: template(assumable_role_arns=[role(i) for i in range(n)]),
    ),
    "secrets of a template": (
        limits.INLINE_POLICIES,
        200,
        lambda n: template(secrets={f"S{i}": secret(i) for i in range(n)}),
    ),
    "parameters of a sidecar": (
        limits.INLINE_POLICIES,
        200,
        lambda n: template(
            sidecars=[
                {
                    "name": "db",
                    "image": "postgres:17",
                    "secrets": {
                        f"S{i}": f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter/team/token/{i}"
                        for i in range(n)
                    },
                }
            ]
        ),
    ),
    "secrets of Jenkins": (
        limits.INLINE_POLICIES,
        50,
        lambda n: {"jenkins": {"secrets": {f"S{i}": secret(i, 80) for i in range(n)}}},
    ),
    "repositories": (
        limits.INLINE_POLICIES,
        300,
        lambda n: {
            **template(platform_image="kaniko"),
            "images": {"application_repositories": [f"shop/service-{i}" for i in range(n)]},
        },
    ),
    "existing repositories": (
        limits.INLINE_POLICIES,
        300,
        lambda n: {
            **template(platform_image="kaniko"),
            "images": {
                "application_repository_arns": [
                    f"arn:aws:ecr:eu-central-1:{ACCOUNT}:repository/shop/service-{i}"
                    for i in range(n)
                ]
            },
        },
    ),
    "managed policies": (
        limits.MANAGED_POLICIES,
        30,
        lambda n: template(
            managed_policy_arns=[f"arn:aws:iam::{ACCOUNT}:policy/p{i}" for i in range(n)]
        ),
    ),
    "existing roles": (
        limits.INLINE_POLICIES,
        300,
        lambda n: {"agents": [{"name": f"t{i}", "task_role_arn": role(i)} for i in range(n)]},
    ),
    "environment": (
        limits.TASK_DEFINITION,
        70_000,
        lambda n: template(environment={"TEXT": "x" * n}),
    ),
    "umlauts": (limits.TASK_DEFINITION, 70_000, lambda n: template(environment={"TEXT": "ü" * n})),
    "command of a sidecar": (
        limits.TASK_DEFINITION,
        70_000,
        lambda n: template(
            sidecars=[{"name": "db", "image": "postgres:17", "command": ["x" * n]}],
        ),
    ),
    "options of the controller": (
        limits.TASK_DEFINITION,
        70_000,
        lambda n: {"controller": {"java_options": ["-D" + "x" * n]}},
    ),
    "ranges": (
        limits.RULES_OF_GROUP,
        60,
        lambda n: {"load_balancer": {"allowed_cidrs": [f"10.{i}.0.0/16" for i in range(n)], **TLS}},
    ),
    "ranges of IPv6": (
        limits.RULES_OF_GROUP,
        60,
        lambda n: {"load_balancer": {"allowed_cidrs": [f"fd00:{i}::/32" for i in range(n)], **TLS}},
    ),
    "paths": (
        limits.RULES_OF_BALANCER,
        60,
        lambda n: oidc(
            paths=[f"/a/{i}/????" for i in range(n)],
            bypass_paths=[f"/b/{i}/????" for i in range(60)],
        ),
    ),
    "caches": (
        limits.CACHE_RULES,
        60,
        lambda n: {
            "images": {
                "pull_through_caches": [
                    {"prefix": f"quay-{i}", "upstream": "quay.io"} for i in range(n)
                ]
            }
        },
    ),
    "a version": (
        limits.IMAGE_TAG,
        200,
        lambda n: {"images": {"agent": {"version": f"1.{'2' * n}"}}},
    ),
}


def problems(args: Any) -> list[Problem]:
    try:
        Settings.from_args("jenkins", args)
    except SettingsError as error:
        return error.problems
    return []


@functools.cache
def largest_accepted(subject: str) -> int:
    _, most, inputs = GROWING[subject]
    low, high = 1, most + 1
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if problems(inputs(middle)) else (middle, high)
    return low


def exceeded(args: Any, found: list[Registration]) -> list[str]:
    return [
        f"{name}: {number} {limit.what}"
        for limit, name, number in (*measured(found), *labels_of(args))
        if number > limit.maximum
    ]


@pytest.mark.long
@pytest.mark.parametrize("subject", GROWING)
def test_growing_input_is_accepted_up_to_the_limit_and_refused_beyond(subject: str) -> None:
    limit, most, inputs = GROWING[subject]
    count = largest_accepted(subject)
    assert count < most, "the limit is never reached"
    (problem, *_) = problems(inputs(count + 1))
    assert problem.message == limit.message
    args = inputs(count)
    found = register(lambda: JenkinsPlatform("jenkins", args))  # type: ignore[arg-type]
    assert exceeded(args, found) == []
    used = max(n for what, _, n in (*measured(found), *labels_of(args)) if what is limit)
    assert used >= limit.maximum * 0.6, f"refused much too early: {used}"


def merged(one: Any, other: Any) -> Any:
    """Both inputs; of lists the items side by side."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            key: merged(one[key], other[key]) if key in one and key in other else value
            for key, value in (one | other).items()
        }
    if isinstance(one, list) and one and "name" in one[0]:
        items = [{**item, "name": f"{item['name'][:36]}{i}"} for i, item in enumerate(one + other)]
        return [
            {**item, "labels": [f"{label}.{i}" for label in item["labels"]]}
            if "labels" in item
            else item
            for i, item in enumerate(items)
        ]
    return other


@pytest.mark.long
@settings(max_examples=20, phases=(Phase.explicit, Phase.generate))
@given(
    shares=st.dictionaries(
        st.sampled_from(sorted(GROWING)), st.floats(0.05, 1), min_size=1, max_size=6
    )
)
def test_any_combination_is_accepted_within_the_limits_or_refused(
    shares: dict[str, float],
) -> None:
    args: Any = {}
    for subject, share in shares.items():
        _, _, inputs = GROWING[subject]
        count = max(1, int(largest_accepted(subject) * share))
        args = merged(args, inputs(count))
    refused = problems(args)
    assert {problem.message for problem in refused} <= {limit.message for limit in ALL}
    if not refused:
        found = register(lambda: JenkinsPlatform("jenkins", args))  # type: ignore[arg-type]
        assert exceeded(args, found) == []


ALL = [limit for limit in vars(limits).values() if isinstance(limit, Limit)]


def test_every_limit_is_measured() -> None:
    rich = {
        **LEAN,
        **oidc(),
        "network": {"nat": "single"},
        "agents": [{**DOCKER, "managed_policy_arns": ["arn:aws:iam::aws:policy/A"]}],
        "schedule": {},
        "monitoring": {"level": "all"},
        "images": GROWING["caches"][2](1)["images"],
    }
    found = register(lambda: JenkinsPlatform("jenkins", rich))  # type: ignore[arg-type]
    what = {limit.what for limit, _, _ in (*measured(found), *labels_of(rich))}
    assert {limit.what for limit in ALL} == what


def test_controller_may_run_named_families_as_long_as_they_fit_into_its_policy() -> None:
    few = Settings.from_args("jenkins", {"agents": [{"name": f"t{i}"} for i in range(20)]})
    many = Settings.from_args("jenkins", {"agents": [{"name": f"t{i}"} for i in range(500)]})
    assert (names_families(few), names_families(many)) == (True, False)


def test_unknown_secrets_count_too() -> None:
    def inputs(count: int) -> Any:
        return template(secrets={f"S{i}": pulumi.Output.from_input("x") for i in range(count)})

    assert problems(inputs(20)) == []
    (problem,) = problems(inputs(60))
    assert problem.key == "agents[0].secrets"
