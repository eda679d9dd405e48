"""What an agent template becomes in ECS and in Jenkins."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from jenkins_platform import JenkinsPlatform
from jenkins_platform.controller import clouds
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.testing import Registration, register

from harness.inputs.lean import SMALL
from harness.stacks.parts import agents, parts

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:token-AbCdEf"


def definition(**template: Any) -> Registration:
    """The task definition of one template."""
    found = parts(agents, {**SMALL, "agents": [{"name": "a", **template}]})
    (task,) = [r for r in found if r.name == "jenkins-agent-a" and "taskDefinition" in r.token]
    return task


def containers(**template: Any) -> list[dict[str, Any]]:
    parsed: list[dict[str, Any]] = json.loads(definition(**template).inputs["containerDefinitions"])
    return parsed


def test_every_input_reaches_the_task_definition() -> None:
    task = definition(
        cpu=4096,
        memory_mib=16384,
        ephemeral_storage_gib=100,
        architecture="arm64",
        tags={"team": "build"},
    )
    assert (task.inputs["cpu"], task.inputs["memory"]) == ("4096", "16384")
    assert task.inputs["ephemeralStorage"] == {"sizeInGib": 100}
    assert task.inputs["runtimePlatform"]["cpuArchitecture"] == "ARM64"
    assert task.inputs["tags"]["team"] == "build"


def test_every_input_reaches_the_container() -> None:
    (agent,) = containers(
        image="registry.example/agent:1",
        environment={"B": "2", "A": "1"},
        secrets={"TOKEN": SECRET},
        java_options=["-Xss2m"],
        heap_percentage=40,
        user="1000:1000",
        init_process=False,
    )
    assert agent["image"] == "registry.example/agent:1"
    assert agent["environment"] == [
        {"name": "A", "value": "1"},
        {"name": "B", "value": "2"},
        {"name": "JENKINS_JAVA_OPTS", "value": "-XX:MaxRAMPercentage=40 -Xss2m"},
    ]
    assert agent["secrets"] == [{"name": "TOKEN", "valueFrom": SECRET}]
    assert agent["user"] == "1000:1000"
    assert agent["linuxParameters"] == {"initProcessEnabled": False}
    assert agent["stopTimeout"] == 120


def test_sidecars_share_the_volumes_and_never_end_the_build() -> None:
    agent, cache, database, preparation = containers(
        memory_mib=2048,
        volumes=[{"container_path": "/work", "read_only": True}],
        sidecars=[
            {"name": "postgres", "image": "postgres:17", "memory_mib": 512},
            {"name": "cache", "image": "redis:8", "command": ["redis-server"]},
        ],
    )
    assert [c["name"] for c in (agent, cache, database)] == ["agent", "cache", "postgres"]
    assert agent["essential"]
    assert not cache["essential"]
    assert (database["memory"], cache["command"]) == (512, ["redis-server"])
    assert [c["mountPoints"][0]["readOnly"] for c in (agent, cache)] == [True, False]
    ended = [{"containerName": preparation["name"], "condition": "SUCCESS"}]
    assert [c["dependsOn"] for c in (agent, cache, database)] == [ended] * 3
    assert (preparation["user"], preparation["command"]) == ("0", ["/work"])


def test_volumes_with_an_access_point_and_those_of_kaniko_are_not_prepared() -> None:
    point = {"file_system_id": "fs-0a1b2c3d", "access_point_id": "fsap-0a1b2c3d"}
    (agent,) = containers(volumes=[{"container_path": "/cache", "efs": point}])
    assert "dependsOn" not in agent
    (agent,) = containers(volumes=[{"container_path": "/cache"}], platform_image="kaniko")
    assert "dependsOn" not in agent


def test_a_file_system_is_mounted_with_tls() -> None:
    task = definition(
        volumes=[
            {
                "container_path": "/cache",
                "efs": {"file_system_id": "fs-0a1b2c3d", "access_point_id": "fsap-0a1b2c3d"},
            }
        ]
    )
    assert task.inputs["volumes"] == [
        {
            "name": "volume-cache",
            "efsVolumeConfiguration": {
                "fileSystemId": "fs-0a1b2c3d",
                "transitEncryption": "ENABLED",
                "authorizationConfig": {"accessPointId": "fsap-0a1b2c3d", "iam": "ENABLED"},
            },
        }
    ]


def test_an_existing_task_role_is_used_and_none_is_created() -> None:
    role = "arn:aws:iam::123456789012:role/mine"
    found = parts(agents, {**SMALL, "agents": [{"name": "a", "task_role_arn": role}]})
    (task,) = [r for r in found if r.name == "jenkins-agent-a"]
    assert task.inputs["taskRoleArn"] == role


def problems(*templates: dict[str, Any], **args: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_args("jenkins", {"agents": list(templates), **args})  # type: ignore[typeddict-item]
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("template", "key", "says"),
    [
        (
            {"privileged": True},
            "agents[0].privileged",
            "builds that need Docker set `docker`",
        ),
        ({"shared_memory_size": 64}, "agents[0].shared_memory_size", "Fargate does not support"),
        ({"extra_hosts": []}, "agents[0].extra_hosts", "Fargate does not support extra hosts"),
        ({"launch_type": "EC2"}, "agents[0].launch_type", "use `capacity`"),
        ({"ephemeral_storage_gib": 20}, "agents[0].ephemeral_storage_gib", "21 to 200"),
        ({"cpu": 512, "memory_mib": 8192}, "agents[0].memory_mib", "nearest: 4096"),
        ({"environment": {"SLAVE_NODE_SECRET": "x"}}, "agents[0].environment.SLAVE", "platform"),
        ({"environment": {"A": "1"}, "secrets": {"A": SECRET}}, "agents[0].secrets.A", "also in"),
        ({"secrets": {"A": "hunter2"}}, "agents[0].secrets.A", "ARN of a secret"),
        ({"user": "root; rm"}, "agents[0].user", "a user name, a UID"),
        ({"max_agents": 0}, "agents[0].max_agents", "1 to 5000"),
        ({"idle_minutes": 0}, "agents[0].idle_minutes", "1 to 60"),
        ({"volumes": [{"container_path": "rel"}]}, "container_path", "absolute path"),
        (
            {"volumes": [{"container_path": "/a"}, {"container_path": "/a"}]},
            "agents[0].volumes",
            "is listed more than once",
        ),
        (
            {"sidecars": [{"name": "agent", "image": "x"}]},
            "agents[0].sidecars[0].name",
            "a container of the platform",
        ),
        (
            {"sidecars": [{"name": "db", "image": "x", "memory_mib": 1024}]},
            "agents[0].sidecars[0].memory_mib",
            "leaves no memory",
        ),
        (
            {
                "task_role_arn": "arn:aws:iam::123456789012:role/x",
                "assumable_role_arns": ["arn:aws:iam::123456789012:role/y"],
            },
            "agents[0].assumable_role_arns",
            "Set only one of this and",
        ),
        (
            {"image": "x", "platform_image": "kaniko"},
            "agents[0].image",
            "combined with `platform_image`",
        ),
        (
            {"policy_statements": [{"actions": ["*"], "resources": ["arn:aws:s3:::x"]}]},
            "agents[0].policy_statements[0].actions[0]",
            "an action like s3:GetObject",
        ),
        (
            {"policy_statements": [{"actions": ["s3:GetObject"], "resources": ["**"]}]},
            "agents[0].policy_statements[0].resources[0]",
            "an ARN",
        ),
    ],
)
def test_a_wrong_template_is_refused_with_key_and_reason(
    template: dict[str, Any], key: str, says: str
) -> None:
    (problem,) = problems({"name": "a", **template})
    assert key in problem.split(": ")[0]
    assert says in problem


def test_all_wrong_templates_are_reported_together() -> None:
    found = problems(
        {"name": "a", "cpu": 3}, {"name": "b", "privileged": True}, {"name": "c", "labels": ["ä"]}
    )
    assert [p.split(":")[0] for p in found] == [
        "agents[0].cpu",
        "agents[1].privileged",
        "agents[2].labels[0]",
    ]


def test_the_home_is_refused_as_a_volume_of_an_agent() -> None:
    def program() -> None:
        JenkinsPlatform(
            "jenkins",
            {
                **SMALL,  # type: ignore[typeddict-item]
                "agents": [
                    {
                        "name": "a",
                        "volumes": [
                            {
                                "container_path": "/home2",
                                "efs": {"file_system_id": pulumi.Output.from_input("fs-0a1b2c3d")},
                            }
                        ],
                    }
                ],
            },
        )

    with pytest.raises(pulumi.RunError, match="Agents never mount it"):
        register(program, {"jenkins-home": "fs-0a1b2c3d"})


def test_templates_with_the_same_cloud_settings_share_a_cloud() -> None:
    settings = Settings.from_args(
        "jenkins",
        {
            "agents": [
                {"name": "a"},
                {"name": "b", "max_agents": 3},
                {"name": "c", "idle_minutes": 10, "connect_timeout_seconds": 1800},
                {"name": "d"},
            ]
        },
    )
    found = {
        cloud.name: sorted({t.agent.name for t in templates})
        for cloud, templates in clouds.clouds(settings.agents).items()
    }
    assert found == {
        "fargate": ["a", "d"],
        "fargate-max3": ["b"],
        "fargate-idle10-connect1800": ["c"],
    }
