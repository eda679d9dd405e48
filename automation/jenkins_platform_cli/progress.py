"""What the user sees while the engine works: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType

from pulumi.automation import CommandError, EngineEvent, OpType
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_SIGNS = {
    OpType.CREATE: "+",
    OpType.UPDATE: "~",
    OpType.DELETE: "-",
    OpType.REPLACE: "+-",
    OpType.CREATE_REPLACEMENT: "++",
    OpType.DELETE_REPLACED: "--",
    OpType.REFRESH: "<",
    OpType.READ: "<",
    OpType.IMPORT: "=",
}
_SILENT = {OpType.SAME, OpType.REPLACE}


class Reporter:
    """Shows resources as they are done, and diagnostics as they come."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.errors: list[str] = []
        self._started: dict[str, float] = {}
        self._done = 0
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
        self.console.print(message, highlight=False, soft_wrap=True)

    def advance(self, label: str, done: int, total: int) -> None:
        """Progress of work with a known end; a line every tenth where there is no terminal."""
        self._live.update(self._task, description=label, completed=done, total=total)
        if not self.console.is_terminal and (done * 10 // total) > ((done - 1) * 10 // total):
            self.say(f"  {label}: {done * 100 // total} %")

    def event(self, event: EngineEvent) -> None:
        """Take one event of the engine."""
        if pre := event.resource_pre_event:
            if pre.metadata.op not in _SILENT:
                self._started[pre.metadata.urn] = time.monotonic()
                self._live.update(self._task, description=_short(pre.metadata.urn))
        elif (outputs := event.res_outputs_event) and outputs.metadata.op not in _SILENT:
            self._finished(outputs.metadata.op, outputs.metadata.urn)
        elif failed := event.res_op_failed_event:
            self.say(f"[red]![/red]  {_short(failed.metadata.urn)}")
        elif (diagnostic := event.diagnostic_event) and not diagnostic.ephemeral:
            self._diagnostic(diagnostic.severity, diagnostic.message)

    def failed(self, error: CommandError) -> None:
        """The end of an operation that failed; what the engine's events did not tell already."""
        if not self.errors:
            _, _, told = str(error).partition("stderr:")
            self._diagnostic("error", told.strip().removeprefix("error: ") or str(error))

    def _finished(self, op: OpType, urn: str) -> None:
        seconds = time.monotonic() - self._started.get(urn, time.monotonic())
        self._done += 1
        self._live.update(self._task, completed=self._done)
        self.say(f"{_SIGNS.get(op, '?'):>2} {_short(urn)} [dim]{seconds:.1f}s[/dim]")

    def _diagnostic(self, severity: str, message: str) -> None:
        text = message.strip()
        if severity == "error":
            # The engine repeats a program's own error with words of its own around it.
            if any(told in text for told in self.errors):
                return
            self.errors.append(text)
        if colour := {"error": "red", "warning": "yellow"}.get(severity):
            self.console.print(f"[{colour}]{severity}:[/{colour}]", escape(text), soft_wrap=True)


def _short(urn: str) -> str:
    """``aws:ec2/vpc:Vpc jenkins-vpc`` for a URN."""
    parts = urn.split("::")
    return f"{parts[2].rsplit('$', 1)[-1]} {parts[3]}"
