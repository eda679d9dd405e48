"""Which tasks `interrupt` chooses."""

from __future__ import annotations

import pytest
from jenkins_platform.settings import Settings
from jenkins_platform_cli.commands.interrupt import choose
from jenkins_platform_cli.engine.running_tasks import SPOT, RunningTask

CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/agents"
SETTINGS = Settings.from_args(
    "jenkins",
    {"agents": [{"name": "linux"}, {"name": "big-linux"}, {"name": "maven", "labels": ["jdk21"]}]},
)


def task(number: int, template: str) -> RunningTask:
    return RunningTask(
        arn=f"{CLUSTER.replace('cluster', 'task')}/{number}",
        definition=f"arn:aws:ecs:eu-central-1:123456789012:task-definition/ci-agent-{template}:3",
        cluster=CLUSTER,
        status="RUNNING",
        capacity=SPOT,
        started=None,
        reason="",
        last_line="",
    )


RUNNING = [task(1, "linux"), task(2, "linux"), task(3, "big-linux"), task(4, "maven")]


@pytest.mark.parametrize(
    ("target", "ids"),
    [
        ("2", ["2"]),
        (RUNNING[2].arn, ["3"]),
        ("linux", ["1", "2"]),
        ("linux-spot", ["1", "2"]),
        ("big-linux", ["3"]),
        ("jdk21", ["4"]),
        ("maven", []),
        ("5", []),
    ],
)
def test_a_task_is_chosen_by_id_and_tasks_by_label(target: str, ids: list[str]) -> None:
    assert [t.id for t in choose(target, RUNNING, SETTINGS)] == ids
