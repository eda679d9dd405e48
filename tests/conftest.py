"""Settings of all tests: their distribution to workers, Hypothesis, and garbage collection."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import settings
from jenkins_platform_cli.garbage_collection import collect_rarely
from xdist.scheduler import LoadFileScheduling

# A slow machine is not a failure, and a failure must be reproducible. `make test-long` repeats the
# tests of properties with more examples.
settings.register_profile("thorough", deadline=None, derandomize=True, max_examples=150)
settings.register_profile("quick", settings.get_profile("thorough"), max_examples=15)
settings.load_profile("quick")

collect_rarely()

# Tests that run tasks start a separate Docker Engine and never use that of the machine.
os.environ.setdefault("LOCALCLOUD_DOCKER", "none")
# A test run that is killed leaves no cloud behind, nor what runs in it.
os.environ["LOCALCLOUD_OWNER"] = str(os.getpid())


class _ByFixture(LoadFileScheduling):  # type: ignore[misc]
    """Tests of one file share a stack, and all tests of images share a Docker daemon and its
    images: each of these groups runs on one worker."""

    def _split_scope(self, nodeid: str) -> str:
        images = "tests/images/"
        return images if nodeid.startswith(images) else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByFixture:
    return _ByFixture(config, log)
