"""Stack files, as Pulumi itself reads and encrypts them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jenkins_platform_cli.engine import stack_file
from pulumi import automation as auto

from harness.inputs.lean import LEAN
from harness.stacks.user import User

SCALARS = [
    "1e3",
    "no",
    "yes",
    "on",
    "07:00",
    "190:20:30",
    "0777",
    "08",
    "0x1F",
    "0o17",
    "0b11",
    "1_000",
    "+12",
    "-5",
    ".5",
    "1.0",
    "1.5e3",
    "100000.5",
    "2026-01-01",
    "2026-01-01T10:00:00Z",
    "~",
    "null",
    "true",
    "False",
    "'1e3'",
    '"no"',
    "=",
    "v1:x",
    "123456789012",
]
WEBHOOK = "https://hooks.example.com/s3cr3t-webhook"
PASSPHRASE = "a passphrase of the user"


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state backend of the user's own."""
    folder = tmp_path / "backend"
    folder.mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", folder.as_uri())
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("PULUMI_SKIP_UPDATE_CHECK", "true")


@pytest.mark.usefixtures("backend")
def test_the_reader_agrees_with_pulumi(pulumi_command: auto.PulumiCommand, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: p\nruntime: yaml\n")
    file = folder / "Pulumi.dev.yaml"
    top = "".join(f"  p:k{n}: {text}\n" for n, text in enumerate(SCALARS))
    nested = "".join(f"    - {{k: {text}}}\n" for text in SCALARS)
    shared = "  p:base: &base {a: 1}\n  p:merged: {<<: *base, b: no}\n"
    file.write_text(f"config:\n{top}  p:list:\n{nested}{shared}")
    ours = stack_file.read(file)["config"]
    workspace = auto.LocalWorkspace(str(folder), pulumi_command=pulumi_command)
    workspace.create_stack("dev")
    theirs = {key: found.value for key, found in workspace.get_all_config("dev").items()}
    assert ours.keys() == theirs.keys()
    for key, value in ours.items():
        expected = theirs[key] if isinstance(value, str) else json.loads(theirs[key])
        assert value == expected, f"{key} in\n{top}"


@pytest.mark.long
@pytest.mark.usefixtures("backend")
def test_an_encrypted_webhook_works_in_every_command(
    user: User, pulumi_command: auto.PulumiCommand
) -> None:
    user.set(**LEAN)
    user.set(monitoring={"level": "alarms"})
    workspace = auto.LocalWorkspace(str(user.folder), pulumi_command=pulumi_command)
    workspace.create_stack("local")
    secret = auto.ConfigValue(WEBHOOK, secret=True)
    workspace.set_config("local", "monitoring.webhooks.chat", secret, path=True)
    assert user.files_with(WEBHOOK) == []

    printed = ""
    for words, code in {
        ("cost", "--stack", "local"): 0,
        ("render", "--stack", "local"): 0,
        ("check", "--stack", "local", "--cloud", "local"): 0,
        ("preview", "--stack", "local", "--cloud", "local"): 3,
        ("up", "--stack", "local", "--cloud", "local"): 0,
        ("outputs", "--stack", "local", "--cloud", "local"): 0,
        ("show", "--stack", "local", "--cloud", "local"): 0,
    }.items():
        done = user.run(*words)
        assert done.returncode == code, f"{words}: {done.stdout}{done.stderr}"
        printed += done.stdout + done.stderr
    assert "s3cr3t" not in printed
    assert user.files_with("s3cr3t") == []
    (state,) = (user.folder / ".localcloud" / "state").rglob("stacks/**/local.json")
    assert "jenkins-webhook-chat" in state.read_text()
    topics = user.cloud.client("sns").list_subscriptions()["Subscriptions"]
    assert WEBHOOK in [s["Endpoint"] for s in topics]
