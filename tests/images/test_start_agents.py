"""Unusual situations of the start-up hook that starts agents: for which builds it starts none, and
what `-auto` labels choose. The usual ones are in `test_library.py`."""

from __future__ import annotations

import pytest

from harness.jenkins.groovy_scripts import start_agents

pytestmark = pytest.mark.long


def test_no_task_starts_for_builds_without_a_label_that_none_could_run() -> None:
    done = start_agents("""
        def decide = { Map load, Map more = [:] ->
            cloud.asked.clear()
            def state = state([snapshot: queue(0) + load] + more)
            [strategy.apply(state).name(), state.recorded.size(),
             cloud.asked.findAll { it.provision }*.provision]
        }
        def found = [:]
        found.empty = decide([:])
        found.idle = decide([queueLength: 2, availableExecutors: 2])
        found.connecting = decide([queueLength: 2, connectingExecutors: 3])
        def planned = [plannedCapacitySnapshot: 1]
        found.planned = decide([queueLength: 2, availableExecutors: 1], planned)
        jenkins.nodes = [arriving('linux')]
        found.exclusive = decide([queueLength: 1])
        jenkins.nodes[0].mode = NORMAL
        found.arriving = decide([queueLength: 1])
        jenkins.nodes = [new hudson.model.Node(mode: NORMAL)]
        found.other = decide([queueLength: 1])
        jenkins.nodes = []
        cloud.maxAgents = 0
        found.full = decide([queueLength: 5])
        cloud.maxAgents = 2
        found.limited = decide([queueLength: 5])
        cloud.label = 'windows'
        found.foreign = decide([queueLength: 1])
        jenkins.clouds = []
        found.none = decide([queueLength: 1])
        found
    """)
    nothing = ["PROVISIONING_COMPLETED", 0, []]
    for situation in ("empty", "idle", "connecting", "planned", "arriving", "foreign", "none"):
        assert done.pop(situation) == nothing, situation
    one = ["PROVISIONING_COMPLETED", 1, [["linux", 1]]]
    assert done.pop("exclusive") == done.pop("other") == one, "that agent does not accept the build"
    assert done.pop("full")[:2] == nothing[:2]
    assert done == {"limited": ["PROVISIONING_COMPLETED", 2, [["linux", 2]]]}


def test_builds_with_any_label_are_the_plugins_whatever_the_load() -> None:
    done = start_agents("""
        ['linux', 'arm', 'linux && docker', '!linux', ''].collect {
            strategy.apply(state(label: label(it), snapshot: queue(9))).name()
        } + [cloud.asked]
    """)
    assert done == ["CONSULT_REMAINING_STRATEGIES"] * 5 + [[]]


def test_automatic_labels_choose_on_demand_capacity_after_a_failure_and_only_then() -> None:
    done = start_agents("""
        def ago = { label, long millis ->
            System.setProperty("jenkins-platform.failed.$label",
                "${System.currentTimeMillis() - millis} a reason with spaces, 5 of them")
        }
        def chosen = { label -> provider(spot('n', label)) }
        def found = [:]
        found.never = chosen('linux linux-auto')
        ago('linux-auto', 0); found.now = chosen('linux linux-auto')
        ago('linux-auto', 290000); found.shortly = chosen('linux-auto')
        ago('linux-auto', 310000); found.past = chosen('linux-auto')
        ago('linux-auto', -60000); found.future = chosen('linux-auto')
        ago('linux', 0); ago('linux-spot', 0); ago('arm-auto', 0); ago('linux-auto', 310000)
        found.others = chosen('linux linux-auto')
        found.named = chosen('semi-auto semi-auto-spot')
        ago('b-auto', 0); found.labels = chosen('a b a-auto b-auto')
        file('capacity').text = ''; found.unanswered = chosen('linux-auto')
        file('capacity').text = '{"on_demand": []}'; found.closed = chosen('linux-auto')
        file('capacity').text = '{"on_demand": ["x86_64", "arm64"]}'
        found.open = chosen('linux-auto')
        found
    """)
    on_demand = {name for name, provider in done.items() if provider == "FARGATE"}
    assert on_demand == {"now", "shortly", "future", "labels", "open"}
    assert {done[name] for name in done.keys() - on_demand} == {"FARGATE_SPOT"}


def test_strategies_that_are_not_only_of_fargate_stay_as_they_are() -> None:
    done = start_agents("""
        import hudson.slaves.NodeProvisioner.PlannedNode
        file('capacity').text = '{"on_demand": ["x86_64"]}'
        def after = { strategies ->
            def node = spot('n', 'linux-spot')
            node.template.capacityProviderStrategies = strategies
            listener.onComplete(new PlannedNode(displayName: 'n'), node)
            node.template.capacityProviderStrategies*.provider
        }
        [after([[provider: 'FARGATE_SPOT'], [provider: 'own']]), after([[provider: 'own']]),
         after(null), after([[provider: 'FARGATE']]), after([[provider: 'FARGATE_SPOT']] * 2)]
    """)
    mixed, own, none, fargate, both = done
    assert (mixed, own, none) == (["FARGATE_SPOT", "own"], ["own"], None)
    assert (fargate, both) == (["FARGATE"], ["FARGATE", "FARGATE"])
