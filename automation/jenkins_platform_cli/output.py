"""Standard output and error that survive a reader that exits, as in ``up | head``."""

from __future__ import annotations

import os
import sys
from typing import Any, TextIO


class _Pipe:
    """A stream that discards its output once the reader of its pipe has exited.

    An operation then still finishes, saves the state and unlocks the stack.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._discard()
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._discard()

    def _discard(self) -> None:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._stream.fileno())
        os.close(null)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def survive_broken_pipes() -> None:
    """Replace the process's standard output and error."""
    sys.stdout, sys.stderr = _Pipe(sys.stdout), _Pipe(sys.stderr)
