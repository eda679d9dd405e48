"""A session in the controller's container, through ECS Exec.

ECS returns the address and the token of a session; AWS's session-manager-plugin connects to it.
The token is passed in the environment and not on the command line, where other users of the machine
could read it; the plugin supports that since version 1.2.497.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any

from ..invocation import command_line
from .session import Session

PLUGIN = "session-manager-plugin"
INSTALL = (
    f"{PLUGIN} is not installed, or not on PATH. See the AWS Systems Manager User Guide, "
    '"Install the Session Manager plugin for the AWS CLI"'
)
RESPONSE_VARIABLE = "AWS_SSM_START_SESSION_RESPONSE"
"""Where the plugin looks for the session if its first argument is this name."""


def running_task(session: Session, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The controller's task, as ECS describes it.

    Args:
        outputs: The stack's outputs.

    Raises:
        RuntimeError: none is running, or it does not allow sessions.
    """
    if session.cloud:
        raise RuntimeError(
            "The embedded cloud does not emulate ECS Exec. If Jenkins runs on this machine, use "
            "`docker ps` and `docker exec`"
        )
    ecs, cluster = session.client("ecs"), str(outputs["controller_cluster_arn"])
    arns = ecs.list_tasks(cluster=cluster, desiredStatus="RUNNING")["taskArns"]
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    running: list[dict[str, Any]] = [t for t in tasks if t["lastStatus"] == "RUNNING"]
    if not running:
        wake = command_line("wake", *session.options)
        raise RuntimeError(f"The controller is not running. `{wake}` starts one that is asleep")
    if not running[0].get("enableExecuteCommand"):
        up = command_line("up", *session.options)
        raise RuntimeError(
            "The controller does not allow sessions: set controller.enable_execute_command to true "
            f"and run `{up}`, which restarts Jenkins"
        )
    return running[0]


def execute(
    session: Session, task: Mapping[str, Any], command: str, capture: bool = False
) -> tuple[int, str]:
    """Run a command in the container; the exit code of the plugin, and what was printed.

    Args:
        task: The task, from `running_task`.
        command: The command, as the container's shell would read it.
        capture: Return what it prints, and give it no input; otherwise it uses the terminal.

    Raises:
        RuntimeError: the plugin is not installed.
    """
    plugin = shutil.which(PLUGIN)
    if not plugin:
        raise RuntimeError(INSTALL)
    container = task["containers"][0]
    started = session.client("ecs").execute_command(
        cluster=task["clusterArn"],
        task=task["taskArn"],
        container=container["name"],
        command=command,
        interactive=True,  # the only mode that ECS supports
    )["session"]
    cluster, task_id = (task[key].rsplit("/", 1)[-1] for key in ("clusterArn", "taskArn"))
    target = {"Target": f"ecs:{cluster}_{task_id}_{container['runtimeId']}"}
    response = {
        "SessionId": started["sessionId"],
        "TokenValue": started["tokenValue"],
        "StreamUrl": started["streamUrl"],
    }
    endpoint = session.client("ssm").meta.endpoint_url
    words = [RESPONSE_VARIABLE, session.region, "StartSession", "", json.dumps(target), endpoint]
    with _interrupts_left_to_the_plugin():
        done = subprocess.run(
            [plugin, *words],
            env={**os.environ, RESPONSE_VARIABLE: json.dumps(response)},
            stdin=subprocess.DEVNULL if capture else None,
            stdout=subprocess.PIPE if capture else None,
            stderr=subprocess.STDOUT if capture else None,
            text=True,
        )
    return done.returncode, done.stdout or ""


@contextmanager
def _interrupts_left_to_the_plugin() -> Any:
    """Ctrl-C is for the command in the container."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
