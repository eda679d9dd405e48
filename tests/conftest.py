"""For all tests: who runs which, how Hypothesis works here, and when garbage is collected."""

from __future__ import annotations

import atexit
import gc
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

# A slow machine is no failure, and a failure must come back in the next run.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

# A platform makes some 100,000 objects that live as long as the program: with Python's own
# threshold of 700, a third of the time would go into looking through them.
gc.set_threshold(50_000, 20, 100)
atexit.register(gc.freeze)  # nor need they be looked through at the end


class _ByWhatIsShared(LoadFileScheduling):  # type: ignore[misc]
    """A file's tests share what they bring up, and all tests of images share a Docker daemon and
    what it has built: each of these goes to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        images = "tests/images/"
        return images if nodeid.startswith(images) else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByWhatIsShared:
    return _ByWhatIsShared(config, log)
