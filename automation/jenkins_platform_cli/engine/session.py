"""One run of the command: a stack, its cloud and its operations."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from jenkins_platform.cost import estimate
from jenkins_platform.settings import Settings
from localcloud.cloud import LocalCloud
from pulumi import automation as auto
from rich.console import Console

from jenkins_platform_cli.pulumi_cli.toolchain import pulumi_cli

from ..invocation import command_line
from . import interrupted_update, state_disk
from .drift import ignored_properties
from .interruptible import interruptible
from .operations import Operation, run
from .progress import HIDDEN, Change, Reporter
from .project import Project
from .take_down import TakeDown, protected_message

_CHANGING = ("up", "destroy")
_STASH = "pulumi:index:Stash"
"""Type of the resources that remember choices that AWS cannot change."""


class Cloud(str, Enum):
    """Where a stack is deployed."""

    AWS = "aws"
    LOCAL = "local"


@dataclass
class Outcome:
    """The result of an operation; printed as JSON by ``--json``."""

    operation: str
    stack: str
    ok: bool
    seconds: float
    changes: list[Change] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    monthly_usd: float | None = None
    """Estimated cost of a month in USD, of ``up`` and ``preview``."""
    opens_at: str = ""
    """Where Jenkins answers on this machine; empty on AWS, or when nothing answers."""


class Session:
    """A stack and the operations on it.

    Raises:
        ToolchainError: no Pulumi CLI is available.
        FileNotFoundError: no project, or the stack has no file.
        SettingsError: the stack's configuration is invalid; nothing was changed.
    """

    def __init__(
        self, name: str, cloud: Cloud, reporter: Reporter, project: Project | None = None
    ) -> None:
        self.name, self.reporter = name, reporter
        self.project = project or Project.find(Path.cwd())
        self.settings: Settings = self.project.configuration(name, reporter).settings()
        self.cloud: LocalCloud | None = None
        self.command = pulumi_cli(reporter)
        if cloud is Cloud.LOCAL:
            self.cloud, stale = self.project.start_cloud()
            # The program and our AWS clients run in this process.
            os.environ.update(self.cloud.environment)
            if stale:
                reporter.say(
                    "The embedded cloud had stopped and keeps nothing on disk: starting over."
                )
        reporter.builds_images = not self.cloud or self.cloud.runs_tasks

    @cached_property
    def stack(self) -> auto.Stack:
        """The stack, created if its backend has none of this name.

        Raises:
            CommandError: not logged in to a backend, or it cannot be reached.
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
        """Address of the state backend.

        Raises:
            CommandError: not logged in.
        """
        return str(self._workspace.who_am_i().url)

    @property
    def region(self) -> str:
        """Region of the stack's provider."""
        return self.project.region(self.name)

    def plugins(self) -> dict[str, str]:
        """Versions of the installed provider plugins, by name."""
        found = self._workspace.list_plugins()
        return {p.name: str(p.version) for p in found if p.kind == "resource"}

    def up(self, replace: list[str] | None = None) -> Outcome:
        """Create or update; ``replace`` lists URNs of resources to replace."""
        return self._run("up", suppress_outputs=True, replace=replace)

    def preview(self) -> Outcome:
        return self._run("preview")

    def refresh(self) -> Outcome:
        return self._run("refresh")

    def drift(self) -> Outcome:
        """What a refresh would change and the next ``up`` would set back; the state is not
        updated."""
        self.reporter.ignored = ignored_properties(self.resources())
        return self._run("preview_refresh")

    def destroy(self) -> Outcome:
        """Stop all tasks and delete everything; refused if the stack has protected resources."""
        resources = self.resources()
        self.reporter.retained = {r["urn"] for r in resources if r.get("retainOnDelete")}
        take_down = TakeDown(resources, self.client, self.reporter.say)
        try:
            if protected := self.protected():
                raise RuntimeError(protected_message(self.name, protected))
            for line in take_down.listing():
                self.reporter.say(line)
            take_down.prepare()
        except (RuntimeError, BotoCoreError, ClientError) as error:
            self.reporter.error(str(error))
            return Outcome("destroy", self.name, False, 0.0, errors=self.reporter.errors)
        outcome = self._run("destroy")
        for message in take_down.complete(self.resources()):
            self.reporter.warning(message)
        return outcome

    def protected(self) -> list[str]:
        """Type, name and id of each protected resource."""
        found = [r for r in self.resources() if r.get("protect") and r.get("custom")]
        return [
            f"{r['type'].rsplit(':', 1)[-1]} {r['urn'].rsplit('::', 1)[-1]} ({r['id']})"
            for r in found
            if not r["type"].startswith("pulumi:")
        ]

    def unprotect(self) -> list[str]:
        """Unprotect everything until the next ``up``; returns what was protected. Resources that
        are then removed from the state remain in AWS, because they are retained."""
        protected = self.protected()
        state = self.stack.export_stack()
        for resource in (state.deployment or {}).get("resources", []):
            resource.pop("protect", None)
        self.stack.import_stack(state)
        return protected

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; secret ones are hidden."""
        found = self.stack.workspace.stack_outputs(self.name)
        return {k: HIDDEN if v.secret else v.value for k, v in sorted(found.items())}

    def deployed_outputs(self) -> dict[str, Any]:
        """The outputs of a platform that exists.

        Raises:
            RuntimeError: the stack has none yet.
        """
        if "controller_cluster_arn" in (found := self.outputs()):
            return found
        up = command_line("up", *self.options)
        raise RuntimeError(f"Stack {self.name} is empty. Run `{up}` first")

    @property
    def options(self) -> list[str]:
        """Options of this command that select the stack."""
        return ["--stack", self.name, *(["--cloud", "local"] if self.cloud else [])]

    def resources(self) -> list[dict[str, Any]]:
        """The resources in the stack's state."""
        return list((self.stack.export_stack().deployment or {}).get("resources", []))

    def resource(self, kind: str, name: str) -> dict[str, Any] | None:
        """The resource of a type and logical name in the stack's state, or None."""
        for resource in self.resources():
            if resource["type"] == kind and resource["urn"].endswith(f"::{name}"):
                return resource
        return None

    def _recover(self) -> None:
        """Recover what a killed run left unfinished."""
        if not interrupted_update.pending(self.stack):
            return
        self.reporter.say("The last run was killed: looking for unfinished resources.")
        found = interrupted_update.recover(self.stack, self.client)
        self.reporter.say(f"{len(found)} resources were recovered or refreshed.")

    def _has_fixed_choices(self) -> bool:
        return any(r["type"] == _STASH for r in self.resources())

    def trial(self, **options: Any) -> list[Change]:
        """Preview an update, as ``pulumi up`` does: what the program refuses, such as another value
        of a choice that AWS cannot change, is refused before anything is changed.

        Returns:
            The planned changes, which are not reported.

        Raises:
            CommandError: the preview failed; its errors are reported.
        """
        trial = Reporter(Console(quiet=True))
        try:
            run(self.stack, "preview", on_event=trial.event, **options)
        except auto.CommandError as error:
            trial.command_failed(error)
            for message in trial.errors:
                self.reporter.error(message)
            raise
        return trial.changes

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client for the stack's cloud; in the stack's region unless another is given."""
        endpoint = self.cloud.endpoint if self.cloud else None
        return boto3.client(service, endpoint_url=endpoint, region_name=region or self.region)

    def _run(self, operation: Operation, **options: Any) -> Outcome:
        started, errors = time.monotonic(), self.reporter.errors
        name = "drift" if operation == "preview_refresh" else operation
        if full := state_disk.problem(self.stack.workspace.env_vars):
            self.reporter.error(full)
            return Outcome(name, self.name, False, 0.0, errors=errors)
        with interruptible(self.reporter):
            try:
                if operation in _CHANGING:
                    self._recover()
                if operation == "up" and self._has_fixed_choices():
                    self.trial(**options)
                run(self.stack, operation, on_event=self.reporter.event, **options)
            except auto.CommandError as error:
                self.reporter.command_failed(error)
                errors = errors or [str(error)]
        return Outcome(
            name,
            self.name,
            not errors,
            round(time.monotonic() - started, 1),
            self.reporter.changes,
            self.reporter.outputs if operation == "up" else {},
            self.reporter.notes,
            self.reporter.warnings,
            errors,
            self._monthly_usd() if operation in ("up", "preview") else None,
        )

    def _monthly_usd(self) -> float | None:
        """Estimated cost of a month; None if only the program knows the region."""
        try:
            return round(estimate(self.settings, self.region).monthly_usd, 2)
        except FileNotFoundError:
            return None
