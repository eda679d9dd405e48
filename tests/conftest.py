"""For all tests: who runs which, how Hypothesis works here, and when garbage is collected."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import settings

# A slow machine is no failure, and a failure must come back in the next run.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

# A platform makes some 100,000 objects that live as long as the program: with Python's own
# threshold of 700, a third of the time would go into looking through them.
gc.set_threshold(50_000, 20, 100)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests share what they bring up, and all tests of images share a Docker daemon and
    what it has built: each of these goes to one worker."""
    images = Path(__file__).parent / "images"
    for item in items:
        group = images if item.path.is_relative_to(images) else item.path
        item.add_marker(pytest.mark.xdist_group(str(group)))
