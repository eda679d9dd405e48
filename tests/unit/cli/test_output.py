"""Output to a pipe whose reader exits, and callbacks that fail."""

from __future__ import annotations

import os
from typing import Any

import pytest
from jenkins_platform_cli.engine import operations
from jenkins_platform_cli.output import _Pipe
from pulumi import automation as auto


def test_output_to_a_closed_pipe_is_discarded() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as file:
        pipe = _Pipe(file)
        pipe.write("read\n")
        pipe.flush()
        assert os.read(reader, 100) == b"read\n"
        os.close(reader)
        pipe.write("not read\n")
        pipe.flush()
        pipe.write("nor this\n" * 10_000)
        assert pipe.isatty() is False


def test_an_error_in_a_callback_is_raised_after_the_operation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[str] = []

    def up(self: Any, on_event: Any) -> None:
        on_event(auto.EngineEvent(1, 1))
        ended.append("up")

    def fail(event: auto.EngineEvent) -> None:
        raise SystemExit(1)

    monkeypatch.setattr(auto.Stack, "__init__", lambda self: None)
    monkeypatch.setattr(auto.Stack, "up", up)
    stack = auto.Stack()  # type: ignore[call-arg]
    stack.name, stack.workspace, stack._mode = "dev", None, None  # type: ignore[assignment]
    with pytest.raises(SystemExit):
        operations.run(stack, "up", fail)
    assert ended == ["up"]
