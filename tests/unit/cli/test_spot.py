"""The command that shows the circuit breaker for Spot capacity."""

from __future__ import annotations

import pytest
from jenkins_platform.functions.spot_breaker import Breaker
from jenkins_platform_cli.commands.spot import describe

NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("mode", "breaker", "text"),
    [
        ("auto", Breaker(), "Spot capacity"),
        (
            *("auto", Breaker(until=NOW + 60, trips=1)),
            "on-demand capacity until 08:01 UTC: Spot has no capacity",
        ),
        ("on-demand", Breaker(), "on-demand capacity until `jenkins-platform spot auto`"),
    ],
)
def test_the_command_says_what_spot_labels_use(mode: str, breaker: Breaker, text: str) -> None:
    assert describe(mode, breaker, NOW) == text
