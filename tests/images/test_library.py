"""Groovy code of the controller's image, in the Groovy version of Jenkins but outside it."""

from __future__ import annotations

import json

import pytest

from harness.jenkins.groovy_scripts import (
    START_LINE,
    credentials,
    library_step,
    reported_builds,
    reported_starts,
    stale_nodes,
    start_agents,
)

pytestmark = pytest.mark.long

SCRIPT = "#!/kaniko/bin/bash -e\n"


def test_kaniko_build_needs_no_options() -> None:
    done = library_step("kanikoBuild()")
    assert done == {"calls": [{"sh": f"{SCRIPT}'kaniko'"}], "result": "sha256:0123"}


def test_kaniko_build_takes_every_option() -> None:
    done = library_step(
        "kanikoBuild(context: 'app', dockerfile: 'app.Dockerfile', destination: ['a', 'b:1'],"
        " tag: '2', target: 'run', buildArgs: [A: '1', B: '2'], options: ['--reproducible'])"
    )
    assert done["calls"] == [
        {
            "sh": f"{SCRIPT}'kaniko' '--context=app' '--dockerfile=app.Dockerfile' '--tag=2'"
            " '--target=run' '--destination=a' '--destination=b:1' '--build-arg=A=1'"
            " '--build-arg=B=2' '--reproducible'"
        }
    ]


def test_every_value_is_quoted_for_the_shell() -> None:
    done = library_step("""kanikoBuild(buildArgs: [A: "'; rm -rf / #"])""")
    assert done["calls"] == [{"sh": f"{SCRIPT}'kaniko' '--build-arg=A='\\''; rm -rf / #'"}]


def test_kaniko_build_reports_an_unknown_option() -> None:
    name, message = library_step("kanikoBuild(dockerFile: 'x')")["result"]
    assert name == "IllegalArgumentException"
    assert message.startswith("kanikoBuild: unknown option dockerFile; valid are context, ")


def test_a_block_that_succeeds_runs_once_and_on_spot() -> None:
    done = library_step("retryOnSpot(label: 'linux') { 'done' }")
    assert done == {
        "calls": [{"retry": [3, ["agent", "nonresumable"]]}, {"node": "linux-spot"}],
        "result": "done",
    }


def test_the_last_attempt_after_lost_agents_is_on_demand() -> None:
    done = library_step("retryOnSpot(label: 'linux') { lose() }")
    assert [call["node"] for call in done["calls"][1:]] == [
        *("linux-spot", "linux-spot", "linux-on-demand")
    ]
    assert done["result"] == ["AgentLost", None]


def test_a_failure_of_the_block_is_not_retried() -> None:
    done = library_step("retryOnSpot(label: 'linux') { fail() }")
    assert [call.get("node") for call in done["calls"]] == [None, "linux-spot"]
    assert done["result"] == ["IllegalStateException", "the block"]


def test_a_block_without_a_spot_agent_continues_on_demand_after_the_wait() -> None:
    done = library_step(
        "absent << 'linux-spot'; def start = now();"
        "retryOnSpot(label: 'linux', waitMinutes: 2) { (now() - start) / 60000 }"
    )
    assert done["calls"][1:] == [
        {"echo": "retryOnSpot: no agent linux-spot after 2 minutes; continuing on linux-on-demand"},
        {"node": "linux-on-demand"},
    ]
    assert done["result"] == 2


def test_the_wait_for_spot_is_five_minutes_by_default() -> None:
    done = library_step("absent << 'linux-spot'; retryOnSpot(label: 'linux') { }")
    assert "no agent linux-spot after 5 minutes" in done["calls"][1]["echo"]


def test_a_block_continues_on_demand_when_a_spot_agent_failed_to_start() -> None:
    done = library_step("""
        System.setProperty('jenkins-platform.failed.linux-spot', "${now()} Capacity is unavailable")
        pass(4)
        retryOnSpot(label: 'linux') { 'done' }
    """)
    assert done["calls"][1:] == [
        {
            "echo": "retryOnSpot: an agent linux-spot failed to start (Capacity is unavailable); "
            "continuing on linux-on-demand"
        },
        {"node": "linux-on-demand"},
    ]
    assert done["result"] == "done"


def test_spot_is_requested_again_some_time_after_a_failed_start() -> None:
    done = library_step("""
        System.setProperty('jenkins-platform.failed.linux-spot', "${now()} Capacity is unavailable")
        pass(6)
        retryOnSpot(label: 'linux') { }
    """)
    assert done["calls"][1:] == [{"node": "linux-spot"}]


def test_an_agent_that_starts_as_the_wait_ends_does_not_run_the_block_a_second_time() -> None:
    done = library_step(
        "slow << 'linux-spot'; def runs = 0; retryOnSpot(label: 'linux') { ++runs }"
    )
    assert [call["node"] for call in done["calls"] if "node" in call] == [
        *("linux-spot", "linux-on-demand")
    ]
    assert done["result"] == 1


@pytest.mark.parametrize(
    "options",
    [
        *("count: 2", "label: 'linux', count: 1", "label: 'linux', times: 3"),
        "label: 'linux', waitMinutes: 0",
    ],
)
def test_wrong_options_of_retry_on_spot_are_refused(options: str) -> None:
    done = library_step(f"retryOnSpot({options}) {{ }}")
    assert done["calls"] == []
    assert (
        "valid are label (required), count (2 or more) and waitMinutes (1 or more)"
        in done["result"][1]
    )


def test_only_nodes_without_a_task_are_removed_at_startup() -> None:
    done = stale_nodes("""
        def agent = { name, task, ecs ->
            Agent.newInstance(nodeName: name, taskArn: task, ecs: ecs)
        }
        [
            agent('runs', 'arn:1', { true }),
            agent('ended', 'arn:2', { false }),
            agent('never-started', null, { throw new IllegalStateException('asked ECS') }),
            agent('unknown', 'arn:3', { throw new IllegalStateException('ECS does not answer') }),
            agent('broken', 'arn:4', { throw new NoClassDefFoundError('a class of the SDK') }),
            new Expando(nodeName: 'static'),
        ]
    """)
    assert done["left"] == ["runs", "unknown", "broken", "static"]
    removed, forgotten, silent, broken = done["printed"]
    assert removed == "jenkins-platform: removed ended, its task arn:2 is gone"
    assert "removed never-started" in forgotten
    assert "left unknown" in silent
    assert "ECS does not answer" in silent
    assert "left broken" in broken


GITHUB = {
    "JENKINS_GITHUB_APP_ID": "1234",
    "JENKINS_GITHUB_API_URL": "",
    "JENKINS_GITHUB_ORGANIZATIONS": "Acme,labs",
}
OTHERS = """[
    new Expando(id: 'mine', description: 'Of a user'),
    new Expando(id: 'github-labs', description: 'Of a user'),
    new Expando(id: 'github-left', description: 'Managed by jenkins-platform'),
]"""


def test_each_organization_has_a_credential_and_those_of_users_stay() -> None:
    secrets = {"JENKINS_GITHUB_APP_KEY": "PEM", "JENKINS_GITHUB_WEBHOOK_SECRET": "s3cr3t"}
    done = credentials(GITHUB, secrets, OTHERS)
    key = {"app": "1234", "key": "PEM", "api": None}
    assert done["left"] == [
        {"id": "mine", "secret": None},
        {"id": "github-labs", "secret": None},
        {"id": "github-acme", "owner": "Acme", **key},
        {"id": "github-webhook-secret", "secret": "s3cr3t"},
    ]
    assert done["saved"] == 2
    assert "there is another credential with the ID github-labs" in done["printed"][0]


def test_the_api_url_reaches_the_credential() -> None:
    url = "https://git.example.com/api/v3"
    given = GITHUB | {"JENKINS_GITHUB_API_URL": url}
    done = credentials(given, {"JENKINS_GITHUB_APP_KEY": "PEM"})
    assert [(c["id"], c["api"]) for c in done["left"]] == [
        ("github-acme", url),
        ("github-labs", url),
    ]


def test_the_token_of_gitlab_becomes_a_credential_and_stays_until_the_input_goes() -> None:
    secrets = {"JENKINS_GITLAB_TOKEN": "glpat-1\n", "JENKINS_GITLAB_WEBHOOK_SECRET": "hook"}
    done = credentials({}, secrets)
    assert done["left"] == [
        {"id": "gitlab", "token": "glpat-1"},
        {"id": "gitlab-webhook-secret", "secret": "hook"},
    ]


@pytest.mark.parametrize(
    ("user", "git_user", "api"),
    [
        ("", "x-token-auth", {"secret": "t0ken"}),
        (
            "ci@example.com",
            "x-bitbucket-api-token-auth",
            {"user": "ci@example.com", "password": "t0ken"},
        ),
    ],
)
def test_the_token_of_bitbucket_becomes_a_credential_of_the_plugin_and_one_of_git(
    user: str, git_user: str, api: dict[str, str]
) -> None:
    given = {"JENKINS_BITBUCKET_USER": user, "JENKINS_BITBUCKET_GIT_USER": git_user}
    secrets = {"JENKINS_BITBUCKET_TOKEN": "t0ken", "JENKINS_BITBUCKET_WEBHOOK_SECRET": "hook"}
    assert credentials(given, secrets)["left"] == [
        {"id": "bitbucket", **api},
        {"id": "bitbucket-git", "user": git_user, "password": "t0ken"},
        {"id": "bitbucket-webhook-secret", "secret": "hook"},
    ]


def test_the_identity_of_jobs_keeps_its_key_and_publishes_it() -> None:
    issuer = "https://abc.lambda-url.eu-central-1.on.aws"
    given = {"JENKINS_OIDC_ISSUER": issuer, "JENKINS_OIDC_KEYS": "bucket/jwks"}
    done = credentials(given, {})
    assert done["left"] == [
        {"id": "aws-identity", "key": 1, "issuer": issuer, "audience": "sts.amazonaws.com"}
    ]
    requests = [line for line in done["printed"] if line.startswith("bucket/jwks")]
    assert len(requests) == 2, "at every start"
    for request in requests:
        assert "--request PUT" in request
        assert request.endswith('{"keys": [{"kid": "aws-identity", "n": 1}]}')
    assert "is published: jobs can assume roles" in done["printed"][-1]


def test_without_the_input_only_its_own_credentials_are_removed() -> None:
    done = credentials({}, {}, OTHERS)
    assert [c["id"] for c in done["left"]] == ["mine", "github-labs"]
    assert done["saved"] == 1, "once there is nothing to remove, nothing is written"


def test_builds_without_a_label_start_agents_of_the_default_template_that_accept_them() -> None:
    done = start_agents("""
        def state = state(snapshot: queue(3), plannedCapacitySnapshot: 1)
        def decision = strategy.apply(state)
        def own = agent(nodeName: 'own'), other = agent(nodeName: 'other')
        listener.onComplete(state.recorded[0], own)
        listener.onComplete(new hudson.slaves.NodeProvisioner.PlannedNode(displayName: 'x'), other)
        def modes = [own.mode.name(), other.mode.name()]
        [decision.name(), cloud.asked, state.recorded*.displayName, *modes]
    """)
    assert done == [
        "PROVISIONING_COMPLETED",
        [{"capacity": [2, 1, 2]}, {"provision": ["linux", 2]}],
        ["fargate-linux-0", "fargate-linux-1"],
        *("NORMAL", "EXCLUSIVE"),
    ]


def test_builds_with_a_label_are_left_to_the_plugin() -> None:
    done = start_agents("""
        [strategy.apply(state(label: label('linux'), snapshot: queue(3))).name(), cloud.asked]
    """)
    assert done == ["CONSULT_REMAINING_STRATEGIES", []]


def test_no_agent_starts_for_a_build_without_a_label_whose_agent_has_connected() -> None:
    done = start_agents("""
        jenkins.nodes = [arriving('linux')]
        jenkins.nodes[0].mode = NORMAL
        strategy.apply(state(snapshot: queue(1)))
        cloud.asked
    """)
    assert done == []


def test_no_second_agent_starts_while_the_first_is_about_to_accept_its_build() -> None:
    done = start_agents("""
        def ready = arriving('linux linux-spot'), ended = arriving('linux linux-spot')
        ready.computer.acceptingTasks = true
        ended.launcher.launchSupported = false
        def node = new hudson.model.Node()
        jenkins.nodes = [arriving('linux linux-spot'), arriving('arm'), ready, ended, node]
        def blocked = { name, count ->
            listener.canProvision(cloud, label(name), count)?.shortDescription
        }
        [blocked('linux', 1), blocked('linux', 2), blocked('other', 1), blocked('arm', 1)]
    """)
    reason = "An agent has connected and will accept the build in a moment"
    assert done == [reason, None, None, reason]


def test_a_failed_start_is_recorded_for_every_label_of_the_agent() -> None:
    done = start_agents("""
        def ecs = [
            describeTask: { task, cluster -> [stoppedReason: "$cluster/$task: no capacity"] }
        ]
        def broken = [describeTask: { task, cluster -> throw new NoClassDefFoundError('SDK') }]
        def failed = { labels, launching, task, service ->
            nodes.onDeleted(agent(nodeName: labels, template: [label: labels],
                launcher: [launchSupported: launching],
                taskArn: task, clusterArn: 'c', cloud: [ecsService: service]))
        }
        failed('linux linux-spot', true, 't', ecs)
        failed('arm-spot', true, null, ecs)
        failed('old-spot', true, 't', broken)
        failed('done-spot', false, 't', ecs)
        nodes.onDeleted(new hudson.model.Node())
        ['linux', 'linux-spot', 'arm-spot', 'old-spot', 'done-spot'].collect {
            System.getProperty("jenkins-platform.failed.${it}")?.split(' ', 2)?.last()
        }
    """)
    assert done == [
        *("c/t: no capacity", "c/t: no capacity", "RunTask failed"),
        *("ECS does not answer: SDK", None),
    ]


def test_spot_agents_use_on_demand_capacity_while_the_breaker_of_their_architecture_is_open() -> (
    None
):
    done = start_agents("""
        def providers = [provider(spot('a', 'linux linux-spot'))]
        file('capacity').text = '{"on_demand": ["x86_64"]}'
        def node = spot('b', 'linux linux-spot')
        providers << provider(node)
        providers << provider(spot('c', 'linux-auto'))
        file('capacity').text = '{"on_demand": ["arm64"]}'
        listener.onComplete(new hudson.slaves.NodeProvisioner.PlannedNode(displayName: 'b'), node)
        providers << provider(node)
        providers
    """)
    assert done == ["FARGATE_SPOT", "FARGATE", "FARGATE", "FARGATE_SPOT"]


def test_an_agent_of_a_template_on_demand_is_left_alone() -> None:
    done = start_agents("""
        def node = agent(nodeName: 'a', template: [label: 'linux-on-demand'])
        listener.onComplete(new hudson.slaves.NodeProvisioner.PlannedNode(displayName: 'a'), node)
        node.template
    """)
    assert done == {"label": "linux-on-demand"}


def test_agents_on_instances_keep_their_capacity_provider() -> None:
    done = start_agents("""
        file('capacity').text = '{"on_demand": ["x86_64"]}'
        def node = spot('a', 'builder builder-spot')
        node.template.capacityProviderStrategies = [[provider: 'ci-managed-spot-builder']]
        provider(node)
    """)
    assert done == "ci-managed-spot-builder"


def test_automatic_labels_use_on_demand_capacity_for_a_while_after_a_failed_start() -> None:
    done = start_agents("""
        def chosen = { label -> provider(spot('n', label)) }
        def fail = { label, long minutes ->
            System.setProperty("jenkins-platform.failed.$label",
                "${System.currentTimeMillis() - minutes * 60000} reason")
        }
        ['linux-auto', 'linux-spot', 'arm-auto'].each { fail(it, it == 'arm-auto' ? 5 : 4) }
        ['linux linux-auto', 'linux-spot', 'arm-auto', 'other-auto'].collect(chosen)
    """)
    assert done == ["FARGATE", "FARGATE_SPOT", "FARGATE_SPOT", "FARGATE_SPOT"]


def test_refusals_for_capacity_are_reported_to_the_breaker_with_their_reason() -> None:
    done = start_agents("""
        import java.util.logging.*
        def error = { name, message ->
            def record = new LogRecord(Level.WARNING, "[$name]: Error in provisioning; agent=x")
            record.thrown = new IllegalStateException(message)
            log.log(record)
        }
        def agents = ['a', 'b', 'c', 'd'].collect { spot(it, it + '-spot') }
        log.log(Level.WARNING, '[{0}]: Failure reason={1}, arn={2}',
            ['a', 'Capacity is gone', null] as Object[])
        error('a', 'Failed to run agent container a')
        error('b', 'Capacity is unavailable at this time.')
        error('c', 'AccessDenied')
        agents.each { nodes.onDeleted(it) }
        error('e', 'Capacity is unavailable')
        nodes.onDeleted(agent(nodeName: 'e', template: [label: 'e-on-demand'],
            launcher: [launchSupported: true]))
        [file('failures').readLines(), ['a', 'b', 'c', 'd'].collect {
            System.getProperty("jenkins-platform.failed.${it}-spot").split(' ', 2).last()
        }]
    """)
    assert done == [
        ["x86_64", "x86_64"],
        [
            *("Capacity is gone", "Capacity is unavailable at this time."),
            *("AccessDenied", "RunTask failed"),
        ],
    ]


def test_only_agents_that_wait_too_long_for_spot_capacity_are_given_up() -> None:
    done = start_agents("""
        def waiting = { name, Map about = [:] ->
            def task = [capacityProviderName: 'FARGATE_SPOT', lastStatus: 'PENDING'] + about
            spot(name, name + '-spot', [taskArn: name, clusterArn: 'c',
                cloud: [ecsService: [describeTask: { arn, cluster -> task }]]])
        }
        def all = [
            waiting('waits'), waiting('pulls', [pullStartedAt: new Date()]),
            waiting('runs', [lastStatus: 'RUNNING']),
            waiting('on-demand', [capacityProviderName: 'FARGATE']), waiting('launched'),
        ]
        all.last().launcher.launchSupported = false
        jenkins.nodes = all
        check()
        def early = jenkins.nodes.size()
        requested.keySet().each { requested[it] -= 5 * 60000 }
        check()
        def left = jenkins.nodes*.nodeName
        nodes.onDeleted(all[0])
        [early, left, file('failures').readLines(),
            System.getProperty('jenkins-platform.failed.waits-spot').split(' ', 2).last()]
    """)
    assert done == [
        *(5, ["pulls", "runs", "on-demand", "launched"], ["x86_64"]),
        "no Spot capacity for 5 minutes",
    ]


def test_the_first_build_of_each_agent_reports_its_start() -> None:
    printed = reported_starts("""
        at(3000); request('fargate-linux-a'); at(3200); request('fargate-linux-b')
        request('vm', false)
        at(34000); online('fargate-linux-a'); at(34100); online('vm')
        begins('fargate-linux-b', 100)
        at(34450); begins('fargate-linux-a', 100); begins('fargate-linux-a', 34400)
        begins('vm', 100)
        begins('', 100); begins(null, 100); cancelled(); unexpected()
        at(50000); request('fargate-linux-c'); at(60000); online('fargate-linux-c'); at(70000)
        online('fargate-linux-c'); begins('fargate-linux-c', 55000)
        request('warm'); online('warm'); at(90000); begins('warm', 80000)
        request('fargate-linux-d'); online('fargate-linux-d'); deleted('fargate-linux-d')
        begins('fargate-linux-d', 1)
    """)
    first, refused, second = printed
    assert first == START_LINE.format("fargate-linux-a", "2.9", "31.0", "0.5")
    assert "the start of an agent is not reported: " in refused
    assert second == START_LINE.format("fargate-linux-c", "0.0", "10.0", "10.0"), (
        "a build that came after the request did not wait for it"
    )


def test_failed_builds_and_no_others_are_reported_as_events() -> None:
    *call, entries = reported_builds('{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}')
    assert call == [
        "events",
        "/",
        "--header",
        "Content-Type: application/x-amz-json-1.1",
        "--header",
        "X-Amz-Target: AWSEvents.PutEvents",
        "--data",
    ]
    (entry,) = json.loads(entries)["Entries"]
    assert (entry["Source"], entry["DetailType"]) == ("jenkins-platform", "Build failed")
    assert json.loads(entry["Detail"]) == {
        "platform": "acme",
        "job": 'shop/it\'s "main"',
        "number": 2,
        "url": "https://ci.example.com/job/shop/2/",
    }


def test_a_report_that_fails_is_logged() -> None:
    *_, printed = reported_builds('{"FailedEntryCount":1}')
    assert printed == 'jenkins-platform: a failed build is not reported: {"FailedEntryCount":1}'
