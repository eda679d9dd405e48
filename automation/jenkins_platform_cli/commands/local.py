"""``jenkins-platform local``: the embedded cloud on this machine."""

from __future__ import annotations

import os
import time

import typer
from localcloud.cloud import LocalCloud
from rich.console import Console

from ..app import JsonOption, app, local_folder, print_json, report_errors
from ..engine.progress import Reporter

_STOP_SECONDS = 10.0

local = typer.Typer(no_args_is_help=True, help="The embedded cloud on this machine.")
app.add_typer(local, name="local")


@local.command()
def stop(as_json: JsonOption = False) -> None:
    """Stop the embedded cloud with everything that runs in it; everything in it is lost."""
    console = Console()
    kept: list[str] = []
    with report_errors(Reporter(Console(stderr=True))):
        if cloud := LocalCloud.find(local_folder()):
            kept = cloud.stop()
            _wait(cloud)
    if as_json:
        print_json({"was_running": bool(cloud), "kept_volumes": kept})
        return
    console.print(f"The embedded cloud is {'stopped' if cloud else 'not running'}.")
    if kept:
        console.print(
            f"Kept, as the file systems were not deleted: docker volume rm {' '.join(kept)}",
            soft_wrap=True,
        )


def _wait(cloud: LocalCloud) -> None:
    """Wait until its process has ended.

    Raises:
        RuntimeError: it is still running after a while.
    """
    deadline = time.monotonic() + _STOP_SECONDS
    while _exists(cloud.pid):
        if time.monotonic() > deadline:
            raise RuntimeError(
                f"The embedded cloud did not stop: its process {cloud.pid} is still running. See "
                f"{local_folder() / 'cloud.log'}, or end it with `kill -9 {cloud.pid}`."
            )
        time.sleep(0.05)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
