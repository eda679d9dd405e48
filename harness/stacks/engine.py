"""Stacks on the embedded cloud for tests: the real engine, the emulated AWS."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from jenkins_platform import JenkinsPlatform
from jenkins_platform_cli.engine.operations import Operation, run
from localcloud.cloud import REGION, LocalCloud
from pulumi import automation as auto
from pulumi_policy import PolicyResource

from harness.inputs.lean import READY_IMAGES
from harness.stacks.guardrails import of_state

PASSPHRASE = "a passphrase for tests"


@dataclass
class Stack:
    """One stack of a test. ``program`` may be replaced between two runs."""

    cloud: LocalCloud
    folder: Path
    command: auto.PulumiCommand
    program: Callable[[], None]
    name: str = "test"
    config: Mapping[str, str] = field(default_factory=dict)
    state: Path | None = None
    """URL of the state backend. Default: in ``folder``."""
    checkpoints: bool = False
    """Write the state before and after each resource, as for users, and not once at the end, which
    takes half the time. Tests of killed runs use the command."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        state = self.state or self.folder / "state"
        settings = self.folder / f"Pulumi.{self.name}.yaml"
        settings.write_text(json.dumps({"config": {"aws:region": REGION, **self.config}}))
        # create_or_select would call the CLI twice.
        open_stack = auto.Stack.select if state.exists() else auto.Stack.create
        state.mkdir(exist_ok=True)
        workspace = auto.LocalWorkspace(
            str(self.folder),
            pulumi_command=self.command,
            program=lambda: self.program(),
            project_settings=auto.ProjectSettings("test", "python", os.getcwd()),
            env_vars={
                **self.cloud.environment,
                "PULUMI_BACKEND_URL": f"{state.as_uri()}?metadata=skip",
                "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
                "PULUMI_HOME": str(self.folder / "home"),
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_EXPERIMENTAL": "true",
                "PULUMI_SKIP_CHECKPOINTS": str(not self.checkpoints).lower(),
            },
        )
        self.stack = open_stack(self.name, workspace)

    def up(self) -> dict[str, Any]:
        """Bring the stack up; its outputs, with ``[secret]`` for a secret one."""
        self._recorded("up")
        return self.outputs

    def refresh(self) -> None:
        self._recorded("refresh")

    def second_session(self) -> Stack:
        """A second session on the same stack."""
        state = self.state or self.folder / "state"
        folder = self.folder.with_name(f"{self.folder.name}-second")
        return Stack(self.cloud, folder, self.command, self.program, self.name, self.config, state)

    def destroy(self) -> None:
        self._recorded("destroy")

    def preview(self) -> None:
        self._recorded("preview")

    def _recorded(self, operation: Operation) -> None:
        """Run an operation; its steps by resource are in ``changes``, its output in ``printed``."""
        self.printed: list[str] = []
        self.changes: dict[str, str] = {}
        self.errors: list[str] = []
        self.outputs: dict[str, Any] = {}

        def on_event(event: auto.EngineEvent) -> None:
            step = event.res_outputs_event
            if step and step.metadata.op not in ("same", "read", "refresh"):
                op = str(step.metadata.op.value)
                self.changes[short(step.metadata.urn)] = "replace" if "replace" in op else op
            if step and step.metadata.type == "pulumi:pulumi:Stack" and step.metadata.new:
                self.outputs = dict(step.metadata.new.outputs or {})
            diagnostic = event.diagnostic_event
            if diagnostic and diagnostic.severity == "error":
                self.errors.append(diagnostic.message)

        run(
            self.stack,
            operation,
            on_event=on_event,
            on_output=self.printed.append,
            on_error=self.printed.append,
        )

    def resources(self) -> list[dict[str, Any]]:
        """The resources in the state."""
        deployment = self.stack.export_stack().deployment or {}
        return list(deployment.get("resources", []))

    def state_file(self) -> Path:
        """The file with the state, in which secrets are encrypted."""
        (file,) = (self.folder / "state").rglob("stacks/**/*.json")
        return file

    def guarded_resources(self) -> list[PolicyResource]:
        """The resources in the state, as input of the policy pack."""
        return of_state(self.resources())


def short(urn: str) -> str:
    """``aws:ec2/vpc:Vpc jenkins-vpc`` for a URN."""
    parts = urn.split("::")
    return f"{parts[2].rsplit('$', 1)[-1]} {parts[3]}"


def platform_program(
    args: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = None,
    name: str = "jenkins",
) -> Callable[[], None]:
    """A program with one platform that a test may destroy."""

    def program() -> None:
        given = args() if callable(args) else args
        values: Any = {"removal_policy": "destroy", "images": READY_IMAGES, **(given or {})}
        platform = JenkinsPlatform(name, values)
        for output in JenkinsPlatform.__annotations__:
            pulumi.export(output, getattr(platform, output))

    return program


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Set environment variables for a block."""
    before = {k: os.environ.get(k) for k in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
