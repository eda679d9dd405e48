"""Whether a drill passes: by the age of what was restored."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import typer
from jenkins_platform_cli.account.drill import Drill
from jenkins_platform_cli.commands import restore
from jenkins_platform_cli.engine.progress import Reporter
from rich.console import Console

DAY = 24 * 3600.0


def drilled(monkeypatch: pytest.MonkeyPatch, age: float | None, days: float) -> list[Any]:
    """What a drill does whose newest data has this age."""
    done: list[Any] = []
    drill = Drill("arn", "COMPLETED", "", "2026-11-21T12:00:00+00:00", 60.0, age)
    recovery = SimpleNamespace(
        point=lambda arn: arn,
        restore=lambda point, name: done.append("restore") or ("fs-new", drill),
        remove=done.append,
    )
    session = SimpleNamespace(settings=SimpleNamespace(name="jenkins"))
    reporter = Reporter(Console(quiet=True))
    monkeypatch.setattr(restore, "_open", lambda *_: (recovery, reporter, session))
    try:
        restore.restore_drill(selection_window_days=days, as_json=True)
    except typer.Exit as exit_:
        done.append(exit_.exit_code)
    return done


@pytest.mark.parametrize(
    ("age", "days", "passes"),
    [
        (7 * DAY, 7, True),
        (7 * DAY + 1, 7, False),
        (DAY / 2, 0.5, True),
        (DAY, 0.5, False),
        (None, 7, False),
    ],
)
def test_old_or_unknown_data_fails_the_drill_and_leaves_no_file_system(
    monkeypatch: pytest.MonkeyPatch, age: float | None, days: float, passes: bool
) -> None:
    done = drilled(monkeypatch, age, days)
    assert done == ["restore", "fs-new", *([] if passes else [1])]
