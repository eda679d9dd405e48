"""One run of the command: a stack, where it lives, and what was done to it."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from jenkins_platform.settings import Settings
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from jenkins_platform_cli.pulumi_cli.toolchain import pulumi_cli

from ..invocation import called
from . import configuration, interrupted_update
from .progress import HIDDEN, Change, Reporter
from .project import Project
from .stack import Stack

_CHANGING = ("up", "destroy")
_STATE_MIB = 50
"""Far more than a state of a thousand agent templates with its backups takes."""


class Cloud(str, Enum):
    """Where a stack lives."""

    AWS = "aws"
    LOCAL = "local"


@dataclass
class Outcome:
    """What an operation came to; printed as JSON by ``--json``."""

    operation: str
    stack: str
    ok: bool
    seconds: float
    changes: list[Change] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    opens_at: str = ""
    """Where Jenkins answers on this machine; empty on AWS, or when nothing answers."""


class Session:
    """A stack that operations can be run on.

    Raises:
        ToolchainError: no Pulumi CLI could be had.
        FileNotFoundError: no project, or the stack has no file.
        SettingsError: the stack's configuration is wrong; nothing has been done.
    """

    def __init__(
        self, name: str, cloud: Cloud, reporter: Reporter, project: Project | None = None
    ) -> None:
        self.name, self.reporter = name, reporter
        self.project = project or Project.find(Path.cwd())
        self.settings: Settings = configuration.settings(
            self.project.folder, name, self.project.name
        )
        self.cloud: LocalCloud | None = None
        self.command = pulumi_cli(reporter)
        if cloud is Cloud.LOCAL:
            self.cloud, stale = self.project.start_cloud()
            # The program runs in this process, and so do the questions to AWS.
            os.environ.update(self.cloud.environment)
            if stale:
                reporter.say(
                    "The embedded cloud had stopped, and keeps nothing on disk: starting over."
                )
        reporter.builds_images = not self.cloud or self.cloud.runs_tasks

    @cached_property
    def stack(self) -> Stack:
        """The stack, made where its backend has none of this name.

        Raises:
            CommandError: nobody is logged in to a backend, or it cannot be reached.
        """
        if self.cloud:
            return self.project.local_stack(self.name, self.command, self.cloud)
        return self.project.stack(self.name, self.command)

    @property
    def embedded_cloud(self) -> LocalCloud:
        """The cloud of a session on the embedded cloud.

        Raises:
            RuntimeError: the session is on AWS.
        """
        if not self.cloud:
            raise RuntimeError(f"stack {self.name} is not on the embedded cloud")
        return self.cloud

    @cached_property
    def _workspace(self) -> auto.LocalWorkspace:
        return auto.LocalWorkspace(str(self.project.folder), pulumi_command=self.command)

    def backend(self) -> str:
        """Address of where the states of real stacks are kept.

        Raises:
            CommandError: nobody is logged in.
        """
        return str(self._workspace.who_am_i().url)

    @property
    def region(self) -> str:
        """Region of the stack's provider."""
        return self.project.region(self.name)

    def plugins(self) -> dict[str, str]:
        """Versions of the provider plugins that the CLI has got, by name."""
        found = self._workspace.list_plugins()
        return {p.name: str(p.version) for p in found if p.kind == "resource"}

    def up(self, replace: list[str] | None = None) -> Outcome:
        """Create or update; what ``replace`` names by URN is made anew."""
        return self._run("up", self.stack.up, suppress_outputs=True, replace=replace)

    def preview(self) -> Outcome:
        return self._run("preview", self.stack.preview)

    def refresh(self) -> Outcome:
        return self._run("refresh", self.stack.refresh)

    def drift(self) -> Outcome:
        """What a refresh would change; nothing is written."""
        return self._run("drift", self.stack.preview_refresh)

    def destroy(self) -> Outcome:
        """Remove everything; a stack with protected resources is left as it is."""
        if held := self.protected():
            self.reporter.complain(_held(self.name, held))
            return Outcome("destroy", self.name, False, 0.0, errors=self.reporter.errors)
        return self._run("destroy", self.stack.destroy)

    def protected(self) -> list[str]:
        """What is protected, by type, name and id."""
        found = [r for r in self.resources() if r.get("protect") and r.get("custom")]
        return [
            f"{r['type'].rsplit(':', 1)[-1]} {r['urn'].rsplit('::', 1)[-1]} ({r['id']})"
            for r in found
            if not r["type"].startswith("pulumi:")
        ]

    def release(self) -> list[str]:
        """Take the protection off everything until the next ``up``; what was protected. What is
        deleted from the state then stays in AWS, because it is retained."""
        held = self.protected()
        state = self.stack.export_stack()
        for resource in (state.deployment or {}).get("resources", []):
            resource.pop("protect", None)
        self.stack.import_stack(state)
        return held

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; secret ones are not shown."""
        found = self.stack.workspace.stack_outputs(self.name)
        return {k: HIDDEN if v.secret else v.value for k, v in sorted(found.items())}

    def resources(self) -> list[dict[str, Any]]:
        """The resources in the stack's state."""
        return list((self.stack.export_stack().deployment or {}).get("resources", []))

    def resource(self, kind: str, name: str) -> dict[str, Any] | None:
        """One resource in the stack's state, by type and logical name; None where it has none."""
        for resource in self.resources():
            if resource["type"] == kind and resource["urn"].endswith(f"::{name}"):
                return resource
        return None

    def _mend(self) -> None:
        """See to what a killed run left unfinished."""
        if not interrupted_update.pending(self.stack):
            return
        self.reporter.say("The last run was killed: looking for what it left unfinished.")
        found = interrupted_update.mend(self.stack, self.client)
        self.reporter.say(f"{len(found)} resources were looked at; going on from there.")

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client for where the stack lives."""
        endpoint = self.cloud.endpoint if self.cloud else None
        return boto3.client(service, endpoint_url=endpoint, region_name=region or self.region)

    def _room_for_state(self) -> str | None:
        """Why the state would not be safe where it is: on a full disk Pulumi's file backend leaves
        a checkpoint that cannot be read any more, and its backup with it."""
        backend = self.stack.workspace.env_vars.get("PULUMI_BACKEND_URL", "") or os.environ.get(
            "PULUMI_BACKEND_URL", ""
        )
        if not backend.startswith("file://"):
            return None
        folder = Path(backend.removeprefix("file://").partition("?")[0]).expanduser()
        free = shutil.disk_usage(folder).free // 2**20 if folder.exists() else _STATE_MIB
        if free >= _STATE_MIB:
            return None
        return (
            f"The disk of the state ({folder}) has {free} MiB left; {_STATE_MIB} MiB are needed "
            "to write it safely. Make room, then run this again; nothing was changed."
        )

    def _run(self, operation: str, run: Callable[..., Any], **options: Any) -> Outcome:
        started, errors = time.monotonic(), self.reporter.errors
        if danger := self._room_for_state():
            self.reporter.complain(danger)
            return Outcome(operation, self.name, False, 0.0, errors=errors)
        with _interruptible(self.reporter):
            try:
                if operation in _CHANGING:
                    self._mend()
                run(on_event=self.reporter.event, **options)
            except auto.CommandError as error:
                self.reporter.failed(error)
                errors = errors or [str(error)]
        return Outcome(
            operation,
            self.name,
            not errors,
            round(time.monotonic() - started, 1),
            self.reporter.changes,
            self.reporter.outputs if operation == "up" else {},
            self.reporter.warnings,
            errors,
        )


def _held(stack: str, held: list[str]) -> str:
    """Why a stack is not destroyed, and how it can be."""
    things = "\n  ".join(held)
    return (
        f"Stack {stack} holds data and is protected. Nothing was changed. It holds:\n  {things}\n"
        "To remove everything else and leave these in AWS:\n"
        f"  {called('release', '--stack', stack)}, then destroy again.\n"
        "To really delete them too, recovery points included:\n"
        f"  removal_policy: destroy in Pulumi.{stack}.yaml, then up, then destroy."
    )


@contextmanager
def _interruptible(reporter: Reporter) -> Iterator[None]:
    """Leave Ctrl-C to the engine, which gets it too: it ends what is under way and saves the
    state. This process must live until then, because the program runs in it."""

    def told(*_: Any) -> None:
        reporter.say("Cancelling: what is under way is finished first. Again: stop at once.")

    before = signal.signal(signal.SIGINT, told)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
