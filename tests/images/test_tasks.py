"""ECS tasks on the embedded cloud, on a real Docker Engine: what definitions say is done."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from jenkins_platform.agents.container_definitions import Variables, containers
from jenkins_platform.functions import spot_breaker
from jenkins_platform.inputs import AgentTemplateArgs, Connection, VolumeArgs
from jenkins_platform.settings import Settings
from localcloud.cloud import REGION, LocalCloud

from harness.aws import functions
from harness.docker.engine import Engine
from harness.docker.tasks import GROUP, IMAGE, Place, living_cloud, secret, shell, wait_until

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def living(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with living_cloud(engine, tmp_path_factory.mktemp("living")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def place(living: LocalCloud) -> Place:
    return Place(living)


def test_the_cloud_says_that_it_runs_tasks(living: LocalCloud) -> None:
    assert living.runs_tasks
    assert living.why_nothing_runs == ""


def test_a_container_is_what_its_definition_says(place: Place) -> None:
    secrets = place.cloud.client("secretsmanager")
    arn = secrets.create_secret(Name="s", SecretString=json.dumps({"key": "v'ü $X"}))["ARN"]
    place.cloud.client("ssm").put_parameter(Name="/a/b", Value="parameter", Type="SecureString")
    task = place.run(
        shell(
            'exec 2>&1; echo $A; echo "$S" | base64; echo $P; id -u; pwd; touch /x;'
            " touch /scratch/x; ls /scratch",
            environment=[{"name": "A", "value": "b c"}],
            secrets=[
                {"name": "S", "valueFrom": f"{arn}:key::"},
                {"name": "P", "valueFrom": "/a/b"},
            ],
            user="0",
            workingDirectory="/tmp",
            readonlyRootFilesystem=True,
            mountPoints=[{"sourceVolume": "scratch", "containerPath": "/scratch"}],
        ),
        volumes=[{"name": "scratch"}],
    )
    assert task["stopCode"] == "EssentialContainerExited"
    assert task["stoppedReason"] == "Essential container in task exited"
    assert task["containers"][0]["exitCode"] == 0
    assert place.printed(task) == [
        "b c",
        "difDvCAkWAo=",
        "parameter",
        "0",
        "/tmp",
        "touch: cannot touch '/x': Read-only file system",
        "x",
    ]


def test_limits_reach_the_engine(place: Place, engine: Engine) -> None:
    task = place.start(
        place.define(
            shell("sleep 60", linuxParameters={"initProcessEnabled": True}, stopTimeout=2),
            cpu="512",
            memory="1024",
        )
    )
    place.reaches(task, "RUNNING")
    (container,) = [
        c
        for c in engine.client.containers.list(filters={"label": f"localcloud.task={task}"})
        if c.name and c.name.endswith("-main")
    ]
    limits = container.attrs["HostConfig"]
    assert limits["NanoCpus"] == 500_000_000
    assert limits["Memory"] == limits["MemorySwap"] == 1024 * 1024 * 1024
    assert limits["Init"]
    place.ecs.stop_task(cluster=place.cluster, task=task, reason="enough")
    stopped = place.reaches(task, "STOPPED")
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "enough")
    left = engine.client.containers.list(all=True, filters={"label": f"localcloud.task={task}"})
    assert left == []


def test_memory_is_the_limit(place: Place) -> None:
    program = "x = bytearray(400 * 1024 * 1024)"
    task = place.run({"command": ["python3", "-c", program]}, cpu="256", memory="100")
    (container,) = task["containers"]
    assert container["exitCode"] == 137
    assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"


def test_stop_sends_sigterm_and_waits(place: Place) -> None:
    script = "trap 'echo goodbye; exit 7' TERM; echo ready; while :; do sleep 0.1; done"
    arn = place.start(place.define(shell(script, stopTimeout=30)))
    task = place.reaches(arn, "RUNNING")
    wait_until(lambda: place.printed(task))
    place.ecs.stop_task(cluster=place.cluster, task=arn)
    stopped = place.reaches(arn, "STOPPED")
    assert stopped["containers"][0]["exitCode"] == 7
    assert place.printed(task) == ["ready", "goodbye"]


def test_a_sidecar_shares_the_network_and_comes_first(place: Place) -> None:
    server = shell(
        "python3 -m http.server 9000 --directory /usr/share/doc",
        name="sidecar",
        essential=False,
        healthCheck={"command": ["CMD-SHELL", "curl -fs localhost:9000 || exit 1"], "interval": 5},
    )
    client = shell(
        "curl -fs -o /dev/null -w %{http_code} localhost:9000",
        dependsOn=[{"containerName": "sidecar", "condition": "HEALTHY"}],
    )
    task = place.run(client, server)
    assert place.printed(task) == ["200"]
    codes = {c["name"]: c["exitCode"] for c in task["containers"]}
    assert codes["main"] == 0


def test_overrides_win(place: Place) -> None:
    definition = place.define(shell("echo no", environment=[{"name": "A", "value": "1"}]))
    override = {
        "name": "main",
        "command": ["sh", "-c", "echo $A $B"],
        "environment": [{"name": "B", "value": "2"}],
    }
    task = place.start(definition, overrides={"containerOverrides": [override]})
    assert place.printed(place.reaches(task, "STOPPED")) == ["1 2"]


@pytest.mark.parametrize(
    ("container", "reason"),
    [
        ({"image": "nowhere.invalid/x:1"}, "CannotPullContainerError: "),
        ({"command": ["/no/such/program"]}, "CannotStartContainerError: "),
        (
            secret("S", "arn:aws:ssm:eu-central-1:123456789012:parameter/no"),
            "ResourceInitializationError: unable to pull secrets or registry auth: ",
        ),
        (
            {
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {"awslogs-group": "no", "awslogs-stream-prefix": "p"},
                }
            },
            "ResourceInitializationError: failed to validate logger args: ",
        ),
    ],
)
def test_what_cannot_start_says_why_as_on_aws(
    place: Place, container: dict[str, object], reason: str
) -> None:
    task = place.run(container)
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith(reason)
    assert "startedAt" not in task


def test_a_task_finds_its_metadata_and_the_credentials_of_its_role(place: Place) -> None:
    role = place.role("task")
    script = (
        "curl -fs $ECS_CONTAINER_METADATA_URI_V4/task; echo;"
        " curl -fs http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    )
    task = place.run(shell(script), taskRoleArn=role, family="metadata")
    about, credentials = map(json.loads, place.printed(task))
    assert about["TaskARN"] == task["taskArn"]
    assert about["Family"] == "metadata"
    assert credentials["RoleArn"] == role
    assert credentials.keys() >= {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}


def test_a_file_system_is_kept_between_tasks_and_has_its_owner(
    place: Place, engine: Engine
) -> None:
    efs = place.cloud.client("efs")
    system = efs.create_file_system()["FileSystemId"]
    owner = {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "0750"}
    point = efs.create_access_point(
        FileSystemId=system, RootDirectory={"Path": "/home", "CreationInfo": owner}
    )["AccessPointId"]
    volume = {
        "name": "home",
        "efsVolumeConfiguration": {
            "fileSystemId": system,
            "authorizationConfig": {"accessPointId": point},
        },
    }
    container = shell(
        "exec 2>&1; stat -c %u:%g:%a /home/x; cat /home/x/y; echo kept >/home/x/y",
        user="1000",
        mountPoints=[{"sourceVolume": "home", "containerPath": "/home/x"}],
    )
    first = place.run(container, volumes=[volume])
    second = place.run(container, volumes=[volume])
    assert place.printed(first)[0] == "1000:1000:750"
    assert "No such file" in place.printed(first)[1]
    assert place.printed(second) == ["1000:1000:750", "kept"]


def test_the_agents_user_can_write_to_empty_volumes_and_used_ones_stay_as_they_are(
    place: Place,
) -> None:
    efs = place.cloud.client("efs")
    empty, used = (efs.create_file_system()["FileSystemId"] for _ in range(2))
    mounted = {"name": "used", "efsVolumeConfiguration": {"fileSystemId": used}}
    points = [{"sourceVolume": "used", "containerPath": "/used"}]
    place.run(shell("touch /used/x", user="0", mountPoints=points), volumes=[mounted])
    volumes: list[VolumeArgs] = [
        {"container_path": "/cache"},
        {"container_path": "/empty", "efs": {"file_system_id": empty}},
        {"container_path": "/used", "efs": {"file_system_id": used}},
    ]
    agents: list[AgentTemplateArgs] = [{"name": "a", "user": "1000", "volumes": volumes}]
    (template,) = Settings.from_args("jenkins", {"agents": agents}).agents
    agent, preparation = (
        {key: value for key, value in container.items() if key != "logConfiguration"}
        for container in containers(
            template, IMAGE, Variables({}, {}), GROUP, REGION, Connection.CLOUD_MAP
        )
    )
    script = "for d in /cache /empty /used; do touch $d/y 2>/dev/null; stat -c %n:%a $d/y $d; done"
    task = place.run(
        {**agent, **shell(f"exec 2>&1; {script}")},
        preparation,
        volumes=[
            {"name": template.volumes[0].name},
            *(
                {"name": v.name, "efsVolumeConfiguration": {"fileSystemId": v.efs.file_system_id}}
                for v in template.volumes
                if v.efs
            ),
        ],
    )
    printed = place.printed(task, "agent")
    assert printed[:4] == ["/cache/y:644", "/cache:1777", "/empty/y:644", "/empty:1777"]
    assert "No such file" in printed[4]
    assert printed[5:] == ["/used:755"]


def test_spot_is_interrupted_as_on_aws(place: Place) -> None:
    sqs, events = place.cloud.client("sqs"), place.cloud.client("events")
    queue = sqs.create_queue(QueueName="events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {"source": ["aws.ecs"], "detail": {"stopCode": ["SpotInterruption"]}}
    events.put_rule(Name="spot", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="spot", Targets=[{"Id": "q", "Arn": arn["QueueArn"]}])
    script = "trap 'echo term; exit 0' TERM; echo ready; while :; do sleep 0.1; done"
    definition = place.define(shell(script))
    plain = place.start(definition)
    spot = place.start(
        definition, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    )
    task = place.reaches(spot, "RUNNING")
    assert task["capacityProviderName"] == "FARGATE_SPOT"
    wait_until(lambda: place.printed(task))
    place.reaches(plain, "RUNNING")
    assert not place.cloud.interrupt(plain)
    assert place.cloud.interrupt(spot)
    stopped = place.reaches(spot, "STOPPED")
    assert stopped["stopCode"] == "SpotInterruption"
    assert stopped["stoppedReason"] == "Your Spot Task was interrupted."
    assert place.printed(task) == ["ready", "term"]
    place.ecs.stop_task(cluster=place.cluster, task=plain)
    message = sqs.receive_message(QueueUrl=queue)["Messages"][0]
    warning = json.loads(message["Body"])
    assert warning["detail-type"] == "ECS Task State Change"
    assert warning["detail"]["lastStatus"] == "RUNNING"
    assert warning["detail"]["desiredStatus"] == "STOPPED"


def test_tasks_run_on_demand_while_there_is_no_spot_capacity_and_on_spot_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the controller does: it reports what RunTask refuses, and the answer of the circuit
    breaker is the capacity of the next task."""
    place.cloud.client("ssm").put_parameter(Name="breaker", Value="{}", Type="String")
    for key, value in {
        "PLATFORM": "jenkins",
        "PARAMETER": "breaker",
        "ARCHITECTURES": "x86_64",
        "FAILURE_THRESHOLD": "2",
        "COOL_DOWN_SECONDS": "900",
        **functions.aws(place.cloud),
    }.items():
        monkeypatch.setenv(key, value)
    definition = place.define(shell("trap 'exit 0' TERM; while :; do sleep 0.1; done"))

    def request() -> str:
        on_demand = spot_breaker.handler({}, None)["on_demand"]
        provider = "FARGATE" if "x86_64" in on_demand else "FARGATE_SPOT"
        strategy = [{"capacityProvider": provider, "weight": 1}]
        try:
            return place.start(definition, capacityProviderStrategy=strategy)
        except ClientError as error:
            assert "Capacity is unavailable at this time" in str(error)  # noqa: PT017
            spot_breaker.handler({"failures": {"x86_64": 1}}, None)
            return ""

    place.cloud.set_spot_capacity(False)
    assert [request(), request()] == ["", ""]
    on_demand = request()
    assert place.reaches(on_demand, "RUNNING")["capacityProviderName"] == "FARGATE"
    place.cloud.set_spot_capacity(True)
    state = json.loads(
        place.cloud.client("ssm").get_parameter(Name="breaker")["Parameter"]["Value"]
    )
    state["breakers"]["x86_64"]["until"] -= 900
    place.cloud.client("ssm").put_parameter(Name="breaker", Value=json.dumps(state), Overwrite=True)
    again = request()
    assert place.reaches(again, "RUNNING")["capacityProviderName"] == "FARGATE_SPOT"
    assert place.cloud.interrupt(again)
    assert place.reaches(again, "STOPPED")["stopCode"] == "SpotInterruption"
    assert place.task(on_demand)["lastStatus"] == "RUNNING"
    place.ecs.stop_task(cluster=place.cluster, task=on_demand)


def test_tasks_are_listed_with_what_they_printed_last(place: Place) -> None:
    arn = place.start(place.define(shell("echo hello; sleep 60", stopTimeout=2), family="listed"))
    place.reaches(arn, "RUNNING")
    wait_until(lambda: _listed(place, arn)["last_lines"] == ["hello"])
    found = _listed(place, arn)
    assert (found["family"], found["state"], found["capacity"]) == ("listed", "RUNNING", "FARGATE")
    assert found["containers"][0]["image"] == IMAGE
    place.ecs.stop_task(cluster=place.cluster, task=arn)
    place.reaches(arn, "STOPPED")
    assert _listed(place, arn)["last_lines"] == []


def _listed(place: Place, arn: str) -> dict[str, object]:
    (found,) = [t for t in place.cloud.tasks() if t["arn"] == arn]
    return found


def test_nothing_is_left_behind(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> None:
    before = {c.name for c in engine.client.containers.list(all=True)}
    networks = {n.name for n in engine.client.networks.list()}
    volumes = {v.name for v in engine.client.volumes.list()}
    with living_cloud(engine, tmp_path_factory.mktemp("short")) as cloud:
        place = Place(cloud)
        place.reaches(place.start(place.define(shell("sleep 60", stopTimeout=2))), "RUNNING")
        cloud.set_spot_capacity(False)
        cloud.reset()
        assert cloud.tasks() == []
        place = Place(cloud)
        spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
        again = place.define(shell("sleep 60", stopTimeout=2))
        place.reaches(place.start(again, capacityProviderStrategy=spot), "RUNNING")
        assert GROUP in [
            g["logGroupName"] for g in cloud.client("logs").describe_log_groups()["logGroups"]
        ]
    assert {c.name for c in engine.client.containers.list(all=True)} == before
    assert {n.name for n in engine.client.networks.list()} == networks
    assert {v.name for v in engine.client.volumes.list()} == volumes


def test_what_a_killed_cloud_left_is_removed_by_the_next_in_its_folder(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("killed")
    before = {c.name for c in engine.client.containers.list(all=True)}
    running = len(engine.client.containers.list())
    with living_cloud(engine, folder) as cloud:
        place = Place(cloud)
        place.reaches(place.start(place.define(shell("sleep 60", stopTimeout=2))), "RUNNING")
        os.kill(cloud.pid, signal.SIGKILL)
        wait_until(lambda: LocalCloud.find(folder) is None)
        assert len(engine.client.containers.list()) == running + 2
        with living_cloud(engine, folder) as next_cloud:
            assert next_cloud.session != cloud.session
            assert {c.name for c in engine.client.containers.list(all=True)} == before
