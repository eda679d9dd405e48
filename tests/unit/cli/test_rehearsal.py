"""What a rehearsal boots, and what it reads out of a log."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from jenkins_platform_cli.engine import rehearsal_home
from jenkins_platform_cli.engine.configuration import Configuration
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi
from jenkins_platform_cli.engine.local_jenkins import severe
from jenkins_platform_cli.engine.project import Project
from jenkins_platform_cli.engine.rehearsal import FAILED, OK, _kept
from jenkins_platform_cli.engine.rehearsal_configuration import rehearsed, with_arns
from jenkins_platform_cli.engine.rehearsal_home import Contents, _copy
from jenkins_platform_cli.pulumi_cli.golang import Lines

ROOT = Path(__file__).parent.parent.parent.parent
SMTP = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:mail/smtp-AbCdEf"
KEY = "arn:aws:ssm:eu-central-1:210987654321:parameter/ci/key"


@pytest.mark.parametrize("stack", ["dev", "prod", "local"])
def test_a_profile_can_be_rehearsed_as_the_settings_see_it(stack: str) -> None:
    configuration = Project(ROOT).configuration(stack, Lines())
    own, plan = configuration.settings(), rehearsed(dict(configuration.values))
    settings = Configuration(plan.values).settings()
    assert [t.name for t in settings.agents] == [t.name for t in own.agents]
    assert settings.jenkins == own.jenkins
    assert settings.images == own.images
    assert settings.sign_in.groups == own.sign_in.groups
    assert settings.sign_in.has_local_administrator
    assert settings.load_balancer.domain_name == own.load_balancer.domain_name
    assert settings.schedule is None, "it must not fall asleep"
    assert settings.budget is None
    assert not settings.keeps_data
    assert not settings.backup.enabled
    assert not settings.monitoring.on


def test_what_only_the_real_account_has_is_left_out() -> None:
    values = {
        "controller": {"cpu": 1024, "task_role_arn": "arn:x", "log_group_name": "mine"},
        "agents": [
            {"name": "linux", "execution_role_arn": "arn:x", "security_group_ids": ["sg-1"]}
        ],
        "network": {"existing": {"vpc_id": "vpc-1"}},
        "permissions_boundary_arn": "arn:x",
    }
    plan = rehearsed(values).values
    assert plan["controller"] == {"cpu": 1024}
    assert plan["agents"] == [{"name": "linux"}]
    assert plan.keys().isdisjoint({"network", "permissions_boundary_arn"})
    assert values["controller"]["log_group_name"] == "mine", "the stack's own values stay"


def test_what_the_platform_builds_is_built_for_this_machine() -> None:
    values = {
        "controller": {"architecture": "arm64"},
        "agent_defaults": {"architecture": "arm64"},
        "images": {"kaniko": {"existing": "registry.example.com/kaniko:1"}},
        "agents": [
            {"name": "linux"},
            {"name": "intel", "architecture": "x86_64"},
            {"name": "own", "image": "registry.example.com/own:1"},
            {"name": "kaniko", "platform_image": "kaniko"},
        ],
    }
    plan = rehearsed(values, "x86_64")
    assert plan.moved == ["controller", "linux"]
    settings = Configuration(plan.values).settings()
    assert settings.controller.architecture.value == "x86_64"
    assert {t.name: t.architecture.value for t in settings.agents} == {
        "linux": "x86_64",
        "intel": "x86_64",
        "own": "arm64",
        "kaniko": "arm64",
    }
    assert rehearsed({"agents": [{"name": "linux"}]}, "arm64").moved == ["controller", "linux"]


def test_secrets_are_made_up_under_their_own_names_and_keys() -> None:
    plan = rehearsed(
        {
            "jenkins": {"secrets": {"SMTP": f"{SMTP}:password::", "USER": f"{SMTP}:user::"}},
            "agents": [{"name": "linux", "secrets": {"KEY": KEY}}],
        }
    )
    assert plan.secrets.keys() == {"mail/smtp"}
    assert json.loads(plan.secrets["mail/smtp"]).keys() == {"password", "user"}
    assert plan.parameters.keys() == {"/ci/key"}
    changed = with_arns(plan.values, {"mail/smtp": "arn:new"}, {"/ci/key": "arn:key"})
    assert changed["jenkins"]["secrets"] == {"SMTP": "arn:new:password::", "USER": "arn:new:user::"}
    assert changed["agents"] == [{"name": "linux", "secrets": {"KEY": "arn:key"}}]


def test_openid_connect_gets_the_way_in_that_the_rehearsal_takes() -> None:
    oidc: dict[str, Any] = {"well_known_url": "https://id.example.com/x", "client_id": "jenkins"}
    assert rehearsed({"sign_in": {"oidc": oidc}}).values["sign_in"]["oidc"]["escape_hatch"] is True
    assert "escape_hatch" not in oidc


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["x\tINFO\tfine", "jenkins is severe about this"], []),
        (
            [
                "a",
                "t [id=1]\tSEVERE\thudson.util.BootFailure#publish: Failed",
                "Why: it is so",
                "b",
            ],
            ["t [id=1]\tSEVERE\thudson.util.BootFailure#publish: Failed", "Why: it is so"],
        ),
        (["Failed Loading plugin git"], ["Failed Loading plugin git"]),
    ],
    ids=["nothing", "with the reason", "at the end"],
)
def test_a_log_is_searched_for_mistakes(lines: list[str], found: list[str]) -> None:
    assert severe(lines) == found


def test_the_copy_of_a_configuration_can_be_written_and_read_again() -> None:
    plan = rehearsed(dict(Project(ROOT).configuration("prod", Lines()).values))
    assert yaml.safe_load(yaml.safe_dump(plan.values)) == plan.values


@pytest.mark.parametrize(
    ("jobs", "credentials", "result", "found"),
    [
        (("a", "b c"), ("key",), OK, "2 jobs, 1 credentials"),
        ((), (), OK, "0 jobs, 0 credentials"),
        (("a", "lost"), (), FAILED, "in the home, but not in Jenkins: job lost"),
        (("a",), ("key", "old"), FAILED, "in the home, but not in Jenkins: credential old"),
    ],
)
def test_what_a_copied_home_contains_must_be_in_jenkins(
    monkeypatch: pytest.MonkeyPatch,
    jobs: tuple[str, ...],
    credentials: tuple[str, ...],
    result: str,
    found: str,
) -> None:
    domains = {"_": {"credentials": [{"id": "key"}]}, "other": {"credentials": [{"id": "x"}]}}
    answers = {"/api/json": {"jobs": [{"name": "a"}, {"name": "b c"}, {"name": "made"}]}}
    store = "/credentials/store/system/api/json?tree=domains[credentials[id]]"
    monkeypatch.setattr(
        JenkinsApi, "get", lambda _, path: {**answers, store: {"domains": domains}}[path]
    )
    check = _kept(Contents(jobs, credentials), JenkinsApi("http://127.0.0.1"))
    assert (check.result, check.found) == (result, found)


def test_a_home_is_copied_and_never_written_to(tmp_path: Path) -> None:
    asked: dict[str, Any] = {}

    def run(image: str, command: list[str], **given: Any) -> bytes:
        asked.update(given)
        return b"job a\njob b c\ncredential d\n"

    volumes = SimpleNamespace(list=lambda filters: [SimpleNamespace(name="home-of-fs-1")])
    client = SimpleNamespace(volumes=volumes, containers=SimpleNamespace(run=run))
    host: Any = SimpleNamespace(link_image="image", client=client)
    assert _copy(host, str(tmp_path), "fs-1") == Contents(("a", "b c"), ("d",))
    assert asked["volumes"] == {
        str(tmp_path): {"bind": "/from", "mode": "ro"},
        "home-of-fs-1": {"bind": "/to", "mode": "rw"},
    }
    assert asked["network_mode"] == "none"


def test_jenkins_is_stopped_while_its_home_is_exchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []
    contents = Contents((), ())
    session: Any = SimpleNamespace(embedded_cloud=SimpleNamespace(session="s"))
    monkeypatch.setattr(rehearsal_home, "connect", lambda _: ("host", ""))
    monkeypatch.setattr(rehearsal_home, "_scale", lambda _, cluster, count: done.append(count))
    monkeypatch.setattr(rehearsal_home, "_copy", lambda *_: done.append("copy") or contents)
    monkeypatch.setattr(
        rehearsal_home.local_jenkins, "answering", lambda *_: done.append("answers")
    )
    outputs = {"controller_cluster_arn": "c", "file_system_id": "fs-1"}
    assert rehearsal_home.start_with(session, "home", outputs) is contents
    assert done == [0, "copy", 1, "answers"]
