"""The `pulumi` command in a project, on the embedded cloud and the hosted component."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from .engine import PASSPHRASE
from .guardrails import mandatory, of_state
from .hosting import host


class CommandLine:
    """Runs `pulumi` on a new stack `dev`.

    Args:
        project: Folder of the program.
        scratch: Folder for the state, and for the hosted component in `host`.
        cloud: Where the program creates its resources.
        cli: The Pulumi CLI.
        hosts: Folders with language hosts.
        plugin: Whether the hosted component is on the path.
    """

    def __init__(
        self,
        project: Path,
        scratch: Path,
        cloud: LocalCloud,
        cli: auto.PulumiCommand,
        hosts: Sequence[Path] = (),
        *,
        plugin: bool = True,
    ) -> None:
        self.project = project
        (scratch / "state").mkdir()
        hosted = [host(scratch / "host")] if plugin else []
        folders = [*hosted, *hosts, Path(cli.command).parent]
        self.environment = {
            **os.environ,
            **cloud.environment,
            "PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]]),
            "PULUMI_HOME": str(scratch / "home"),
            "PULUMI_BACKEND_URL": (scratch / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        self.succeed("stack", "init", "dev")

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", "--non-interactive", "--color", "never", *words],
            cwd=self.project,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def succeed(self, *words: str) -> str:
        """What a command prints.

        Raises:
            AssertionError: with the output of a command that fails.
        """
        result = self(*words)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def count(self, word: str, *words: str) -> int:
        """Number of resources that a command reports, such as those "to create"."""
        printed = self.succeed(*words)
        found = re.search(rf"^ +[+-]? ?(\d+) {word}$", printed, re.MULTILINE)
        assert found, printed
        return int(found[1])

    def outputs(self) -> dict[str, Any]:
        """Outputs of the stack."""
        printed: dict[str, Any] = json.loads(self.succeed("stack", "output", "--json"))
        return printed

    def deploy_example(self) -> int:
        """Preview and deploy an example, of which the policy pack accepts every resource; a second
        deployment changes nothing.

        Returns:
            The number of its resources.
        """
        planned = self.count("to create", "preview")
        assert self.count("created", "up", "--yes", "--skip-preview") == planned
        outputs = self.outputs()
        assert outputs["labels"][:3] == ["build", "build-spot", "build-on-demand"]
        assert outputs["jenkinsUrl"].startswith("http://jenkins-alb-")
        state = json.loads(self.succeed("stack", "export"))["deployment"]["resources"]
        assert mandatory(of_state(state)) == []
        assert self.count("unchanged", "up", "--yes", "--skip-preview") == planned
        return planned
