"""A project folder with its stacks and its stack program."""

from __future__ import annotations

import os
import runpy
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import yaml
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from ..pulumi_cli.golang import Progress, exclusive
from ..pulumi_cli.toolchain import pulumi_cli
from . import stack_file
from .configuration import Configuration
from .configuration import read as read_configuration

LOCAL_FOLDER = ".localcloud"


@dataclass(frozen=True)
class Project:
    """A folder with a ``Pulumi.yaml`` and a ``__main__.py``.

    The program runs inside this process, so no language host is needed.
    """

    folder: Path

    @classmethod
    def find(cls, start: Path) -> Project:
        """The project that ``start`` is in.

        Raises:
            FileNotFoundError: none was found.
        """
        for folder in (start, *start.parents):
            if (folder / "Pulumi.yaml").exists() and (folder / "__main__.py").exists():
                return cls(folder)
        raise FileNotFoundError(f"no Pulumi.yaml with a __main__.py in {start} or a parent folder")

    def configuration(self, stack: str, progress: Progress) -> Configuration:
        """The configuration of a stack, see `configuration.read`."""

        def decrypt() -> dict[str, str]:
            command = pulumi_cli(progress)
            workspace = auto.LocalWorkspace(str(self.folder), pulumi_command=command)
            return {k: v.value for k, v in workspace.get_all_config(stack).items()}

        return read_configuration(self.folder, stack, self.name, decrypt)

    def run(self) -> None:
        """The stack program."""
        runpy.run_path(str(self.folder / "__main__.py"), run_name="__main__")

    @property
    def name(self) -> str:
        return str(yaml.safe_load((self.folder / "Pulumi.yaml").read_text())["name"])

    def region(self, stack: str) -> str:
        """Region of a stack: from its file, or else from the environment.

        Raises:
            FileNotFoundError: neither sets one.
        """
        file = self.folder / f"Pulumi.{stack}.yaml"
        given = stack_file.read(file)["config"].get("aws:region") if file.exists() else None
        region = given or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if not region:
            raise FileNotFoundError(
                f"{file.name} sets no aws:region, and AWS_REGION is not set. Set one of them."
            )
        return str(region)

    def stack(self, name: str, command: auto.PulumiCommand) -> auto.Stack:
        """A stack in the state backend that the user is logged in to."""
        return self._open(name, command, self.folder, {})

    def local_stack(self, name: str, command: auto.PulumiCommand, cloud: LocalCloud) -> auto.Stack:
        """A stack on the embedded cloud.

        Its state, passphrase and a copy of its settings are in ``.localcloud/``: no file of the
        project is changed.
        """
        home = self.folder / LOCAL_FOLDER
        with exclusive(home):
            work, state = home / "workspace", home / "state"
            for folder in (work, state):
                folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.folder / "Pulumi.yaml", work)
            settings, copy = self.folder / f"Pulumi.{name}.yaml", work / f"Pulumi.{name}.yaml"
            lines, salt = _lines(settings), _salt(copy)
            encrypted = bool(_salt(settings))
            copy.write_text("\n".join([*lines, *([] if encrypted else salt), ""]))
            environment = {
                **cloud.environment,
                # Pulumi writes a state file atomically, but not its attributes file: a killed run
                # would leave an unreadable state.
                "PULUMI_BACKEND_URL": f"{state.as_uri()}?metadata=skip",
                "PULUMI_HOME": str(home / "pulumi"),
                "PULUMI_SKIP_UPDATE_CHECK": "true",
            }
            if not encrypted:  # else the user's own passphrase is required
                environment["PULUMI_CONFIG_PASSPHRASE"] = _passphrase(home / "passphrase")
            return self._open(name, command, work, environment)

    def _open(
        self, name: str, command: auto.PulumiCommand, work: Path, environment: dict[str, str]
    ) -> auto.Stack:
        workspace = auto.LocalWorkspace(
            str(work), program=self.run, pulumi_command=command, env_vars=environment
        )
        return auto.Stack.create_or_select(name, workspace)

    def start_cloud(self) -> tuple[LocalCloud, bool]:
        """The running embedded cloud, and whether the state of an earlier one was deleted.

        The emulator keeps nothing on disk: after a restart, the state describes nothing that
        exists.
        """
        home = self.folder / LOCAL_FOLDER
        with exclusive(home):
            cloud = LocalCloud.start(home)
            mark, state = home / "session", home / "state"
            stale = state.exists() and _lines(mark) != [cloud.session]
            if stale:
                shutil.rmtree(state)
            mark.write_text(cloud.session)
        return cloud, stale


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def _salt(file: Path) -> list[str]:
    return [line for line in _lines(file) if line.startswith("encryptionsalt:")]


def _passphrase(file: Path) -> str:
    """The passphrase for secrets of local stacks: random, created once, readable by the owner."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text()
