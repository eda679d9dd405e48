"""Groovy code of the controller's image, in the Groovy version of Jenkins but outside it."""

from __future__ import annotations

import pytest

from tests.support.standins import library_step, stale_nodes

SCRIPT = "#!/kaniko/bin/bash -e\n"


def test_kaniko_build_needs_no_options() -> None:
    done = library_step("kanikoBuild()")
    assert done == {"calls": [{"sh": f"{SCRIPT}'kaniko'"}], "result": "sha256:0123"}


def test_kaniko_build_takes_every_option() -> None:
    done = library_step(
        "kanikoBuild(context: 'app', dockerfile: 'app.Dockerfile', destination: ['a', 'b:1'],"
        " tag: '2', target: 'run', buildArgs: [A: '1', B: '2'], options: ['--reproducible'])"
    )
    assert done["calls"] == [
        {
            "sh": f"{SCRIPT}'kaniko' '--context=app' '--dockerfile=app.Dockerfile' '--tag=2'"
            " '--target=run' '--destination=a' '--destination=b:1' '--build-arg=A=1'"
            " '--build-arg=B=2' '--reproducible'"
        }
    ]


def test_every_value_is_quoted_for_the_shell() -> None:
    done = library_step("""kanikoBuild(buildArgs: [A: "'; rm -rf / #"])""")
    assert done["calls"] == [{"sh": f"{SCRIPT}'kaniko' '--build-arg=A='\\''; rm -rf / #'"}]


def test_kaniko_build_reports_an_unknown_option() -> None:
    name, message = library_step("kanikoBuild(dockerFile: 'x')")["result"]
    assert name == "IllegalArgumentException"
    assert message.startswith("kanikoBuild: unknown option dockerFile; valid are context, ")


def test_a_block_that_succeeds_runs_once_and_on_spot() -> None:
    done = library_step("retryOnSpot(label: 'linux') { 'done' }")
    assert done == {
        "calls": [{"retry": [3, ["agent", "nonresumable"]]}, {"node": "linux-spot"}],
        "result": "done",
    }


def test_the_last_attempt_after_lost_agents_is_on_demand() -> None:
    done = library_step("retryOnSpot(label: 'linux') { lose() }")
    assert [call["node"] for call in done["calls"][1:]] == [
        *("linux-spot", "linux-spot", "linux-on-demand")
    ]
    assert done["result"] == ["AgentLost", None]


@pytest.mark.parametrize(
    "options", ["count: 2", "label: 'linux', count: 1", "label: 'linux', times: 3"]
)
def test_wrong_options_of_retry_on_spot_are_refused(options: str) -> None:
    done = library_step(f"retryOnSpot({options}) {{ }}")
    assert done["calls"] == []
    assert "valid are label (required) and count (2 or more)" in done["result"][1]


def test_only_nodes_without_a_task_are_removed_at_startup() -> None:
    done = stale_nodes("""
        def agent = { name, task, ecs ->
            Agent.newInstance(nodeName: name, taskArn: task, ecs: ecs)
        }
        [
            agent('runs', 'arn:1', { true }),
            agent('ended', 'arn:2', { false }),
            agent('never-started', null, { throw new IllegalStateException('asked ECS') }),
            agent('unknown', 'arn:3', { throw new IllegalStateException('ECS does not answer') }),
            agent('broken', 'arn:4', { throw new NoClassDefFoundError('a class of the SDK') }),
            new Expando(nodeName: 'static'),
        ]
    """)
    assert done["left"] == ["runs", "unknown", "broken", "static"]
    removed, forgotten, silent, broken = done["printed"]
    assert removed == "jenkins-platform: removed ended, its task arn:2 is gone"
    assert "removed never-started" in forgotten
    assert "left unknown" in silent
    assert "ECS does not answer" in silent
    assert "left broken" in broken
