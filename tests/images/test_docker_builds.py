"""Builds that use Docker, on a platform whose template has ``capacity: instances``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi

from harness.docker import docker_standin, testcontainers_agent
from harness.docker.engine import Engine
from harness.docker.user import docker_user
from harness.stacks.user import User

pytestmark = pytest.mark.long

BUILD_SECONDS = 240
TEMPLATE: dict[str, Any] = {
    "name": "builder",
    "capacity": "instances",
    "docker": True,
    "cpu": 2048,
    "memory_mib": 4096,
    "instances": {"docker_image": docker_standin.IMAGE},
}
OWN_IMAGE = {**TEMPLATE, "name": "tester", "image": testcontainers_agent.IMAGE}
DOCKER_BUILD = r"""#!/bin/sh -e
mkdir -p image site
cp "$(command -v busybox)" image/
cat >image/Dockerfile <<'END'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "touch", "/built"]
END
docker build -q -t app image
docker run --rm app /bin/busybox ls /
# What Testcontainers does: a container beside the test, reached at a published port.
echo "from the workspace" >site/index.html
docker run -d -p 8081:80 -v "$PWD/site:/site:ro" app /bin/busybox httpd -f -p 80 -h /site
sleep 1
curl -fsS --retry 10 --retry-connrefused "http://$TESTCONTAINERS_HOST_OVERRIDE:8081/"
id -un
"""
# Without its container Ryuk, whose image is in no registry here.
TESTCONTAINERS = r"""#!/usr/bin/env python3
import io, os, tarfile, urllib.request
os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"
import docker
from testcontainers.core.container import DockerContainer

layer = io.BytesIO()
with tarfile.open(fileobj=layer, mode="w") as tar:
    tar.add("/run/jenkins-docker/bin/busybox", "bin/busybox")
docker.from_env().api.import_image_from_data(layer.getvalue(), "app", "1")
os.mkdir("site")
open("site/index.html", "w").write("from the workspace")
server = (
    DockerContainer("app:1")
    .with_command(["/bin/busybox", "httpd", "-f", "-vv", "-p", "80", "-h", "/site"])
    .with_volume_mapping(os.path.abspath("site"), "/site")
    .with_exposed_ports(80)
)
with server:
    url = f"http://{server.get_container_host_ip()}:{server.get_exposed_port(80)}/"
    print("got", urllib.request.urlopen(url, timeout=30).read().decode())
    print("exec", server.exec(["/bin/busybox", "ls", "/site"]).output.decode())
print("left", docker.from_env().containers.list(all=True))
"""


@pytest.fixture(scope="module")
def user(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    docker_standin.make(engine)
    testcontainers_agent.make(engine)
    with docker_user(engine, tmp_path_factory.mktemp("user")) as found:
        found.set(network={"nat": "single"}, agents=[{"name": "linux"}, TEMPLATE, OWN_IMAGE])
        yield found


def build(admin: JenkinsApi, label: str, script: str) -> list[str]:
    """The log of a build that succeeded."""
    begun = time.monotonic()
    place = admin.start(f"on-{label}", label, script)
    ended = admin.finish(f"on-{label}", place, begun, begun + BUILD_SECONDS)
    assert ended.result == "SUCCESS", ended.log
    return ended.log.splitlines()


def test_a_build_uses_docker_and_reaches_a_container_at_its_port(admin: JenkinsApi) -> None:
    lines = build(admin, "builder", DOCKER_BUILD)
    assert "built" in lines, "made by the build of the image"
    assert "from the workspace" in lines
    assert "jenkins" in lines, "the build itself is not root"


def test_testcontainers_starts_a_container_and_removes_it(admin: JenkinsApi) -> None:
    lines = build(admin, "tester", TESTCONTAINERS)
    assert {"got from the workspace", "exec index.html", "left []"} <= set(lines)
