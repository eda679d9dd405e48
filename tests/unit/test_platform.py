"""Rules for every resource of the platform."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import is_dataclass
from typing import Any

import jenkins_platform
import pytest
from jenkins_platform.base.context import PLATFORM_TAG
from jenkins_platform.base.renames import CHILDREN, COMPONENTS
from jenkins_platform.testing import Registration
from localcloud.providers import table

from harness.stacks.mocks import platform
from harness.stacks.registered import EVERYTHING, OPTIONAL

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
NAME, PREFIX = "a-long-platformname", "a-prefix-of-19-char"
"""Names of the maximum length."""
OWN = {
    "name_prefix": PREFIX,
    "tags": {"team": "build"},
    "permissions_boundary_arn": BOUNDARY,
}


def test_no_dataclass_can_be_changed_after_its_construction() -> None:
    classes = [
        value
        for module in pkgutil.walk_packages(jenkins_platform.__path__, "jenkins_platform.")
        if ".functions" not in module.name
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, type)
        and is_dataclass(value)
        and value.__module__.startswith("jenkins_platform")
    ]
    assert len(set(classes)) > 30
    assert {c.__qualname__ for c in classes if not c.__dataclass_params__.frozen} == set()  # type: ignore[attr-defined]


RICH = pytest.mark.parametrize(
    "args", [{**EVERYTHING, **OWN}, {**OPTIONAL, **OWN}], ids=["everything", "optional"]
)


@RICH
def test_a_permissions_boundary_is_on_every_role(args: dict[str, Any]) -> None:
    found = platform(args, NAME)
    roles = [r for r in found if r.token == "aws:iam/role:Role"]
    assert roles
    assert {r.inputs.get("permissionsBoundary") for r in roles} == {BOUNDARY}


def test_renamed_components_have_roles_of_today() -> None:
    found = platform({**OPTIONAL, **OWN}, NAME)
    roles = {r.name.removeprefix(f"{NAME}-") for r in found if not r.custom}
    assert COMPONENTS.keys() | CHILDREN.keys() <= roles


def tags(resource: Registration) -> dict[str, str]:
    """Its tags; those of an Auto Scaling group are a list."""
    found = resource.inputs["tags"]
    return {t["key"]: t["value"] for t in found} if isinstance(found, list) else found


@RICH
def test_tags_are_on_every_taggable_resource(args: dict[str, Any]) -> None:
    found = platform(args, NAME)
    tagged = [r for r in found if "tags" in r.inputs]
    assert len(tagged) > 30
    assert [r.name for r in tagged if tags(r).get("team") != "build"] == []
    assert [r.name for r in tagged if tags(r).get("JenkinsPlatform") != NAME] == []


OTHERWISE = {
    f"{NAME}-alias": "ci.example.com",
    f"{NAME}-certificate-proof": "_proof.ci.example.com.",
    f"{NAME}-web-acl": f"aws-waf-logs-{PREFIX}",
    f"{NAME}-drill": f"{PREFIX.replace('-', '_')}_drill",
}
"""Names of records, of a log group that WAF accepts, and of a plan without hyphens."""
INSIDE = {f"{NAME}-controller-name": "controller"}
"""A name inside the platform's own namespace."""


@pytest.mark.parametrize(
    ("args", "others"),
    [({**EVERYTHING, **OWN}, OTHERWISE), ({**OPTIONAL, **OWN}, INSIDE)],
    ids=["everything", "optional"],
)
def test_a_name_prefix_starts_every_name_that_is_given(
    args: dict[str, Any], others: dict[str, str]
) -> None:
    found = platform(args, NAME)
    keys = ("name", "family", "bucket", "creationToken")
    named = {r.name: r.inputs[k] for r in found if r.custom for k in keys if k in r.inputs}
    wrong = {k: v for k, v in named.items() if not str(v).removeprefix("alias/").startswith(PREFIX)}
    assert wrong == others
    assert "random:index/randomId:RandomId" not in {r.token for r in found}


@RICH
def test_with_a_prefix_whatever_can_have_a_name_has_a_given_one(args: dict[str, Any]) -> None:
    rows = table.load().resources
    unnamed = {
        r.token
        for r in platform(args, NAME)
        if r.token in rows
        and (naming := rows[r.token].autoname)
        and naming.property not in r.inputs
    }
    assert unnamed == {
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:lambda/permission:Permission",
    }, "names inside of a rule, a role and a function"


LONG: dict[str, Any] = {
    "agent_cloud": {"connection": "network-load-balancer"},
    "load_balancer": {
        "scheme": "internet-facing",
        "domain_name": "ci.example.com",
        "zone_id": "Z0123456789",
        "web_acl": {},
    },
    "schedule": {"wake_page": True},
    "monitoring": {"level": "all", "flow_logs": {}},
    "budget": {"monthly_usd": 500},
}


@pytest.mark.parametrize(
    "args",
    [LONG, {**EVERYTHING, **OWN}, {**OPTIONAL, **OWN}],
    ids=["generated", "everything", "optional"],
)
def test_the_longest_name_fits_every_resource_name(args: dict[str, Any]) -> None:
    found = platform(args, NAME)
    rows = table.load().resources
    too_long = []
    for made in found:
        naming = rows[made.token].autoname if made.token in rows else None
        if naming:
            given = made.inputs.get(naming.property)
            automatic = f"{made.name}-1234567" if naming.random else made.name
            if len(given or automatic) > naming.max:
                too_long.append(f"{made.token} {given or automatic}")
    assert too_long == []


def test_every_logical_name_starts_with_the_components_name() -> None:
    assert {r.name for r in platform(LONG, NAME) if not r.name.startswith(NAME)} == set()


@pytest.mark.parametrize(
    "args", [{}, EVERYTHING, OPTIONAL], ids=["default", "everything", "optional"]
)
def test_every_taggable_resource_has_the_platform_tag(args: dict[str, Any]) -> None:
    """The cost allocation tag and the budget cover only tagged resources."""
    found = platform(args)
    rows = table.load().resources
    taggable = [r for r in found if r.token in rows and rows[r.token].tagging]
    assert len(taggable) > 40
    assert [r.name for r in taggable if PLATFORM_TAG not in r.inputs.get("tags", {})] == []
