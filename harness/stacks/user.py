"""A user who runs the ``jenkins-platform`` command in a copy of the project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from localcloud.cloud import LocalCloud

from ..documentation.answers import answer

ROOT = Path(__file__).parents[2]
STACKS = ("dev", "local", "prod")
"""The stacks of the project. A checkout may have files of others."""
RUN = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from jenkins_platform_cli.cli import main; main()"
)
"""The command, which Ctrl-C ends even if a test run in the background ignores SIGINT. Not with
`preexec_fn`: a child that was forked from a process with gRPC can abort before it starts."""


@dataclass
class User:
    """A user with a copy of the project."""

    folder: Path
    home: Path
    patience_seconds: float = 120
    """How long a command may take."""

    def environment(self) -> dict[str, str]:
        path = os.pathsep.join(
            str(ROOT / p) for p in (".", "components", "automation", "localcloud")
        )
        home = {"HOME": str(self.home), "PULUMI_HOME": str(self.home / ".pulumi")}
        return {**os.environ, **home, "PYTHONPATH": path, "COLUMNS": "200"}

    def start(self, *words: str, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", RUN, *words],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*words)
        out, err = process.communicate(timeout=self.patience_seconds)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def local(self, command: str, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run(command, "--stack", "local", "--cloud", "local", *words)

    def document(self, command: str, *words: str, exit_code: int = 0) -> Any:
        """What a command on the local stack prints with ``--json``, checked against its schema."""
        done = self.local(command, "--json", *words)
        assert done.returncode == exit_code, done.stdout + done.stderr
        return answer(command, done.stdout)

    def set(self, **config: Any) -> None:
        file = self.folder / "Pulumi.local.yaml"
        content = yaml.safe_load(file.read_text())
        content["config"] |= {f"jenkins-platform:{k}": v for k, v in config.items()}
        file.write_text(yaml.safe_dump(content))

    def files_with(self, text: str) -> list[Path]:
        """Files of the project and of the user that contain a text."""
        files = [f for top in (self.folder, self.home) for f in top.rglob("*") if f.is_file()]
        return [f for f in files if text.encode() in f.read_bytes()]

    @property
    def cloud(self) -> LocalCloud:
        running = LocalCloud.find(self.folder / ".localcloud")
        assert running, "no embedded cloud runs"
        return running


@contextmanager
def project_user(folder: Path) -> Iterator[User]:
    """A user with a fresh copy of the project and an empty home; the cloud stops afterwards."""
    project, home = folder / "project", folder / "home"
    project.mkdir()
    home.mkdir()
    stacks = [f"Pulumi.{stack}.yaml" for stack in STACKS]
    for name in ("Pulumi.yaml", "__main__.py", *stacks):
        shutil.copy(ROOT / name, project)
    yield User(project, home)
    if running := LocalCloud.find(project / ".localcloud"):
        running.stop()
