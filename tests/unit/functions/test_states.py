"""States of the controller, and when the wake page is shown."""

from __future__ import annotations

import json

import pytest
from jenkins_platform.functions import states


def test_a_new_platform_is_awake_and_nothing_is_pending() -> None:
    assert json.loads(states.INITIAL_STATE) == {"wanted": "awake", "since": 0, "done": True}


def test_states_have_the_names_that_the_command_documents() -> None:
    assert (states.AWAKE, states.ASLEEP) == ("awake", "asleep")
    assert (states.FALLING_ASLEEP, states.WAKING) == ("falling asleep", "waking")


@pytest.mark.parametrize(
    ("shown", "path_prefix", "paths"),
    [
        (True, "", ["/*"]),
        (True, "/jenkins", ["/jenkins", "/jenkins/*"]),
        (True, "/tools/ci", ["/tools/ci", "/tools/ci/*"]),
        (False, "", ["/jenkins-platform/asleep"]),
        (False, "/jenkins", ["/jenkins/jenkins-platform/asleep"]),
    ],
)
def test_the_page_is_shown_for_all_paths_of_jenkins_or_for_one_that_jenkins_does_not_use(
    shown: bool, path_prefix: str, paths: list[str]
) -> None:
    assert states.page_paths(shown, path_prefix) == paths
