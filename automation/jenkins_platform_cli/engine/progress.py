"""Progress of an operation: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from pulumi.automation import CommandError, EngineEvent, OpType
from pulumi.automation.events import StepEventMetadata
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from ..invocation import command_line
from .drift import drifted

_SIGNS = {
    OpType.CREATE: "+",
    OpType.UPDATE: "~",
    OpType.DELETE: "-",
    OpType.REPLACE: "+-",
    OpType.CREATE_REPLACEMENT: "++",
    OpType.DELETE_REPLACED: "--",
    OpType.DISCARD_REPLACED: "--",
    OpType.REFRESH: "<",
    OpType.READ: "<",
    OpType.IMPORT: "=",
}
_SILENT = {OpType.SAME, OpType.REPLACE, OpType.READ}
COMPONENT = "jenkins-platform:"
HIDDEN = "(secret)"
"""Shown instead of a secret output."""
_IMAGE = "docker:index/image:Image"
_STACK, _MASKED = "pulumi:pulumi:Stack", "[secret]"
_SUBSEQUENT = ("update failed", "preview failed", "Exception calling application:")
"""What the engine and Pulumi's SDK report after the error itself."""
_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}
_STATUS_LENGTH = 100
_NOT_LOGGED_IN = "PULUMI_ACCESS_TOKEN must be set"


@dataclass(frozen=True)
class Change:
    """A change of one resource, made or planned by an operation."""

    op: str
    type: str
    name: str
    properties: list[str] = field(default_factory=list)


class Reporter:
    """Shows changes and diagnostics as they arrive.

    Attributes:
        changes: The changes so far.
        resources: The existing resources reported by the engine so far: type by URN.
        outputs: The stack's outputs so far; secret ones are hidden.
        errors: Error messages so far.
        warnings: Warnings so far.
        notes: Informational messages of the program so far.
        builds_images: Whether images are really built; set it to announce that this takes a while.
        retained: URNs of resources that stay in AWS when they are removed from the state; set it
            before a destroy.
        ignored: Properties whose changes are not shown, by URN; set it to find drift.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self.changes: list[Change] = []
        self.resources: dict[str, str] = {}
        self.outputs: dict[str, Any] = {}
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.notes: list[str] = []
        self.builds_images = False
        self.retained: set[str] = set()
        self.ignored: dict[str, list[str]] = {}
        self._started: dict[str, float] = {}
        self._scrolled = False
        self._live = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.completed}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._live.add_task("starting", total=None)

    def __enter__(self) -> Reporter:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def say(self, message: str) -> None:
        self._scrolled = bool(self.errors)
        self.console.print(message, highlight=False, soft_wrap=True, emoji=False)

    def advance(self, label: str, done: int, total: int) -> None:
        """Show progress towards a known total; a line per 10 % if there is no terminal."""
        self._live.update(self._task, description=label, completed=done, total=total)
        if not self.console.is_terminal and (done * 10 // total) > ((done - 1) * 10 // total):
            self.say(f"  {label}: {done * 100 // total} %")

    def waiting(self, description: str) -> None:
        """What is waited for; shown on a terminal only."""
        self._live.update(self._task, description=escape(description))

    def event(self, event: EngineEvent) -> None:
        """Handle one event of the engine."""
        if pre := event.resource_pre_event:
            if pre.metadata.op not in _SILENT:
                self._started[pre.metadata.urn] = time.monotonic()
                self._live.update(self._task, description=" ".join(_type_and_name(pre.metadata)))
                if self.builds_images and _type_and_name(pre.metadata)[0] == _IMAGE:
                    self.builds_images = False
                    self.say("Building images: the first time this takes minutes.")
        elif outputs := event.res_outputs_event:
            self._finished(outputs.metadata)
        elif failed := event.res_op_failed_event:
            self.say(f"[red]![/red]  {' '.join(_type_and_name(failed.metadata))}")
        elif diagnostic := event.diagnostic_event:
            if diagnostic.ephemeral:  # such as a step of an image's build
                self.waiting(diagnostic.message.strip()[:_STATUS_LENGTH])
            else:
                self._diagnostic(diagnostic.severity, diagnostic.message)

    def error(self, message: str) -> None:
        """Report an error that is not the engine's."""
        self._diagnostic("error", message)

    def warning(self, message: str) -> None:
        """Report a warning that is not the engine's."""
        self._diagnostic("warning", message)

    def note(self, message: str) -> None:
        """Report an informational message that is not the engine's."""
        self._diagnostic("info", message)

    def command_failed(self, error: CommandError) -> None:
        """Report a failed Pulumi command, unless its events reported an error already."""
        if not self.errors:
            self._diagnostic("error", reason(error))

    def repeat(self, heading: str) -> None:
        """Show the errors again if other lines were printed after them."""
        if self._scrolled:
            self.say(f"\n{heading}")
            for text in self.errors:
                self._show("error", text)

    def _finished(self, step: StepEventMetadata) -> None:
        kind, name = _type_and_name(step)
        if kind == _STACK and step.new:
            self.outputs = {
                key: HIDDEN if value == _MASKED else value
                for key, value in sorted((step.new.outputs or {}).items())
            }
        if step.op is OpType.DELETE:  # not of a replaced resource: its successor has the same URN
            self.resources.pop(step.urn, None)
        else:
            self.resources[step.urn] = kind
        # A refresh reports every resource; only changed ones are shown.
        if step.op in _SILENT or (step.op is OpType.REFRESH and not step.detailed_diff):
            return
        if kind.startswith((COMPONENT, "pulumi:")):
            return
        if step.op is OpType.DELETE and step.urn in self.retained:
            self.say(f" = {kind} {name} stays in AWS")
            return
        changed = sorted(step.detailed_diff or {})
        if changed and step.urn in self.ignored:
            changed = drifted(changed, self.ignored[step.urn], _inputs(step))
            if not changed:
                return
        self.changes.append(Change(step.op.value, kind, name, changed))
        seconds = time.monotonic() - self._started.get(step.urn, time.monotonic())
        self._live.update(self._task, completed=len(self.changes))
        self.say(f"{_SIGNS.get(step.op, '?'):>2} {kind} {name} [dim]{seconds:.1f}s[/dim]")

    def _diagnostic(self, severity: str, message: str) -> None:
        text = message.strip()
        kinds = {"error": self.errors, "warning": self.warnings, "info": self.notes}
        reported = kinds.get(severity)
        # The engine repeats an error of the program with more text around it.
        if reported is None or any(earlier in text for earlier in reported):
            return
        if reported and text.startswith(_SUBSEQUENT):
            return
        reported.append(text)
        self._show(severity, text)

    def _show(self, severity: str, text: str) -> None:
        # As Text: markup would turn the `:secret:` of an ARN into an emoji.
        line = Text.assemble((f"{severity}:", _COLOURS[severity]), " ", text)
        self.console.print(line, highlight=False, soft_wrap=True)


def reason(error: CommandError) -> str:
    """Why a Pulumi command failed, without the CLI's surrounding text."""
    _, _, stderr = str(error).partition("stderr:")
    text = stderr.strip().removeprefix("error: ") or str(error)
    if _NOT_LOGGED_IN in text:
        return (
            "Pulumi is not logged in to a state backend. "
            f"`{command_line('init')}` creates one (an S3 bucket and a KMS key) and logs in to it; "
            "`pulumi login <address>` logs in to another one."
        )
    return text


def _type_and_name(step: StepEventMetadata) -> tuple[str, str]:
    """``aws:ec2/vpc:Vpc`` and ``jenkins-vpc``."""
    parts = step.urn.split("::")
    return parts[2].rsplit("$", 1)[-1], parts[3]


def _inputs(step: StepEventMetadata) -> set[str]:
    """Names of a resource's inputs before and after a step."""
    return {key for state in (step.old, step.new) if state for key in state.inputs or {}}
