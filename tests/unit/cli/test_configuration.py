"""A stack's configuration, as the command and the stack program read it."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import jenkins_platform
import pulumi
import pytest
import yaml
from jenkins_platform.settings import SettingsError
from jenkins_platform_cli.engine import configuration, stack_file
from jenkins_platform_cli.engine.configuration import Configuration
from jenkins_platform_cli.engine.project import Project

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "Pulumi.yaml").write_text("name: mine\n")
    (tmp_path / "__main__.py").touch()
    return Project(tmp_path)


def read(project: Project, text: str, decrypted: dict[str, str] | None = None) -> Configuration:
    (project.folder / "Pulumi.dev.yaml").write_text(text)

    def decrypt() -> dict[str, str]:
        return pytest.fail("not needed") if decrypted is None else decrypted

    return configuration.read(project.folder, "dev", "mine", decrypt)


def values(project: Project, text: str, decrypted: dict[str, str] | None = None) -> dict[str, Any]:
    return dict(read(project, text, decrypted).values)


@pytest.mark.parametrize(
    "text",
    ["config: {mine:network: {nat: none, nat: gateway}}", "config:\n  mine:a: 1\n  mine:a: 2\n"],
)
def test_a_duplicate_key_is_an_error(project: Project, text: str) -> None:
    with pytest.raises(SettingsError, match=r"Pulumi.dev.yaml.*duplicate key"):
        values(project, text)


def test_scalars_are_read_as_yaml_1_2(project: Project) -> None:
    text = "config: {mine:schedule: {a: no, b: 07:00, c: 1e3, d: 0777, e: 1_000}, mine:name: no}"
    assert values(project, text) == {
        "schedule": {"a": "no", "b": "07:00", "c": 1000, "d": 511, "e": 1000},
        "name": "no",
    }


def test_other_namespaces_and_empty_values_are_left_out(project: Project) -> None:
    text = "config: {aws:region: x, mine:network: {}, mine:agents: [], mine:tags: , typo: {}}"
    assert values(project, text) == {"typo": {}}


def test_objects_may_be_json(project: Project) -> None:
    assert values(project, """config: {mine:network: '{"nat": "none"}'}""") == {
        "network": {"nat": "none"}
    }


@pytest.mark.parametrize(
    "text",
    [
        "config: {mine:monitoring: {webhooks: {chat: {secure: v1:x}}}}",
        "config: {mine:agents: [{name: {secure: v1:x}}]}",
        "config: {mine:monitoring: {secure: v1:x}}",
        "environment: [shared]\nconfig: {}",
    ],
)
def test_encrypted_values_and_environments_are_read_by_pulumi(project: Project, text: str) -> None:
    decrypted = {
        "aws:region": "eu-central-1",
        "mine:monitoring": '{"webhooks":{"chat":"https://example.com/s3cr3t"}}',
        "mine:name": "1000",
    }
    assert values(project, text, decrypted) == {
        "monitoring": {"webhooks": {"chat": "https://example.com/s3cr3t"}},
        "name": "1000",
    }


@pytest.mark.parametrize(
    ("text", "decrypted"),
    [
        ("mine:network: {nat: {secure: v1:x}}", {"mine:network": '{"nat": "s3cr3t"}'}),
        ("mine:network: {secure: v1:x}", {"mine:network": '{"nat": "s3cr3t"}'}),
        ("mine:agents: [{name: {secure: v1:x}}]", {"mine:agents": '[{"name": "s3cr3t_"}]'}),
        ("mine:s3: {secure: v1:x}", {"mine:s3": "s3cr3t"}),
        ("mine:network: {secure: v1:x}", {"mine:network": "s3cr3t"}),
    ],
)
def test_messages_do_not_show_encrypted_values(
    project: Project, text: str, decrypted: dict[str, str]
) -> None:
    with pytest.raises(SettingsError) as raised:
        read(project, f"config: {{{text}}}", decrypted).settings()
    assert "s3cr3t" not in str(raised.value)
    assert configuration.MASK in str(raised.value)


@pytest.mark.parametrize("content", ["- a\n", "config: text\n", "config: [\n"])
def test_an_invalid_stack_file_is_reported(project: Project, content: str) -> None:
    with pytest.raises(SettingsError, match="is not a valid stack file"):
        values(project, content)


def test_text_keys_are_those_of_the_project_file() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    texts = {key for key, schema in declared.items() if schema["type"] == "string"}
    assert texts == configuration.TEXTS


def program(monkeypatch: pytest.MonkeyPatch, **config: str) -> tuple[str, dict[str, Any]]:
    """The arguments that ``__main__.py`` passes to the component."""
    passed: list[Any] = []

    class Component:
        def __init__(self, name: str, args: dict[str, Any]) -> None:
            passed.append((name, args))

    monkeypatch.setattr(jenkins_platform, "JenkinsPlatform", Component)
    monkeypatch.setattr(pulumi, "get_project", lambda: "mine")
    full = {"aws:region": "eu-central-1", **{f"mine:{k}": v for k, v in config.items()}}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(full))
    monkeypatch.setattr(pulumi.Config, "__init__", lambda self: setattr(self, "name", "mine"))
    runpy.run_path(str(ROOT / "__main__.py"))
    return passed[0]  # type: ignore[no-any-return]


def test_the_program_reads_declared_and_misspelt_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    name, args = program(
        monkeypatch,
        network='{"nat": "none"}',
        agents="[]",
        storage="{}",
        name_prefix="1000",
        removal_policy="destroy",
        permissions_boundary_arn="",
        controler="{}",
    )
    assert name == "jenkins"
    assert args == {
        "network": {"nat": "none"},
        "name_prefix": "1000",
        "removal_policy": "destroy",
        "controler": "{}",
    }


def test_the_program_warns_of_encrypted_values_that_do_not_stay_encrypted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warned: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warned.append)
    secret = {"mine:agents", "mine:monitoring", "aws:secretKey"}
    monkeypatch.setattr(pulumi.runtime, "is_config_secret", secret.__contains__)
    template = '[{"name": "a", "environment": {"TOKEN": "s3cr3t"}}]'
    program(monkeypatch, agents=template, monitoring='{"level": "none"}', network='{"nat": "none"}')
    (warning,) = warned
    assert "mine:agents is encrypted in the stack's file, but what it contains is" in warning
    assert "s3cr3t" not in warning


def test_the_program_takes_its_name_from_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    assert program(monkeypatch, name="ci") == ("ci", {})


def test_is_encrypted_finds_nested_secrets_only() -> None:
    assert stack_file.is_encrypted({"a": [{"b": {"secure": "v1:x"}}]})
    assert not stack_file.is_encrypted({"a": {"secure": "x", "other": "y"}, "b": ["secure"]})
