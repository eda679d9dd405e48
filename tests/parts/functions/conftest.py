"""One account of moto for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.aws.emulated_agents import emulated_account


@pytest.fixture(scope="module")
def account() -> Iterator[None]:
    with emulated_account():
        yield
