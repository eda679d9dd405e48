"""A user on a machine with Docker, for whom Jenkins runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jenkins_platform_cli.engine.jenkins_api import JenkinsApi
from localcloud.cloud import LocalCloud
from localcloud.runner.docker_host import LINK_VARIABLE

from ..inputs.lean import LEAN
from ..stacks.engine import environment
from ..stacks.user import User, project_user
from .engine import Engine
from .platform_images import images_on_standins
from .tasks import IMAGE


@contextmanager
def docker_user(engine: Engine, folder: Path) -> Iterator[User]:
    """A user whose local stack is a small platform on stand-ins for the official images. Nothing of
    it is left in the engine."""
    with (
        environment(**{"LOCALCLOUD_DOCKER": engine.host, LINK_VARIABLE: IMAGE}),
        project_user(folder) as found,
    ):
        found.patience_seconds = 600
        found.set(**LEAN, images=images_on_standins(), agents=[{"name": "linux"}])
        found.set(jenkins={"quiet_period_seconds": 0})
        yield found
        if cloud := LocalCloud.find(found.folder / ".localcloud"):
            for home in cloud.stop():
                engine.client.volumes.get(home).remove()


def administrator(user: User, up: dict[str, Any]) -> JenkinsApi:
    """Jenkins, for its administrator.

    Args:
        up: What `up --json` printed.
    """
    password = user.local("password").stdout.strip()
    return JenkinsApi(up["opens_at"], up["outputs"]["admin_user_name"], password)
