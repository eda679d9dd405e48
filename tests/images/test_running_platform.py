"""The platform as a newcomer brings it up where Docker is: it runs, and Jenkins answers.

Everything is the product's, but for the bases of the images: Jenkins and its agent are played by
`tests/images/standins`. What is seen of Jenkins here is therefore seen of the stand-in.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi
from localcloud.runner.docker_host import FILE_SYSTEM_LABEL

from harness.docker.engine import Engine
from harness.docker.platform_images import images_on_standins
from harness.docker.user import docker_user
from harness.stacks.user import ROOT, User, project_user

BUILD_SECONDS = 120
MISTAKE = "jenkins:\n  noUsageStatistcs: true\n"
CREDENTIALS = "<list>\n  <id>deploy-key</id>\n</list>"


@pytest.fixture(scope="module")
def user(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    """A user on a machine with Docker."""
    with docker_user(engine, tmp_path_factory.mktemp("user")) as found:
        yield found


def running(engine: Engine, family: str, container: str = "") -> list[str]:
    """Names of the running containers of a task definition's family."""
    names = [str(c.name) for c in engine.client.containers.list(ignore_removed=True)]
    return [name for name in names if family in name and name.endswith(container)]


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + BUILD_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_the_address_opens_and_the_administrator_signs_in(
    up: dict[str, Any], admin: JenkinsApi, user: User
) -> None:
    anonymous = JenkinsApi(up["opens_at"])
    assert [anonymous.status(path) for path in ("/login", "/api/json")] == [200, 403]
    assert admin.get("/whoAmI/api/json")["name"] == up["outputs"]["admin_user_name"]
    jobs = {job["name"] for job in admin.get("/api/json")["jobs"]}
    assert jobs == {"Simple job critical task", "Simple job non critical task"}
    again = user.local("up")
    assert f"Jenkins     {up['opens_at']}" in again.stdout, again.stdout


def test_every_label_gets_an_agent_that_is_gone_after_its_build(
    admin: JenkinsApi, engine: Engine
) -> None:
    begun, script = time.monotonic(), "#!/bin/sh -e\nid -un; env | grep SLAVE_NODE_NAME; sleep 3"
    labels = ("linux", "linux-spot", "linux-on-demand")
    places = {label: admin.start(f"on-{label}", label, script) for label in labels}
    eventually(lambda: len(running(engine, "-agent-linux", "-agent")) == len(labels))
    for label, place in places.items():
        build = admin.finish(f"on-{label}", place, begun, begun + BUILD_SECONDS)
        assert build.result == "SUCCESS", build.log
        assert f"SLAVE_NODE_NAME={build.agent}" in build.log
        assert "\njenkins\n" in build.log
    eventually(lambda: running(engine, "-agent-linux") == [])


@pytest.mark.long
def test_a_spot_agent_is_interrupted_while_it_builds(admin: JenkinsApi, user: User) -> None:
    begun = time.monotonic()
    place = admin.start("long", "linux-spot", "echo it has begun; sleep 600")
    console = "/job/long/1/consoleText"
    eventually(lambda: admin.status(console) == 200 and "it has begun" in admin.text(console))
    tasks = shown(user)
    assert "FARGATE_SPOT" in tasks
    assert "Connected as fargate-linux-spot-" in tasks, "the last line of the agent's log"
    interrupted = user.run("interrupt", "linux-spot", "--stack", "local")
    assert interrupted.returncode == 0, interrupted.stderr
    assert "-agent-linux)." in interrupted.stdout
    build = admin.finish("long", place, begun, begun + BUILD_SECONDS)
    assert build.result == "FAILURE"
    assert "went offline during the build" in build.log
    nothing = user.run("interrupt", "linux-spot", "--stack", "local")
    assert (nothing.returncode, "no Spot task of that id or label" in nothing.stderr) == (1, True)


def begun(admin: JenkinsApi, job: str) -> None:
    """Start a build, and return once it runs; `finish` ends it."""
    admin.start(job, "linux", "echo it has begun; until [ -e /tmp/go ]; do sleep 0.2; done")
    console = f"/job/{job}/1/consoleText"
    eventually(lambda: admin.status(console) == 200 and "it has begun" in admin.text(console))


def finish(engine: Engine) -> None:
    """Let the build of `begun` end."""
    (agent,) = running(engine, "-agent-linux", "-agent")
    assert engine.client.containers.get(agent).exec_run(["touch", "/tmp/go"]).exit_code == 0


@pytest.mark.long
def test_a_copy_of_the_home_in_use_boots_and_the_first_jenkins_does_not_notice(
    admin: JenkinsApi, user: User, engine: Engine
) -> None:
    begun(admin, "nightly")
    (controller,) = running(engine, "-controller", "-controller")
    first = engine.client.containers.get(controller)
    write = f"printf '{CREDENTIALS}' >/var/jenkins_home/credentials.xml"
    assert first.exec_run(["sh", "-c", write]).exit_code == 0
    (volume,) = engine.client.volumes.list(filters={"label": FILE_SYSTEM_LABEL})
    done = user.run("rehearse", "--stack", "local", "--json", "--home", str(volume.name))
    found = {c["subject"]: (c["result"], c["found"]) for c in json.loads(done.stdout)}
    assert done.returncode == 0, found
    jobs = {job["name"] for job in admin.get("/api/json")["jobs"]}
    assert "nightly" in jobs
    assert found["contents"] == ("ok", f"{len(jobs)} jobs, 1 credentials")
    assert set(found["jobs"][1].split(", ")) == jobs
    first.reload()
    assert (first.status, running(engine, "-controller", "-controller")) == (
        "running",
        [controller],
    )
    finish(engine)
    build = "/job/nightly/1/api/json"
    eventually(lambda: admin.get(build)["result"] == "SUCCESS")
    assert jobs == {job["name"] for job in admin.get("/api/json")["jobs"]}, (
        "no job of the rehearsal"
    )


def draining(user: User, message: str) -> subprocess.Popen[str]:
    """`up --drain` of a change that restarts Jenkins."""
    user.set(jenkins={"quiet_period_seconds": 0, "system_message": message})
    return user.start("up", "--stack", "local", "--cloud", "local", "--drain")


@pytest.mark.long
def test_an_update_waits_for_builds_and_can_be_interrupted(
    admin: JenkinsApi, user: User, engine: Engine
) -> None:
    begun(admin, "release")
    before = admin.get("/api/json")["description"]
    waiting = draining(user, "Updated")
    eventually(lambda: bool(admin.get("/api/json")["quietingDown"]))
    os.killpg(waiting.pid, signal.SIGINT)
    assert "(the quiet mode has ended)" in waiting.communicate(timeout=BUILD_SECONDS)[0]
    assert waiting.returncode != 0
    root = admin.get("/api/json")
    assert (root["quietingDown"], root["description"]) == (False, before), "nothing was changed"

    planned = user.local("preview", "--drain")
    assert "This update restarts Jenkins" in planned.stdout
    assert "A restart now would abort: release #1" in planned.stdout

    updating = draining(user, "Updated")
    assert updating.stdout
    assert any("Waiting for builds: release #1" in line for line in updating.stdout)
    finish(engine)
    updating.communicate(timeout=600)
    assert updating.returncode == 0
    root = admin.get("/api/json")
    assert (root["quietingDown"], root["description"]) == (False, "Updated")
    kept = admin.get("/job/release/1/api/json")
    assert (kept["result"], kept["building"]) == ("SUCCESS", False), "no build was lost"


@pytest.mark.long
def test_an_update_that_is_interrupted_ends_without_quiet_mode(
    admin: JenkinsApi, user: User
) -> None:
    deploying = draining(user, "Updated again")
    eventually(lambda: admin.status("/login") != 200)
    os.killpg(deploying.pid, signal.SIGINT)
    said = deploying.communicate(timeout=600)[0]
    assert "Jenkins starts builds again" in said or "Whether Jenkins is still in quiet" in said
    eventually(lambda: admin.status("/login") == 200)
    assert admin.get("/api/json")["quietingDown"] is False
    assert user.local("up").returncode == 0, "the next update completes it"


def shown(user: User) -> str:
    """What `show` prints of the tasks."""
    done = user.local("show")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_is_left_after_destroy_and_stop(
    user: User, up: dict[str, Any], admin: JenkinsApi, engine: Engine
) -> None:
    assert user.local("destroy").returncode == 0
    assert admin.status("/login") == 0
    stopped = user.run("local", "stop")
    assert stopped.stdout.splitlines() == ["The embedded cloud is stopped."]
    assert left(engine) == []


def left(engine: Engine) -> list[str]:
    """What the embedded cloud left in the engine."""
    client = engine.client
    found = [*client.containers.list(all=True), *client.networks.list(), *client.volumes.list()]
    return [str(thing.name) for thing in found if str(thing.name).startswith("localcloud-")]


@pytest.fixture
def leaves_nothing(engine: Engine) -> Iterator[None]:
    """The test leaves nothing in the engine that was not there before."""
    before = left(engine)
    yield
    assert [name for name in left(engine) if name not in before] == []


@pytest.mark.long
def test_a_rehearsal_finds_a_mistake_in_the_configuration_and_leaves_nothing(
    user: User, leaves_nothing: None
) -> None:
    user.set(jenkins={"extra_jcasc": [MISTAKE]})
    done = user.run("rehearse", "--stack", "local", "--json")
    assert done.returncode == 1, done.stderr
    (check,) = json.loads(done.stdout)
    assert (check["subject"], check["result"]) == ("start", "failed")
    assert "Jenkins refuses to start" in check["found"]
    assert "noUsageStatistcs" in check["found"]
    assert not (user.folder / ".localcloud" / "rehearsals" / "local").exists()


@pytest.mark.long
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_profile_is_rehearsed_with_a_copy_of_a_home(
    user: User, leaves_nothing: None, stack: str
) -> None:
    home = user.folder / "home"
    (home / "jobs" / "old").mkdir(parents=True, exist_ok=True)
    (home / "jobs" / "old" / "config.xml").write_text("<project/>")
    file = user.folder / f"Pulumi.{stack}.yaml"
    content = yaml.safe_load((ROOT / file.name).read_text())
    content["config"]["jenkins-platform:images"] = images_on_standins()
    file.write_text(yaml.safe_dump(content))
    done = user.run("rehearse", "--stack", stack, "--json", "--home", str(home))
    found = {c["subject"]: (c["result"], c["found"]) for c in json.loads(done.stdout)}
    assert {subject: f for subject, f in found.items() if f[0] != "ok"} == {}
    names = [a["name"] for a in content["config"]["jenkins-platform:agents"]]
    builds = {f"build on {n}{end}" for n in names for end in ("", "-spot", "-on-demand", "-auto")}
    assert found.keys() == builds | {"start", "home", "contents", "log"} | {
        "plugins",
        "labels",
        "jobs",
    }
    assert "old" in found["jobs"][1].split(", ")
    assert done.returncode == 0


@pytest.mark.long
@pytest.mark.parametrize("connection", ["web-socket", "network-load-balancer"])
def test_agents_also_connect_by(user: User, leaves_nothing: None, connection: str) -> None:
    user.set(jenkins={}, agent_cloud={"connection": connection})
    done = user.run("rehearse", "--stack", "local", "--json")
    found = {c["subject"]: c["result"] for c in json.loads(done.stdout)}
    assert set(found.values()) == {"ok"}, done.stdout
    assert found.keys() >= {f"build on linux{end}" for end in ("", "-spot", "-on-demand", "-auto")}


@pytest.mark.long
def test_without_docker_nothing_can_be_rehearsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALCLOUD_DOCKER", "unix:///nowhere/docker.sock")
    with project_user(tmp_path) as newcomer:
        missing = newcomer.run("rehearse", "--stack", "local", "--home", "nowhere")
        assert (missing.returncode, "--home nowhere" in missing.stdout) == (1, True)
        rehearsal = newcomer.run("rehearse", "--stack", "local")
        assert rehearsal.returncode == 1
        assert "Nothing can be rehearsed here: no Docker Engine answers" in rehearsal.stdout
