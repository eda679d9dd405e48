"""A session of the ``jenkins-platform`` command; each test continues the one before."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from harness.documentation.answers import answer
from harness.inputs.lean import LEAN
from harness.stacks.user import User, project_user

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    with project_user(tmp_path_factory.mktemp("user")) as found:
        found.set(**LEAN)
        yield found


@pytest.fixture(scope="module")
def up(user: User) -> str:
    """What `up` prints."""
    done = user.local("up")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_summary_names_state_labels_and_cost(user: User, up: str) -> None:
    assert "Jenkins     emulated, nothing runs: LOCALCLOUD_DOCKER is 'none'" in up
    assert "linux linux-spot linux-on-demand linux-auto" in up
    cost = user.document("cost")["monthly_usd"]
    assert f"about {cost:,.0f} USD per month, jenkins-platform cost --stack local" in up


def test_the_next_preview_has_no_change(user: User, up: str) -> None:
    cost = user.document("cost")["monthly_usd"]
    same = user.local("preview")
    assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "No change.")
    assert f"info: about {cost:,.0f} USD" in same.stdout
    assert user.document("preview")["monthly_usd"] == cost


def test_a_preview_says_that_the_update_restarts_jenkins(user: User, up: str) -> None:
    user.set(jenkins={"system_message": "Hello"})
    planned = user.document("preview", exit_code=3)
    user.set(jenkins={})
    assert {c["name"] for c in planned["changes"]} == {
        "jenkins-configuration",
        "jenkins-controller",
    }
    (note,) = (n for n in planned["notes"] if "restarts" in n)
    assert note.startswith("This update restarts Jenkins")
    assert note.endswith("jenkins-platform up --stack local --cloud local --drain waits for them.")


def test_a_refused_choice_changes_nothing_else(user: User, up: str) -> None:
    user.set(storage={"performance_mode": "maxIO", "throughput_mode": "bursting"}, tags={"a": "b"})
    outcome = user.document("up", exit_code=1)
    user.set(storage={}, tags={})
    assert outcome["changes"] == []
    assert "storage.performance_mode: 'maxIO'" in outcome["errors"][0]


def test_a_rotated_password_changes_only_the_task_that_reads_it(user: User, up: str) -> None:
    old = password(user)
    assert user.document("password") == {"user_name": "ecsuser", "password": old}
    rotated = user.local("rotate-password", "--json")
    assert rotated.returncode == 0, rotated.stderr
    assert {c["name"] for c in answer("rotate-password", rotated.stdout)["changes"]} == {
        "jenkins-admin-password",
        "jenkins-controller",
    }
    new = password(user)
    assert new != old
    assert user.local("password").stdout.strip() == new
    same = user.local("preview")
    assert same.returncode == 0, "the next up changes nothing"
    tasks, printed = definitions(user), up + rotated.stdout + rotated.stderr + same.stdout
    for secret in (old, new):
        assert secret not in printed
        assert user.files_with(secret) == [], "neither the state nor a log contains it"
        assert secret not in tasks, "no task definition contains it"


def password(user: User) -> str:
    """The administrator's password in Secrets Manager."""
    secret = user.document("outputs")["admin_password_secret_arn"]
    found = user.cloud.client("secretsmanager").get_secret_value(SecretId=secret)
    return str(found["SecretString"])


def definitions(user: User) -> str:
    """All task definitions, active and inactive, as text."""
    ecs = user.cloud.client("ecs")
    arns = [
        arn
        for status in ("ACTIVE", "INACTIVE")
        for arn in ecs.list_task_definitions(status=status)["taskDefinitionArns"]
    ]
    assert len(arns) > 1
    found = [ecs.describe_task_definition(taskDefinition=a)["taskDefinition"] for a in arns]
    return json.dumps(found, default=str)


def test_drift_is_reported(user: User, up: str) -> None:
    ecs: Any = user.cloud.client("ecs")
    (cluster,) = [c for c in ecs.list_clusters()["clusterArns"] if "controller" in c]
    (service,) = ecs.list_services(cluster=cluster)["serviceArns"]
    ecs.update_service(cluster=cluster, service=service, desiredCount=0)
    drift = user.local("drift", "--json", "--markdown", str(user.folder / "summary.md"))
    assert drift.returncode == 3
    (change,) = answer("drift", drift.stdout)["changes"]
    assert (change["name"], change["properties"]) == ("jenkins-controller", ["desiredCount"])
    assert "| `jenkins-controller` | desiredCount |" in (user.folder / "summary.md").read_text()


def test_a_lock_that_a_killed_run_left_can_be_removed(user: User, up: str) -> None:
    state = user.folder / ".localcloud" / "state"
    assert list(state.rglob("*.attrs")) == [], "a killed run could leave these incomplete"
    locks = state / ".pulumi" / "locks"
    (lock_folder,) = [p for p in locks.rglob("*") if p.is_dir() and p.name == "local"]
    (lock_folder / "0.json").write_text(json.dumps({"pid": 1, "username": "x", "hostname": "y"}))
    locked = user.local("up")
    assert (locked.returncode, "lock" in locked.stdout) == (1, True)
    assert user.document("unlock") == {"stack": "local"}


def test_a_killed_cloud_starts_over(user: User, up: str) -> None:
    os.kill(user.cloud.pid, signal.SIGKILL)
    again = user.local("up")
    assert again.returncode == 0, again.stderr
    assert "keeps nothing on disk: starting over" in again.stdout


def test_nothing_runs_without_docker(user: User, up: str) -> None:
    assert user.document("agents") == []
    closed = user.local("open")
    assert (closed.returncode, "emulated, nothing runs" in closed.stderr) == (1, True)
    assert user.local("logs").returncode == 0


def test_everything_is_destroyed(user: User, up: str) -> None:
    assert user.document("unprotect") == [], "Pulumi.local.yaml destroys data"
    assert {c["op"] for c in user.document("destroy")["changes"]} == {"delete"}
    assert user.cloud.client("efs").describe_file_systems()["FileSystems"] == []
    interrupted = user.run("interrupt", "linux", "--json")
    for empty in (user.local("password", "--json"), interrupted):
        assert "Stack local is empty. Run" in json.loads(empty.stdout)["errors"][0]
    stopped = answer("local stop", user.run("local", "stop", "--json").stdout)
    assert stopped == {"was_running": True, "kept_volumes": []}
    assert user.document("destroy")["changes"] == []
