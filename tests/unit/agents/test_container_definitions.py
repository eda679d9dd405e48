"""Containers of an agent's task, field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from harness.inputs.lean import SMALL
from harness.stacks.parts import agents, parts
from harness.stacks.registered import ACCOUNT, of_type, statements

SECRET = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:token-AbCdEf"
PLAIN: dict[str, Any] = {**SMALL, "agents": [{"name": "linux", "image": "registry.example/a:1"}]}
FULL: dict[str, Any] = {
    **SMALL,
    "agent_cloud": {"connection": "web-socket"},
    "agents": [
        {
            "name": "linux",
            "image": "registry.example/a:1",
            "memory_mib": 2048,
            "environment": {"B": "2", "A": "1"},
            "secrets": {"TOKEN": SECRET},
            "java_options": ["-Xss2m"],
            "heap_percentage": 42.5,
            "user": "1000:1000",
            "init_process": False,
            "log_group_name": "ours",
            "volumes": [{"container_path": "/cache", "read_only": True}],
            "sidecars": [
                {
                    "name": "db",
                    "image": "postgres:17",
                    "command": ["postgres", "-c"],
                    "environment": {"D": "4", "C": "3"},
                    "secrets": {"PASSWORD": SECRET},
                    "memory_mib": 256,
                }
            ],
        }
    ],
}


PREPARED = [{"containerName": "volumes", "condition": "SUCCESS"}]


def containers(args: Mapping[str, Any]) -> list[dict[str, Any]]:
    definitions = of_type(parts(agents, args), "aws:ecs/taskDefinition:TaskDefinition")
    found: list[dict[str, Any]] = json.loads(
        definitions["agent-linux"].inputs["containerDefinitions"]
    )
    return found


def test_images_of_private_registries_are_pulled_with_the_credentials_of_their_secret() -> None:
    credentials = [f"{SECRET.removesuffix('-AbCdEf')}-{n}-AbCdEf" for n in ("agent", "db")]
    template = {
        **PLAIN["agents"][0],
        "image_credentials_arn": credentials[0],
        "sidecars": [
            {"name": "db", "image": "r.example/db:1", "image_credentials_arn": credentials[1]},
            {"name": "web", "image": "web:1"},
        ],
    }
    args = {**SMALL, "agents": [template]}
    agent, database, web = containers(args)
    for container, arn in ((agent, credentials[0]), (database, credentials[1])):
        assert container["repositoryCredentials"] == {"credentialsParameter": arn}
    assert "repositoryCredentials" not in web
    policies = of_type(parts(agents, args), "aws:iam/rolePolicy:RolePolicy")
    role = policies["agents-execution-linux"]
    assert statements(role.inputs["policy"])["ReadSecrets"]["Resource"] == credentials


def logs(group: str, prefix: str) -> dict[str, Any]:
    return {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": group,
            "awslogs-region": "eu-central-1",
            "awslogs-stream-prefix": prefix,
            "mode": "non-blocking",
        },
    }


def test_a_container_by_default() -> None:
    assert containers(PLAIN) == [
        {
            "name": "agent",
            "image": "registry.example/a:1",
            "essential": True,
            "environment": [{"name": "JENKINS_JAVA_OPTS", "value": "-XX:MaxRAMPercentage=50"}],
            "linuxParameters": {"initProcessEnabled": True},
            "mountPoints": [],
            "logConfiguration": logs("jenkins-abcdef-agents", "linux"),
            "stopTimeout": 120,
        }
    ]


@pytest.mark.parametrize(
    ("connection", "web_socket"),
    [("cloud-map", None), ("network-load-balancer", None), ("web-socket", "true")],
)
def test_agents_know_whether_to_connect_by_web_socket(
    connection: str, web_socket: str | None
) -> None:
    (agent,) = containers({**PLAIN, "agent_cloud": {"connection": connection}})
    found = {pair["name"]: pair["value"] for pair in agent["environment"]}
    assert found.get("JENKINS_WEB_SOCKET") == web_socket


def test_variables_of_a_template_replace_those_of_the_platform() -> None:
    (agent,) = containers(
        {
            **PLAIN,
            "network": {"proxy": {"url": "http://proxy.example.com:3128"}},
            "agents": [{**PLAIN["agents"][0], "environment": {"http_proxy": "http://ours"}}],
        }
    )
    found = {pair["name"]: pair["value"] for pair in agent["environment"]}
    assert found["http_proxy"] == "http://ours"
    assert found["https_proxy"] == "http://proxy.example.com:3128"


def test_every_input_reaches_the_containers() -> None:
    *found, preparation = containers(FULL)
    assert preparation == {
        "name": "volumes",
        "image": "registry.example/a:1",
        "essential": False,
        "user": "0",
        "entryPoint": [
            *("/bin/sh", "-c"),
            'for v; do [ -n "$(ls -A "$v")" ] || chmod 1777 "$v"; done; exit 0',
            "sh",
        ],
        "command": ["/cache"],
        "environment": [],
        "mountPoints": [
            {"sourceVolume": "volume-cache", "containerPath": "/cache", "readOnly": False}
        ],
        "logConfiguration": logs("ours", "linux"),
    }
    assert found == [
        {
            "name": "agent",
            "image": "registry.example/a:1",
            "essential": True,
            "environment": [
                {"name": "A", "value": "1"},
                {"name": "B", "value": "2"},
                {"name": "JENKINS_JAVA_OPTS", "value": "-XX:MaxRAMPercentage=42.5 -Xss2m"},
                {"name": "JENKINS_WEB_SOCKET", "value": "true"},
            ],
            "linuxParameters": {"initProcessEnabled": False},
            "mountPoints": [
                {"sourceVolume": "volume-cache", "containerPath": "/cache", "readOnly": True}
            ],
            "logConfiguration": logs("ours", "linux"),
            "stopTimeout": 120,
            "secrets": [{"name": "TOKEN", "valueFrom": SECRET}],
            "user": "1000:1000",
            "dependsOn": PREPARED,
        },
        {
            "name": "db",
            "image": "postgres:17",
            "essential": False,
            "environment": [{"name": "C", "value": "3"}, {"name": "D", "value": "4"}],
            "mountPoints": [
                {"sourceVolume": "volume-cache", "containerPath": "/cache", "readOnly": False}
            ],
            "logConfiguration": logs("ours", "linux-db"),
            "command": ["postgres", "-c"],
            "secrets": [{"name": "PASSWORD", "valueFrom": SECRET}],
            "memory": 256,
            "dependsOn": PREPARED,
        },
    ]
