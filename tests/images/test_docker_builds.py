"""Builds that use Docker, on a platform whose template has ``capacity: instances``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from harness.docker import docker_standin
from harness.docker.engine import Engine
from harness.docker.user import administrator, docker_user
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
    with docker_user(engine, tmp_path_factory.mktemp("user")) as found:
        found.set(network={"nat": "single"}, agents=[{"name": "linux"}, TEMPLATE])
        yield found


def test_a_build_uses_docker_and_reaches_a_container_at_its_port(user: User) -> None:
    admin = administrator(user, user.document("up"))
    begun = time.monotonic()
    place = admin.start("docker", "builder", DOCKER_BUILD)
    build = admin.finish("docker", place, begun, begun + BUILD_SECONDS)
    assert build.result == "SUCCESS", build.log
    lines = build.log.splitlines()
    assert "built" in lines, "made by the build of the image"
    assert "from the workspace" in lines
    assert "jenkins" in lines, "the build itself is not root"
