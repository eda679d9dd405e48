"""An emulated AWS within the test process, and the provider over it, without any engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from localcloud.emulator import Emulator
from localcloud.providers import table
from localcloud.providers.aws import AwsPackage
from moto.core import DEFAULT_ACCOUNT_ID  # type: ignore[attr-defined]

INSTANCE = "a provider"
ACCOUNT = DEFAULT_ACCOUNT_ID


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    running = Emulator("session")
    running.serve()
    yield running
    running.stop()


@pytest.fixture
def package(emulator: Emulator) -> Iterator[AwsPackage]:
    made = AwsPackage(emulator.endpoint, table.load(), "1", emulator.recorder)
    made.configure(INSTANCE, {"region": "eu-central-1"})
    yield made
    emulator.faults.replace([], 0)
