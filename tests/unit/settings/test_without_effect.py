"""An input that another one makes useless results in a warning that names it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from jenkins_platform.inputs import Alarm
from jenkins_platform.settings import Settings
from jenkins_platform.settings.alarms import possible
from jenkins_platform.settings.checks.without_effect import _RULES, without_effect
from syrupy.assertion import SnapshotAssertion

from harness.inputs.changes import Change, inputs, is_valid, merged
from harness.inputs.lean import READY_IMAGES
from harness.inputs.realms import REALMS
from harness.stacks.mocks import platform

ROLE = "arn:aws:iam::123456789012:role/agents"
NO_KANIKO = "while no template has platform_image kaniko."
EFFECTS: list[tuple[dict[str, Any], str]] = [
    *(
        (
            {group: {"log_group_name": "/a", "log_retention_days": 7}},
            f"{group}.log_retention_days has no effect with {group}.log_group_name: the retention "
            "is that of the existing log group.",
        )
        for group in ("controller", "agent_cloud")
    ),
    (
        {"backup": {"enabled": False, "delete_after_days": 200}},
        "backup.delete_after_days has no effect while backup.enabled is false.",
    ),
    (
        {"backup": {"enabled": False, "copy_to": {"region": "eu-west-1"}}},
        "backup.copy_to copies nothing while backup.enabled is false.",
    ),
    (
        {"load_balancer": {"access_logs": {"prefix": "ci"}}},
        "load_balancer.access_logs.prefix has no effect while access logs are not written. "
        "Set enabled.",
    ),
    (
        {"images": {"fail_on_severity": "high"}},
        f"images.fail_on_severity has no effect {NO_KANIKO}",
    ),
    (
        {"images": {"kaniko": {"version": "1.27.0"}}},
        f"images.kaniko.version has no effect {NO_KANIKO}",
    ),
    (
        {"monitoring": {"level": "none", "events": ["build-failed"]}},
        "monitoring.events has no effect while monitoring.level is none.",
    ),
    (
        {"monitoring": {"disabled_alarms": ["controller-cpu"], "alarms": {"cpu_percent": 50}}},
        "monitoring.alarms.cpu_percent has no effect while the alarm controller-cpu is not "
        "created.",
    ),
    (
        {"schedule": {"time_zone": "Europe/Berlin"}},
        "schedule.time_zone has no effect without windows and cron expressions.",
    ),
    (
        {"agents": [{"name": "a", "java_options": ["-Xmx400m"], "heap_percentage": 60}]},
        "agents[0].heap_percentage has no effect with -Xmx in java_options.",
    ),
    (
        {"controller": {"java_options": ["-Xmx1g"], "heap_percentage": 60}},
        "controller.heap_percentage has no effect with -Xmx in controller.java_options.",
    ),
    (
        {
            "agent_cloud": {"execution_role_arn": ROLE},
            "agents": [{"name": "a", "image": "registry.example.com/agent:1"}],
        },
        "agent_cloud.execution_role_arn has no effect while every template has its own execution "
        "role.",
    ),
    (
        {"sign_in": {"plugin_permissions": ["Lockable Resources/Unlock"]}},
        "sign_in.plugin_permissions has no effect: no one is granted Lockable Resources/Unlock.",
    ),
    (
        {"usage_estimate": {"artifact_gb": 100}},
        "usage_estimate.artifact_gb has no effect while jenkins.artifacts is not s3.",
    ),
]


def found(args: dict[str, Any]) -> list[str]:
    return list(without_effect(Settings.from_args("jenkins", args)))  # type: ignore[arg-type]


@pytest.mark.parametrize(("args", "warning"), EFFECTS, ids=[e[1].split()[0] for e in EFFECTS])
def test_an_input_without_effect_is_reported(args: dict[str, Any], warning: str) -> None:
    assert found(args) == [warning]


def test_what_has_no_effect_is_known(text_file: SnapshotAssertion) -> None:
    rows = (f"{key}.{name} {why}" for key, names, _, why in _RULES for name in names or "*")
    assert "\n".join(rows) == text_file


EFFECTIVE: list[dict[str, Any]] = [
    {},
    {"backup": {"delete_after_days": 200, "copy_to": {"region": "eu-west-1"}}},
    {"backup": {"enabled": False, "delete_after_days": 120}},
    {"load_balancer": {"access_logs": {"enabled": True, "prefix": "ci"}}},
    {"images": {"cache_days": 3}, "agents": [{"name": "a", "platform_image": "kaniko"}]},
    {"monitoring": {"disabled_alarms": ["controller-cpu"], "alarms": {"memory_percent": 50}}},
    {"monitoring": {"disabled_alarms": ["no-healthy-target"], "alarms": {"down_minutes": 30}}},
    {"agent_cloud": {"execution_role_arn": ROLE}},
    {"usage_estimate": {"artifact_gb": 100}, "jenkins": {"artifacts": "s3"}},
    {"agent_cloud": {"execution_role_arn": pulumi.Output.from_input(ROLE)}},
]


@pytest.mark.parametrize("args", EFFECTIVE)
def test_an_input_with_an_effect_is_not_reported(args: dict[str, Any]) -> None:
    assert found(args) == []


STACKS = sorted(Path(__file__).parents[3].glob("Pulumi.*.yaml"))


@pytest.mark.parametrize("file", STACKS, ids=lambda f: f.stem)
def test_the_stacks_of_the_project_have_no_input_without_effect(file: Path) -> None:
    config = yaml.safe_load(file.read_text())["config"]
    own = {k.removeprefix("jenkins-platform:"): v for k, v in config.items()}
    assert found({k: v for k, v in own.items() if ":" not in k}) == []


@pytest.mark.parametrize("alarm", Alarm)
def test_disabling_an_alarm_that_does_not_exist_is_reported(alarm: Alarm) -> None:
    absent = alarm not in possible(Settings.from_args("jenkins", {}))
    reported = found({"monitoring": {"disabled_alarms": [alarm.value]}})
    assert len(reported) == absent


TLS = {"certificate": {"existing": "arn:aws:acm:eu-central-1:123456789012:certificate/one"}}
ADMINISTRATORS = [{"name": "ops", "role": "admin"}]
OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "defaults": ({}, ""),
    "no backups": ({"backup": {"enabled": False}}, "backup."),
    "no monitoring": ({"monitoring": {"level": "none"}}, "monitoring."),
    "no events": ({"monitoring": {"events": []}}, "monitoring.message_format"),
    "no access logs": ({"load_balancer": {"access_logs": {"enabled": False}}}, "load_balancer.acc"),
    "no reaper": ({"agent_cloud": {"reaper": {"enabled": False}}}, "agent_cloud.reaper"),
    "no breaker": (
        {"agent_cloud": {"spot_circuit_breaker": {"enabled": False}}},
        "agent_cloud.spot",
    ),
    "no agent image": ({"agents": [{"name": "a", "platform_image": "kaniko"}]}, "images."),
    "own agent image": ({"agents": [{"name": "a", "image": "a/b:1"}]}, "images."),
    "existing images": ({"images": READY_IMAGES}, "images."),
    "no Commons Lang": (
        {"images": {"commons_lang_compatibility": False, "plugins": {"amazon-ecs": "1.50"}}},
        "images.commons",
    ),
    "existing log groups": (
        {"controller": {"log_group_name": "/a/b"}, "agent_cloud": {"log_group_name": "/c/d"}},
        "controller.log",
    ),
    "existing log group of agents": ({"agent_cloud": {"log_group_name": "/c"}}, "agent_cloud.log"),
    "an empty schedule": ({"schedule": {}}, "schedule."),
    "LDAP": (
        {
            "load_balancer": TLS,
            "sign_in": {"ldap": REALMS["ldap"], "groups": ADMINISTRATORS},
        },
        "sign_in.",
    ),
    "WebSocket": ({"agent_cloud": {"connection": "web-socket"}}, "agent_cloud."),
    "flow logs in S3": ({"monitoring": {"flow_logs": {"destination": "s3"}}}, "monitoring.flow"),
}
"""Inputs with which others may be useless, and the others that are tried with each."""

VISIBLE = ("schedule.time_zone", "schedule.holidays", "sign_in.admin_user_name", "backup.copy_to")
"""Inputs that change a description, a variable, or an empty vault, but not what happens."""


def resources(args: dict[str, Any]) -> list[Any]:
    """What is registered, without the records of what was chosen, in a constant order."""
    registered = [r for r in platform(copy.deepcopy(args)) if r.token != "pulumi:index:Stash"]
    return sorted(
        ((r.urn, str(_comparable(r.inputs)), r.protect, r.retain) for r in registered),
    )


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _comparable(value[key]) for key in sorted(value)}
    if isinstance(value, pulumi.AssetArchive):
        return {name: _comparable(asset) for name, asset in value.assets.items()}
    if isinstance(value, pulumi.FileAsset | pulumi.StringAsset):
        return getattr(value, "path", None) or getattr(value, "text", None)
    return value


@pytest.mark.long
@pytest.mark.parametrize("other", OTHERS)
def test_an_input_is_reported_if_it_changes_nothing(other: str) -> None:
    base, prefix = OTHERS[other]
    before = resources(base)
    wrong = []
    for change in inputs():
        args, path = _with(base, change, prefix), change.paths[0]
        if args is not None:
            new = set(found(args)) - set(found(base))
            reported = any(warning.startswith(path) for warning in new)
            if reported != (resources(args) == before) and not (reported and path in VISIBLE):
                wrong.append(path)
    assert wrong == []


def _with(base: dict[str, Any], change: Change, prefix: str) -> dict[str, Any] | None:
    """The base with a change; None if it is of other inputs, no change, or not valid."""
    # Estimates change no resource, and the protection that is tried is the default.
    excluded = ("usage_estimate.", "load_balancer.deletion_protection")
    if not change.paths[0].startswith(prefix) or change.paths[0].startswith(excluded):
        return None
    args = merged(copy.deepcopy(base), copy.deepcopy(change.args))
    return args if args is not None and args != base and is_valid(args) else None
