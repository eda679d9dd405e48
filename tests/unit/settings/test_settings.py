"""Inputs become settings, or one clear error."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

import pulumi
import pytest
from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from jenkins_platform import inputs
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.settings.validation.base import Group
from jenkins_platform.settings.validation.renamed import RENAMED, new_name
from pydantic.fields import FieldInfo

from harness.inputs import inputs as input_paths


def problems(**args: Any) -> list[str]:
    """The problems of some inputs, as the user reads them."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_args("jenkins", args)  # type: ignore[arg-type]
    return [str(problem) for problem in caught.value.problems]


def test_inputs_are_optional() -> None:
    settings = Settings.from_args("jenkins", None)
    assert [a.name for a in settings.agents] == ["linux"]
    assert settings.keeps_data


def test_settings_cannot_be_changed() -> None:
    settings = Settings.from_args("jenkins", None)
    with pytest.raises(ValueError, match="frozen"):
        settings.network.availability_zone_count = 3


def test_all_problems_are_reported_at_once() -> None:
    found = problems(
        network={"availability_zone_count": 7},
        controller={"cpu": 300},
        agents=[{"name": "a", "cpu": 512, "memory_mib": 512}],
    )
    assert len(found) == 3


def test_rules_of_a_group_are_checked_beside_invalid_values_in_it() -> None:
    lock = {"mode": "compliance", "min_retention_days": 0}
    found = problems(backup={"lock": lock})
    assert [p.split(": ")[0] for p in found] == [
        "backup.lock.min_retention_days",
        "backup.lock.changeable_for_days",
    ]


def test_the_error_names_key_value_and_valid_values() -> None:
    assert problems(network={"availability_zone_count": 7}) == [
        "network.availability_zone_count: 7: must be at most 3. Valid: 2 or 3"
    ]


def test_unknown_key_suggests_the_intended_one() -> None:
    (problem,) = problems(network={"availability_zone_cuont": 3})
    assert problem.startswith("network.availability_zone_cuont: 3: unknown key. Did you mean ")


@pytest.mark.parametrize("old", RENAMED)
def test_renamed_input_suggests_its_new_name(old: str) -> None:
    paths = list(input_paths())
    for path in paths:
        group, _, name = path.rpartition(".")
        if name in RENAMED[old]:
            siblings = {p.rpartition(".")[2] for p in paths if p.rpartition(".")[0] == group}
            assert old not in siblings, "an input still has the old name"
            assert new_name(old, siblings) == name
            return
    pytest.fail(f"no input is called {RENAMED[old]}")


def test_unknown_group_suggests_the_intended_one() -> None:
    (problem,) = problems(controler={})
    assert "Did you mean 'controller'?" in problem


def test_wrong_agent_defaults_are_reported_once() -> None:
    found = problems(agent_defaults={"cpu": 5}, agents=[{"name": "a"}, {"name": "b"}])
    assert len(found) == 1
    assert found[0].startswith("agent_defaults.cpu: 5: ")


def test_agent_defaults_apply_to_templates_without_the_value() -> None:
    settings = Settings.from_args(
        "jenkins",
        {
            "agent_defaults": {"cpu": 1024, "memory_mib": 4096},
            "agents": [{"name": "a"}, {"name": "b", "memory_mib": 8192}],
        },
    )
    assert [(a.cpu, a.memory_mib) for a in settings.agents] == [(1024, 4096), (1024, 8192)]


def test_whole_numbers_may_arrive_as_floats() -> None:
    """As they do when another language's SDK hosts the component."""
    settings = Settings.from_args("jenkins", {"network": {"availability_zone_count": 3.0}})  # type: ignore[typeddict-item]
    assert settings.network.availability_zone_count == 3
    assert isinstance(settings.network.availability_zone_count, int)


def test_plain_input_cannot_be_an_output() -> None:
    (problem,) = problems(network={"availability_zone_count": pulumi.Output.from_input(3)})
    assert problem == (
        "network.availability_zone_count: an output: must be known when the program runs. Valid: "
        "2 or 3"
    )


def test_a_list_cannot_be_an_output_but_its_items_can() -> None:
    """Networks of other components, such as awsx, have their subnets as one output."""
    ids = pulumi.Output.from_input(["subnet-0a1b2c3d", "subnet-0a1b2c3e"])
    found: Any = {"vpc_id": "vpc-0a1b2c3d", "private_subnet_ids": ids}
    (problem,) = problems(network={"existing": found})
    assert problem == (
        "network.existing.private_subnet_ids: an output: its length must be known when the program "
        "runs; each item can be an output, such as ids[0] and ids[1] of an output `ids`. Valid: 1 "
        "to 6 subnet IDs"
    )
    found["private_subnet_ids"] = [ids[0], ids[1]]
    load_balancer: Any = {"allowed_cidrs": ["10.0.0.0/8"]}
    Settings.from_args("jenkins", {"network": {"existing": found}, "load_balancer": load_balancer})


def test_a_map_cannot_be_an_output_but_its_values_can() -> None:
    secrets = pulumi.Output.from_input({"TOKEN": "arn"})
    (problem,) = problems(jenkins={"secrets": secrets})
    assert problem.startswith(
        "jenkins.secrets: an output: its keys must be known when the program runs; each value can "
        "be an output. Valid: "
    )


@pytest.mark.parametrize(
    "args", [["linux"], "linux", pulumi.ResourceOptions(), pulumi.Output.from_input({})]
)
def test_other_arguments_than_a_mapping_are_reported(args: Any) -> None:
    with pytest.raises(SettingsError, match=r"args: .*: must be a mapping of inputs by name"):
        Settings.from_args("jenkins", args)


def test_input_can_be_an_output() -> None:
    key = pulumi.Output.from_input("arn:aws:kms:eu-central-1:123456789012:key/abc")
    settings = Settings.from_args("jenkins", {"storage": {"encryption_key": {"existing": key}}})
    assert settings.storage.encryption_key is not None
    assert isinstance(settings.storage.encryption_key.existing, pulumi.Output)


def test_certificates_of_a_template_are_its_own_where_the_platform_has_none() -> None:
    environment = {"CA_CERTIFICATE_1": "-----BEGIN CERTIFICATE-----"}
    args: Any = {"agents": [{"name": "linux", "environment": environment}]}
    assert Settings.from_args("jenkins", args).agents[0].environment == environment


def test_existing_vpc_cannot_be_combined_with_a_created_one() -> None:
    found = problems(
        network={
            "existing": {
                "vpc_id": "vpc-0a1b2c3d",
                "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"],
            },
            "nat": "none",
        }
    )
    assert found == [
        "network.nat: 'none': is only valid with a VPC that is created. Set only one of this and "
        "`existing`"
    ]


def test_a_public_load_balancer_needs_a_certificate() -> None:
    (problem,) = problems(load_balancer={"scheme": "internet-facing"})
    assert problem.startswith("load_balancer.certificate: nothing: required with scheme")


def test_templates_cannot_share_a_label_or_its_variants() -> None:
    found = problems(agents=[{"name": "a"}, {"name": "b", "labels": ["a-spot"]}])
    assert found == [
        "agents[1].labels: [a-spot]: conflict with labels of other templates: 'a-spot' of 'a'"
    ]


def test_unsupported_task_size_suggests_the_nearest() -> None:
    (problem,) = problems(controller={"cpu": 256, "memory_mib": 4096})
    assert problem == (
        "controller.memory_mib: 4096: is not supported with 256 CPU units. "
        "Valid: 512, 1024, 2048 MiB; nearest: 2048"
    )


GROUPS = {name: getattr(inputs, name) for name in inputs.__all__ if name.endswith("Args")}


def settings_group(annotation: Any) -> type[Group] | None:
    if isinstance(annotation, type) and issubclass(annotation, Group):
        return annotation
    found = (settings_group(a) for a in typing.get_args(annotation))
    return next((group for group in found if group), None)


@cache
def pairs() -> list[tuple[str, type[Any], type[Group]]]:
    """Every public group with the settings that read it, by the path of keys."""
    found: list[tuple[str, type[Any], type[Group]]] = []

    def visit(path: str, args: type[Any], group: type[Group]) -> None:
        found.append((path, args, group))
        hints = args.__annotations__
        for key, field in group.model_fields.items():
            inner = settings_group(field.annotation)
            parts = list(_parts(hints.get(key))) if inner else []
            inner_args = next((a for a in GROUPS.values() if a in parts), None)
            if inner and inner_args:
                visit(f"{path}.{key}".strip("."), inner_args, inner)

    visit("", inputs.JenkinsPlatformArgs, Settings)
    return found


def _parts(hint: Any) -> Iterator[Any]:
    yield hint
    for argument in typing.get_args(hint):
        yield from _parts(argument)


@pytest.mark.parametrize(("path", "args", "group"), pairs(), ids=lambda v: str(v)[:40])
def test_inputs_and_settings_have_the_same_keys(
    path: str, args: type[Any], group: type[Group]
) -> None:
    only_inputs = {"agent_defaults"} if not path else set()
    only_settings = {"name"} if not path else set()
    assert set(args.__annotations__) - only_inputs == set(group.model_fields) - only_settings


@pytest.mark.parametrize(("path", "args", "group"), pairs(), ids=lambda v: str(v)[:40])
def test_settings_describe_valid_values(path: str, args: type[Any], group: type[Group]) -> None:
    for key, field in group.model_fields.items():
        assert isinstance(field.json_schema_extra, dict), f"{path}.{key}"
        assert field.json_schema_extra.get("valid"), f"{path}.{key}"


RANGE = re.compile(r"([\d.]+)(?: \(never\))? (?:to|or) ([\d.]+)|\bup to (\d+)\b")
TIMES = {
    f"{group}.windows.{name}"
    for group in ("schedule", "agent_cloud.warm")
    for name in ("start", "end")
}
PATTERNS = {"agents.user", "sign_in.admin_user_name", *TIMES}
"""Texts whose pattern is described with numbers."""
WITHOUT_RANGE = {
    "agents.sidecars.memory_mib": (6, None),
    "backup.completion_window_minutes": (120, 10080),
    "budget.monthly_usd": (0, 10_000_000),
    "budget.threshold_percents": (None, 5),
}
"""Numbers whose limits depend on another input, or are not a range."""


def bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    """The smallest and the largest number of a field, or lengths of its lists and texts."""
    known = {type(m): m for m in field.metadata}
    low, high = (
        next((getattr(known[kind], name) for kind, name in kinds if kind in known), None)
        for kinds in (
            ((Ge, "ge"), (Gt, "gt"), (MinLen, "min_length")),
            ((Le, "le"), (MaxLen, "max_length")),
        )
    )
    return low, high


@pytest.mark.parametrize(("path", "args", "group"), pairs(), ids=lambda v: str(v)[:40])
def test_the_limits_of_numbers_and_lists_are_the_described_ones(
    path: str, args: type[Any], group: type[Group]
) -> None:
    for key, field in group.model_fields.items():
        name = f"{path}.{key}".strip(".")
        assert isinstance(field.json_schema_extra, dict)
        found = RANGE.search(str(field.json_schema_extra["valid"]))
        if name in WITHOUT_RANGE:
            assert bounds(field) == WITHOUT_RANGE[name], name
        elif found and name not in PATTERNS:
            least, most, longest = found.groups()
            expected = (float(least) if least else None, float(most or longest))
            assert bounds(field) == expected, name
        else:
            valid = str(field.json_schema_extra["valid"])
            least = (
                1 if valid.startswith("at least one") else 0 if field.annotation is float else None
            )
            assert bounds(field) == (least, None), name


def test_too_many_roles_for_the_controllers_policy_are_refused() -> None:
    agents = [
        {"name": f"t{i}", "task_role_arn": f"arn:aws:iam::123456789012:role/teams/builds-of-{i}"}
        for i in range(200)
    ]
    (problem,) = problems(agents=agents)
    assert problem.startswith("agents: 14490: characters of the inline policies of one role")
    one_role = [{**agent, "task_role_arn": agents[0]["task_role_arn"]} for agent in agents]
    Settings.from_args("jenkins", {"agents": one_role})  # type: ignore[typeddict-item]
