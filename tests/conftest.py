"""For all tests: who runs which, how Hypothesis works here, and when garbage is collected."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import settings
from jenkins_platform_cli.garbage_collection import collect_rarely
from xdist.scheduler import LoadFileScheduling

# A slow machine is no failure, and a failure must come back in the next run.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

collect_rarely()

# Tests bring a Docker Engine of their own where tasks are to run; the machine's is not for them.
os.environ.setdefault("LOCALCLOUD_DOCKER", "none")


class _ByWhatIsShared(LoadFileScheduling):  # type: ignore[misc]
    """A file's tests share what they bring up, and all tests of images share a Docker daemon and
    what it has built: each of these goes to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        images = "tests/images/"
        return images if nodeid.startswith(images) else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByWhatIsShared:
    return _ByWhatIsShared(config, log)
