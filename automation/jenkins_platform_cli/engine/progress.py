"""What the user sees while the engine works: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from pulumi.automation import CommandError, EngineEvent, OpType
from pulumi.automation.events import StepEventMetadata
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from ..invocation import called

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
"""Stands for an output that is secret."""
_IMAGE = "docker:index/image:Image"
_STACK, _MASKED = "pulumi:pulumi:Stack", "[secret]"
_AFTERMATH = ("update failed", "preview failed", "Exception calling application:")
"""What the engine and Pulumi's SDK say after an error that was told."""
_NOT_LOGGED_IN = "PULUMI_ACCESS_TOKEN must be set"


@dataclass(frozen=True)
class Change:
    """One resource that an operation changed, or would change."""

    op: str
    type: str
    name: str
    properties: list[str] = field(default_factory=list)


class Reporter:
    """Shows resources as they are done, and diagnostics as they come.

    Attributes:
        changes: What was changed so far.
        there: What the engine has seen to be there, or has made: type by URN.
        outputs: The stack's outputs so far; secret ones are not shown.
        errors: Error messages so far.
        warnings: Warnings so far.
        builds_images: Whether images are really built; set it to announce that this takes a while.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self.changes: list[Change] = []
        self.there: dict[str, str] = {}
        self.outputs: dict[str, Any] = {}
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.builds_images = False
        self._started: dict[str, float] = {}
        self._buried = False
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
        self._buried = bool(self.errors)
        self.console.print(message, highlight=False, soft_wrap=True, emoji=False)

    def advance(self, label: str, done: int, total: int) -> None:
        """Progress of work with a known end; a line every tenth where there is no terminal."""
        self._live.update(self._task, description=label, completed=done, total=total)
        if not self.console.is_terminal and (done * 10 // total) > ((done - 1) * 10 // total):
            self.say(f"  {label}: {done * 100 // total} %")

    def waiting(self, description: str) -> None:
        """What is waited for; shown on a terminal only."""
        self._live.update(self._task, description=description)

    def event(self, event: EngineEvent) -> None:
        """Take one event of the engine."""
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
        elif (diagnostic := event.diagnostic_event) and not diagnostic.ephemeral:
            self._diagnostic(diagnostic.severity, diagnostic.message)

    def complain(self, message: str) -> None:
        """Tell an error that is not the engine's."""
        self._diagnostic("error", message)

    def failed(self, error: CommandError) -> None:
        """The end of a command of Pulumi that failed; what its events did not tell already."""
        if not self.errors:
            self._diagnostic("error", reason(error))

    def repeat(self, heading: str) -> None:
        """Tell the errors again where others' lines have come after them."""
        if self._buried:
            self.say(f"\n{heading}")
            for text in self.errors:
                self._show("error", "red", text)

    def _finished(self, step: StepEventMetadata) -> None:
        kind, name = _type_and_name(step)
        if kind == _STACK and step.new:
            self.outputs = {
                key: HIDDEN if value == _MASKED else value
                for key, value in sorted((step.new.outputs or {}).items())
            }
        if step.op is OpType.DELETE:  # and not of what was replaced: that has the same URN
            self.there.pop(step.urn, None)
        else:
            self.there[step.urn] = kind
        # A refresh looks at everything; only what it finds changed is worth a line.
        if step.op in _SILENT or (step.op is OpType.REFRESH and not step.detailed_diff):
            return
        if kind.startswith((COMPONENT, "pulumi:")):
            return
        self.changes.append(Change(step.op.value, kind, name, sorted(step.detailed_diff or {})))
        seconds = time.monotonic() - self._started.get(step.urn, time.monotonic())
        self._live.update(self._task, completed=len(self.changes))
        self.say(f"{_SIGNS.get(step.op, '?'):>2} {kind} {name} [dim]{seconds:.1f}s[/dim]")

    def _diagnostic(self, severity: str, message: str) -> None:
        text = message.strip()
        told = {"error": self.errors, "warning": self.warnings}.get(severity)
        # The engine repeats a program's own error with words of its own around it.
        if told is None or any(earlier in text for earlier in told):
            return
        if told and text.startswith(_AFTERMATH):
            return
        told.append(text)
        self._show(severity, "red" if severity == "error" else "yellow", text)

    def _show(self, severity: str, colour: str, text: str) -> None:
        # As text: in markup the `:secret:` of an ARN would be a pictogram.
        line = Text.assemble((f"{severity}:", colour), " ", text)
        self.console.print(line, highlight=False, soft_wrap=True)


def reason(error: CommandError) -> str:
    """Why a command of Pulumi failed, in words that help."""
    _, _, told = str(error).partition("stderr:")
    text = told.strip().removeprefix("error: ") or str(error)
    if _NOT_LOGGED_IN in text:
        return (
            "Pulumi is not logged in to where states are kept. "
            f"`{called('init')}` makes a bucket and a key for them and logs in to it; "
            "`pulumi login <address>` takes another place."
        )
    return text


def _type_and_name(step: StepEventMetadata) -> tuple[str, str]:
    """``aws:ec2/vpc:Vpc`` and ``jenkins-vpc``."""
    parts = step.urn.split("::")
    return parts[2].rsplit("$", 1)[-1], parts[3]
