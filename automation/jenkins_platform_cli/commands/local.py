"""``jenkins-platform local``: the embedded cloud on this machine."""

from __future__ import annotations

import os
import time

import typer
from localcloud.cloud import LocalCloud
from rich.console import Console

from ..app import FAILED, app, local_folder
from ..engine.progress import Reporter

_STOP_SECONDS = 10.0

local = typer.Typer(no_args_is_help=True, help="The embedded cloud on this machine.")
app.add_typer(local, name="local")


@local.command()
def stop() -> None:
    """Stop the embedded cloud with everything that runs in it; everything in it is lost."""
    console = Console()
    cloud = LocalCloud.find(local_folder())
    if not cloud:
        console.print("The embedded cloud is not running.")
        return
    kept = cloud.stop()
    deadline = time.monotonic() + _STOP_SECONDS
    while _exists(cloud.pid):
        if time.monotonic() > deadline:
            Reporter(Console(stderr=True)).error(
                f"The embedded cloud did not stop: its process {cloud.pid} is still running. See "
                f"{local_folder() / 'cloud.log'}, or end it with `kill -9 {cloud.pid}`."
            )
            raise typer.Exit(FAILED)
        time.sleep(0.05)
    console.print("The embedded cloud is stopped.")
    if kept:
        console.print(
            f"Kept, as the file systems were not deleted: docker volume rm {' '.join(kept)}",
            soft_wrap=True,
        )


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
