"""The start-up hook for warm agents, in the Groovy version of Jenkins but outside it."""

from __future__ import annotations

from typing import Any

import pytest

from harness.jenkins.groovy_scripts import warm_agents

pytestmark = pytest.mark.long

MONDAY_TO_FRIDAY_8_TO_18 = [(day * 1440 + 480, day * 1440 + 1080) for day in range(5)]
MONDAY, SUNDAY = "2026-11-30T", "2026-11-29T"


def seen(scenario: str, count: int = 2, **wanted: Any) -> list[str]:
    """Agents with their idle minutes after each check, and what else was printed."""
    hours = {"spans": MONDAY_TO_FRIDAY_8_TO_18, "time_zone": "Europe/Vienna", "holidays": []}
    printed = warm_agents(scenario, {"agents": {"linux": count}, **hours, **wanted})
    start = f"jenkins-platform: keeps agents ready: [linux:{count}]"
    assert printed[0] == start
    return [line.replace("+01:00: ", "|").removeprefix("2026-") for line in printed[1:]]


def agents(printed: list[str]) -> list[str]:
    """The agents after each check."""
    return [line.split("|")[1] for line in printed if "|" in line]


def test_agents_start_with_the_hours_and_get_the_idle_time_of_the_plugin_after_them() -> None:
    printed = seen(f"""
        at('{MONDAY}07:59:59+01:00'); at('{MONDAY}08:00:00+01:00'); at('{MONDAY}08:01:00+01:00')
        ['agent-1', 'agent-2'].each {{ state(it, [:]) }}
        at('{MONDAY}17:59:59+01:00'); at('{MONDAY}18:00:00+01:00')
    """)
    ready = "agent-1 60, agent-2 60"
    assert agents(printed) == ["", ready, ready, ready, "agent-1 5, agent-2 5"]
    assert [line for line in printed if "|" not in line] == [
        f"jenkins-platform: agent-{n} starts before a build needs it" for n in (1, 2)
    ]


def test_an_agent_that_builds_ended_or_was_lost_is_replaced() -> None:
    printed = seen(
        f"""
        at('{MONDAY}09:00:00+01:00')
        state('agent-1', [idle: false]); at('{MONDAY}09:01:00+01:00')
        state('agent-2', [acceptingTasks: false]); at('{MONDAY}09:02:00+01:00')
        state('agent-3', [online: false]); at('{MONDAY}09:03:00+01:00')
        state('agent-4', [launching: true, online: false, acceptingTasks: false])
        at('{MONDAY}09:04:00+01:00')
        state('agent-4', [:]); jenkins.nodes = []; at('{MONDAY}09:05:00+01:00')
    """,
        count=1,
    )
    assert [found.count("agent") for found in agents(printed)] == [1, 2, 3, 4, 4, 1]


def test_other_agents_and_nodes_do_not_count() -> None:
    printed = seen(
        f"""
        def ready = [idle: true, online: true, acceptingTasks: true]
        other(node(nodeName: 'arm', template: [label: 'arm'], launcher: [:], computer: ready))
        other(new hudson.model.Node(nodeName: 'vm', computer: ready))
        other(node(nodeName: 'gone', template: [label: 'linux'], launcher: [:]))
        at('{MONDAY}09:00:00+01:00')
    """,
        count=1,
    )
    assert agents(printed) == ["arm null, vm null, gone null, agent-1 60"]


def test_an_agent_that_starts_for_a_build_counts_and_is_replaced_when_the_build_has_begun() -> None:
    printed = seen(
        f"""
        other(node(nodeName: 'a', template: [label: 'linux linux-on-demand'],
            launcher: [launchSupported: true], computer: [idle: true]))
        at('{MONDAY}09:00:00+01:00')
        state('a', [idle: false])
        at('{MONDAY}09:01:00+01:00')
    """,
        count=1,
    )
    assert agents(printed) == ["a null", "a null, agent-1 60"]


def test_quiet_mode_and_holidays_release_the_agents() -> None:
    printed = seen(
        f"""
        at('{MONDAY}09:00:00+01:00'); jenkins.quietingDown = true; at('{MONDAY}09:01:00+01:00')
        jenkins.quietingDown = false; jenkins.nodes = []; at('2026-12-01T09:00:00+01:00')
    """,
        count=1,
        holidays=["2026-12-01"],
    )
    assert agents(printed) == ["agent-1 60", "agent-1 5", ""]


def test_hours_can_continue_into_the_next_day_and_the_next_week() -> None:
    def at_night(time: str) -> list[str]:
        night = [(6 * 1440 + 1320, 7 * 1440 + 360)]
        return agents(seen(f"at('{time}:00+01:00')", count=1, spans=night))

    assert at_night(f"{SUNDAY}21:59") == at_night(f"{MONDAY}06:00") == [""]
    assert at_night(f"{SUNDAY}22:00") == at_night(f"{MONDAY}05:59") == ["agent-1 60"]


def test_nothing_starts_for_five_minutes_after_an_agent_failed_to_start() -> None:
    printed = seen(f"""
        failed('{MONDAY}09:00:00+01:00')
        at('{MONDAY}09:04:59+01:00'); at('{MONDAY}09:05:00+01:00')
    """)
    assert agents(printed) == ["", "agent-1 60, agent-2 60"]


def test_the_maximum_of_the_template_limits_them() -> None:
    printed = seen(f"cloud.maxAgents = 1; at('{MONDAY}09:00:00+01:00'); println cloud.asked")
    assert agents(printed) == ["agent-1 60"]
    assert printed[-1] == "[[capacity:[2, 1, 2]]]"


def test_they_are_provisioned_like_agents_for_builds_and_accept_builds_without_a_label() -> None:
    printed = seen(f"at('{MONDAY}09:00:00+01:00'); println completed; println jenkins.nodes*.mode")
    assert printed[-2:] == ["[agent-1, agent-2]", "[NORMAL, NORMAL]"]


def test_a_label_without_a_cloud_or_a_cloud_that_fails_is_reported_and_stops_nothing() -> None:
    printed = seen(f"""
        import hudson.model.Label
        jenkins.clouds = []; at('{MONDAY}09:00:00+01:00')
        cloud.metaClass.provision = {{ Label label, int count -> throw new IOException('x') }}
        jenkins.clouds = [cloud]; at('{MONDAY}09:01:00+01:00')
    """)
    assert agents(printed) == ["", ""]
    assert "cannot keep agents for linux ready: java.io.IOException: x" in printed[-2]
