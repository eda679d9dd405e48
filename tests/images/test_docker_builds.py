"""Builds that use Docker, on a platform whose template has ``capacity: instances``."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi

from harness import docker_standin
from harness.docker_engine import Engine
from harness.lean import LEAN
from harness.platform_images import images_on_standins
from harness.user import User, project_user

pytestmark = pytest.mark.long

BUILD_SECONDS = 240
LINK_IMAGE = "standin/python:latest"
TEMPLATE: dict[str, Any] = {
    "name": "builder",
    "capacity": "instances",
    "docker": True,
    "cpu": 2048,
    "memory_mib": 4096,
    "instances": {"docker_image": docker_standin.IMAGE},
}
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


@pytest.fixture(scope="module")
def user(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    docker_standin.make(engine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCALCLOUD_DOCKER", engine.host)
        patch.setenv("LOCALCLOUD_LINK_IMAGE", LINK_IMAGE)
        with project_user(tmp_path_factory.mktemp("user")) as found:
            found.patience_seconds = 600
            found.set(**{**LEAN, "network": {"nat": "single"}})
            found.set(images=images_on_standins(), agents=[{"name": "linux"}, TEMPLATE])
            found.set(jenkins={"quiet_period_seconds": 0})
            yield found
            found.local("destroy")


def test_a_build_uses_docker_and_reaches_a_container_at_its_port(user: User) -> None:
    up = user.local("up", "--json")
    assert up.returncode == 0, up.stderr
    outcome = json.loads(up.stdout)
    password = user.local("password").stdout.strip()
    admin = JenkinsApi(outcome["opens_at"], outcome["outputs"]["admin_user_name"], password)
    begun = time.monotonic()
    place = admin.start("docker", "builder", DOCKER_BUILD)
    build = admin.finish("docker", place, begun, begun + BUILD_SECONDS)
    assert build.result == "SUCCESS", build.log
    lines = build.log.splitlines()
    assert "built" in lines, "made by the build of the image"
    assert "from the workspace" in lines
    assert "jenkins" in lines, "the build itself is not root"
