"""The scripts of the CI examples on the embedded cloud: preview with its comment, up, drift.

Only what needs the CI system, an installation or a Python host is replaced by a recorder.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from harness.inputs.lean import LEAN
from harness.stacks.hosting import ROOT
from harness.stacks.user import RUN, User, project_user

pytestmark = pytest.mark.long
EXAMPLES = ROOT / "examples" / "ci"
RECORDED = ("pip", "pulumi", "gh", "curl", "python3")
VARIABLES = {
    "CI_API_V4_URL": "https://gitlab.example.com/api/v4",
    "CI_PROJECT_ID": "7",
    "CI_MERGE_REQUEST_IID": "42",
    "GITLAB_TOKEN": "glpat-secret",
    "AWS_TOKEN": "ID token",
    "NUMBER": "42",
    "GH_TOKEN": "ghs-secret",
    "TASK": "deploy",
    "PULUMI_VERSION": "3.259.0",
    "GITHUB_STEP_SUMMARY": "summary.md",
}


def github(event: str) -> list[str]:
    workflow = yaml.safe_load((EXAMPLES / "github-actions.yaml").read_text())
    steps = [s for s in workflow["jobs"]["platform"]["steps"] if "run" in s]
    return [s["run"] for s in steps if "if" not in s or f"== '{event}'" in s["if"]]


def gitlab(job: str) -> list[str]:
    pipeline = yaml.safe_load((EXAMPLES / "gitlab-ci.yaml").read_text())
    return [*pipeline["default"]["before_script"], *pipeline[job]["script"]]


def codebuild(event: str) -> list[str]:
    phases = yaml.safe_load((EXAMPLES / "buildspec.yaml").read_text())["phases"]
    set_event = "TASK=drift" if event == "drift" else f"CODEBUILD_WEBHOOK_EVENT={event}"
    return [f"export {set_event}", *phases["install"]["commands"], *phases["build"]["commands"]]


def jenkins(stage: str) -> list[str]:
    text = (EXAMPLES / "Jenkinsfile").read_text()
    stages = dict(re.findall(r"stage\('(\w+)'\) \{(.*?)(?=\n    stage\(|\Z)", text, re.DOTALL))
    return re.findall(r"sh '(.*)'", stages["Prepare"] + stages[stage])


SYSTEMS = {
    "github": [github(e) for e in ("pull_request", "push", "schedule")],
    "gitlab": [gitlab(j) for j in ("preview", "up", "drift")],
    "codebuild": [codebuild(e) for e in ("PULL_REQUEST_UPDATED", "PUSH", "drift")],
    "jenkins": [jenkins(s) for s in ("Preview", "Up", "Drift")],
}


@dataclass
class Runner:
    """Runs steps in the project, and knows what they asked of others."""

    user: User
    programs: Path

    @property
    def calls(self) -> str:
        """Commands that were recorded, a line each."""
        return (self.programs / "calls").read_text()

    @property
    def given(self) -> str:
        """What the recorded commands read from their standard input."""
        return (self.programs / "given").read_text()

    def run(self, steps: list[str]) -> subprocess.CompletedProcess[str]:
        for name in ("calls", "given"):
            (self.programs / name).write_text("")
        paths = os.pathsep.join([str(self.programs), os.environ["PATH"]])
        token_file = str(self.programs / "token")
        return subprocess.run(
            ["bash", "-e", "-c", "\n".join(steps)],
            cwd=self.user.folder,
            env={
                **self.user.environment(),
                **VARIABLES,
                "PATH": paths,
                "AWS_WEB_IDENTITY_TOKEN_FILE": token_file,
            },
            capture_output=True,
            text=True,
        )


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    folder = tmp_path_factory.mktemp("ci")
    programs = folder / "programs"
    programs.mkdir()
    for name in RECORDED:
        (programs / name).write_text(
            f'#!/bin/sh\necho "{name} $*" >> "{programs}/calls"\n'
            f'[ -t 0 ] || timeout 1 cat >> "{programs}/given"\n'
        )
    (programs / "jenkins-platform").write_text(
        "#!/bin/bash\n"
        'words=("${@/#dev/local}"); words=("${words[@]/#prod/local}")\n'
        f"exec '{sys.executable}' -c '{RUN}' \"${{words[@]}}\" --cloud local\n"
    )
    (programs / "activate").touch()
    for program in programs.iterdir():
        program.chmod(0o755)
    with project_user(folder) as user:
        (user.folder / ".venv").mkdir()
        (user.folder / ".venv" / "bin").symlink_to(programs)
        user.set(**LEAN)
        first = user.local("up")
        assert first.returncode == 0, first.stderr
        yield Runner(user, programs)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_steps_preview_deploy_and_find_drift(runner: Runner, system: str) -> None:
    preview, up, drift = SYSTEMS[system]
    report = runner.user.folder / "preview.md"
    report.unlink(missing_ok=True)
    runner.user.set(jenkins={"system_message": f"Deployed by {system}"})

    done = runner.run(preview)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pulumi preview --stack" in runner.calls
    assert "--policy-pack policies" in runner.calls
    assert "jenkins-configuration" in report.read_text()
    assert re.search(r"about [\d,]+ USD a month", report.read_text()), "the cost"
    assert "secret" not in runner.calls, "command lines are visible to other processes"
    if system == "github":
        assert "gh pr comment 42 --body-file preview.md" in runner.calls
    if system == "gitlab":
        url = "https://gitlab.example.com/api/v4/projects/7/merge_requests/42/notes"
        assert f"--config - --data-urlencode body@preview.md {url}" in runner.calls
        assert 'header = "PRIVATE-TOKEN: glpat-secret"' in runner.given

    done = runner.run(up)
    assert done.returncode == 0, done.stdout + done.stderr
    assert runner.user.local("preview").returncode == 0, "deployed"

    assert runner.run(drift).returncode == 0
    logs = runner.user.cloud.client("logs")
    (group,) = (
        g for g in logs.describe_log_groups()["logGroups"] if "controller" in g["logGroupName"]
    )
    logs.put_retention_policy(logGroupName=group["logGroupName"], retentionInDays=1)
    assert runner.run(drift).returncode == 3
    days = group["retentionInDays"]
    logs.put_retention_policy(logGroupName=group["logGroupName"], retentionInDays=days)


def test_a_failing_step_fails_the_job(runner: Runner) -> None:
    runner.user.set(jenkins={"no_such_input": True})
    for preview, _, _ in SYSTEMS.values():
        assert runner.run(preview).returncode not in (0, 3)
    runner.user.set(jenkins={})


def test_the_pipelines_are_valid() -> None:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci"]
    subprocess.run([*words, str(EXAMPLES / "gitlab-ci.yaml")], check=True)
    buildspec = yaml.safe_load((EXAMPLES / "buildspec.yaml").read_text())
    assert buildspec.keys() == {"version", "env", "phases", "artifacts"}
    assert buildspec["version"] == 0.2
    commands = [c for phase in buildspec["phases"].values() for c in phase["commands"]]
    assert all(isinstance(command, str) for command in commands)
