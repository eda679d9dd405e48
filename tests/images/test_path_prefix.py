"""The running platform below a path: people, programs, agents, the wake page, and other paths."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi

from harness.docker.engine import Engine
from harness.docker.user import administrator, docker_user
from harness.stacks.user import User
from tests.images.test_night import Browser
from tests.images.test_running_platform import BUILD_SECONDS, eventually, running

pytestmark = pytest.mark.long

PATH = "/tools/jenkins"


@pytest.fixture(scope="module")
def user(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    with docker_user(engine, tmp_path_factory.mktemp("user")) as found:
        found.set(
            load_balancer={"path_prefix": PATH},
            schedule={"wake_page": True, "drain_timeout_minutes": 60},
        )
        yield found


def name_of(address: str) -> str:
    """The address of the load balancer."""
    return address.removesuffix(urlsplit(address).path)


def words(text: str) -> list[list[str]]:
    """The words of each line."""
    return [line.split() for line in text.splitlines()]


def build(admin: JenkinsApi, job: str) -> str:
    """The result of a build on an agent."""
    begun = time.monotonic()
    place = admin.start(job, "linux", "echo it has begun")
    return admin.finish(job, place, begun, begun + BUILD_SECONDS).result


def test_jenkins_answers_below_its_path_only(user: User, up: dict[str, Any]) -> None:
    assert up["opens_at"].endswith(PATH)
    assert urlsplit(up["outputs"]["url"]).path == f"{PATH}/"
    below, root = JenkinsApi(up["opens_at"]), JenkinsApi(name_of(up["opens_at"]))
    assert [below.status(path) for path in ("/login", "/health/", "/api/json")] == [200, 200, 403]
    assert [root.status(path) for path in ("/", PATH, "/login", "/health/", f"{PATH}x")] == [
        *(302, 302, 404, 404, 404)
    ]
    assert "Authentication required" in Browser(root.url).page("/"), "/ leads to Jenkins"


def test_the_command_knows_the_address(user: User, up: dict[str, Any]) -> None:
    assert ["Jenkins", up["opens_at"]] in words(user.local("up").stdout)
    assert ["Jenkins:", up["opens_at"]] in words(user.local("show").stdout)
    assert user.document("open")["url"] == up["opens_at"]


def test_agents_connect_by_tcp(admin: JenkinsApi, engine: Engine) -> None:
    assert build(admin, "by-tcp") == "SUCCESS"
    eventually(lambda: running(engine, "-agent-linux") == [])


def test_a_browser_wakes_jenkins_below_its_path(
    user: User, up: dict[str, Any], engine: Engine
) -> None:
    assert user.local("sleep").stdout == "Jenkins is asleep.\n"
    eventually(lambda: running(engine, "-controller") == [])
    browser = Browser(up["opens_at"])
    for path in ("/", "/job/x/", "/login"):
        assert "Jenkins is asleep" in browser.page(path)
    root = Browser(name_of(up["opens_at"]))
    assert "Jenkins is asleep" in root.page("/"), "/ leads to the page"
    assert root.asked("/other")[0] == 503
    assert JenkinsApi(up["opens_at"]).status("/github-webhook/") == 503
    browser.wake()
    eventually(browser.sees_jenkins)


def test_another_path_keeps_the_home_and_agents_connect_by_websocket(
    user: User, up: dict[str, Any], engine: Engine
) -> None:
    admin = administrator(user, up)  # the session has ended with the night
    admin.start("kept", "linux", "true")
    last = "/job/kept/lastBuild/api/json"
    eventually(lambda: admin.status(last) == 200 and admin.get(last)["result"] == "SUCCESS")
    eventually(lambda: running(engine, "-agent-linux") == [])
    user.set(load_balancer={"path_prefix": "/ci"}, agent_cloud={"connection": "web-socket"})
    moved = dict(user.document("up"))
    assert moved["opens_at"] == f"{name_of(admin.url)}/ci"
    assert "No change." in user.local("preview").stdout
    there = administrator(user, moved)
    assert there.get("/job/kept/lastBuild/api/json")["result"] == "SUCCESS"
    assert admin.status("/login") == 404, "nothing is left at the old path"
    assert build(there, "by-websocket") == "SUCCESS"


def test_without_a_path_jenkins_has_the_whole_name_again(user: User, admin: JenkinsApi) -> None:
    user.set(load_balancer={})
    back = dict(user.document("up"))
    assert back["opens_at"] == name_of(admin.url)
    assert "No change." in user.local("preview").stdout
    there = administrator(user, back)
    assert there.get("/job/kept/lastBuild/api/json")["result"] == "SUCCESS"
    assert JenkinsApi(back["opens_at"]).status("/") == 403, "no redirect"
