"""AWS and the time for the functions, both given by the tests."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from jenkins_platform.functions import metrics, spot_breaker, webhook_receiver, working_hours

from harness.aws.answered import AnsweredCalls, Clock, answered
from harness.aws.answered_platform import ENVIRONMENT, Platform


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnsweredCalls]:
    """What the functions ask of AWS, and the answers."""
    with answered() as calls:
        monkeypatch.setattr(boto3, "client", calls.client)
        yield calls


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the functions, which stands still unless a test sets it."""
    clock = Clock()
    for module in (metrics, spot_breaker, webhook_receiver, working_hours):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def platform(aws: AnsweredCalls, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """What the function for working hours finds, and its environment."""
    for key, value in ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    for key in ("HOST_NAME", "PATH_PREFIX"):
        monkeypatch.delenv(key, raising=False)
    return Platform(aws, clock)
