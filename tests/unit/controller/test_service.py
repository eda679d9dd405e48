"""The controller's ECS service and task definition, field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from jenkins_platform.base.context import Context

from harness.inputs.lean import READY_IMAGES, SMALL
from harness.stacks.parts import controller, load_balancer, parts
from harness.stacks.registered import (
    ACCOUNT,
    EVERYTHING,
    by_role,
    container,
    container_in,
    dependencies,
    inputs,
    one,
    only,
    statements,
)

SERVICE = "aws:ecs/service:Service"
DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
LOST_NODE = "-Dorg.jenkinsci.plugins.workflow.support.pickles.ExecutorPickle.timeoutForNodeMillis"
TOKEN = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:token-AbCdEf"
SIZED: dict[str, Any] = {
    **SMALL,
    "controller": {
        "cpu": 2048,
        "memory_mib": 8192,
        "architecture": "arm64",
        "heap_percentage": 62.5,
        "java_options": ["-Dours=1"],
        "enable_execute_command": True,
    },
    "agent_cloud": {
        "connection": "web-socket",
        "remove_stale_nodes": False,
        "reconnect_timeout_seconds": 90,
        "provisioning": {"recurrence_seconds": 3, "initial_delay_seconds": 7},
    },
    "jenkins": {
        "configuration_rollout": "reload",
        "configuration_reload_seconds": 90,
        "secrets": {"TOKEN": TOKEN},
        "github": {
            "app_id": "1234",
            "private_key_secret_arn": TOKEN.replace("token", "app"),
            "organizations": ["acme"],
        },
    },
}


def variables(definition: Mapping[str, Any]) -> dict[str, str]:
    return {pair["name"]: pair["value"] for pair in definition["environment"]}


def environment(**args: Any) -> dict[str, str]:
    """The variables that follow from the settings and the secrets."""
    return variables(container_in(parts(controller, args), "controller"))


def test_one_task_runs_and_never_two() -> None:
    assert inputs(one(SERVICE, SMALL)) == {
        "cluster": f"{ARN}:jenkins-controller",
        "taskDefinition": f"{ARN}:jenkins-controller",
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "desiredCount": 1,
        "deploymentMaximumPercent": 100,
        "deploymentMinimumHealthyPercent": 0,
        "availabilityZoneRebalancing": "DISABLED",
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "healthCheckGracePeriodSeconds": 600,
        "enableExecuteCommand": False,
        "enableEcsManagedTags": True,
        "propagateTags": "SERVICE",
        "waitForSteadyState": True,
        "networkConfiguration": {
            "subnets": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"],
            "securityGroups": ["jenkins-controller-id"],
            "assignPublicIp": False,
        },
        "loadBalancers": [
            {
                "targetGroupArn": f"{ARN}:jenkins-web",
                "containerName": "controller",
                "containerPort": 8080,
            }
        ],
        "serviceRegistries": {"registryArn": f"{ARN}:jenkins-controller-name"},
    }


def test_inputs_reach_the_service() -> None:
    service = one(SERVICE, EVERYTHING)
    assert service.inputs["enableExecuteCommand"] is True
    assert service.inputs["networkConfiguration"] == {
        "subnets": [f"jenkins-private-{index}-id" for index in range(3)],
        "securityGroups": ["jenkins-controller-id"],
        "assignPublicIp": False,
    }
    assert service.inputs["healthCheckGracePeriodSeconds"] == 900
    assert "serviceRegistries" not in service.inputs
    assert {
        (group["targetGroupArn"].rpartition("-")[2], group["containerPort"])
        for group in service.inputs["loadBalancers"]
    } == {("web", 8080), ("http", 8080), ("tcp", 50000)}


@pytest.mark.parametrize(
    ("token", "awaited"),
    [
        ("aws:efs/mountTarget:MountTarget", {"home-0", "home-1", "home-2"}),
        ("aws:lb/listener:Listener", {"https", "agents-http", "agents-tcp"}),
        ("aws:iam/rolePolicy:RolePolicy", {"controller-task", "controller-execution"}),
        (
            "aws:ec2/route:Route",
            {
                "public-internet",
                "private-0-internet",
                "private-1-internet",
                "private-2-internet",
            },
        ),
        (
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"s3", "endpoint-sts", "endpoint-eu-central-1.vpce-svc-0a1b2c3d"},
        ),
    ],
)
def test_the_service_waits_for_what_the_task_needs(token: str, awaited: set[str]) -> None:
    assert dependencies(one(SERVICE, EVERYTHING), token) == awaited


def test_only_a_schedule_makes_pulumi_ignore_the_desired_count() -> None:
    assert one(SERVICE, SMALL).ignore_changes == ()
    assert one(SERVICE, EVERYTHING).ignore_changes == ("desiredCount",)


def test_the_task_definition_mounts_the_home_by_its_access_point() -> None:
    definition = inputs(by_role(DEFINITION, SMALL)["controller"])
    del definition["containerDefinitions"]
    assert definition == {
        "family": "jenkins-abcdef-controller",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "1024",
        "memory": "4096",
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "taskRoleArn": f"{ARN}:jenkins-controller-task",
        "executionRoleArn": f"{ARN}:jenkins-controller-execution",
        "volumes": [
            {"name": "scratch"},
            {
                "name": "home",
                "efsVolumeConfiguration": {
                    "fileSystemId": "jenkins-home-id",
                    "transitEncryption": "ENABLED",
                    "authorizationConfig": {
                        "accessPointId": "jenkins-home-id",
                        "iam": "ENABLED",
                    },
                },
            },
        ],
    }


def test_the_container_is_read_only_and_logs_without_blocking() -> None:
    found = container(SMALL)
    del found["environment"]
    assert found == {
        "name": "controller",
        "image": READY_IMAGES["controller"]["existing"],
        "essential": True,
        "secrets": [
            {
                "name": "JENKINS_ADMIN_PASSWORD",
                "valueFrom": (
                    f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:"
                    "jenkins-admin-password:::a-version"
                ),
            }
        ],
        "readonlyRootFilesystem": True,
        "portMappings": [
            {"containerPort": 8080, "protocol": "tcp"},
            {"containerPort": 50000, "protocol": "tcp"},
        ],
        "mountPoints": [
            {"sourceVolume": "home", "containerPath": "/var/jenkins_home"},
            {"sourceVolume": "scratch", "containerPath": "/run/jenkins-platform"},
        ],
        "healthCheck": {
            "command": ["CMD-SHELL", "curl -fsS http://localhost:8080/health/ || exit 1"],
            "interval": 30,
            "timeout": 10,
            "retries": 5,
            "startPeriod": 300,
        },
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "jenkins-abcdef-controller",
                "awslogs-region": "eu-central-1",
                "awslogs-stream-prefix": "controller",
                "mode": "non-blocking",
            },
        },
        "stopTimeout": 120,
    }


def test_the_environment_names_the_configuration_and_no_secret() -> None:
    assert variables(container(SMALL)) == {
        "AWS_REGION": "eu-central-1",
        "CASC_STRICT_SECRET_RESOLUTION": "true",
        "CONFIGURATION_BUCKET": "jenkins-configuration-bucket",
        "CONFIGURATION_KEY": "jenkins.yaml",
        "CONFIGURATION_VERSION": "a-version",
        "JENKINS_JAVA_OPTS": (
            "-XX:MaxRAMPercentage=65 -XX:+UseG1GC -XX:+ExitOnOutOfMemoryError "
            "-Djava.awt.headless=true "
            "-Djenkins.install.runSetupWizard=false "
            "-Dhudson.slaves.NodeProvisioner.recurrencePeriod=1000 "
            "-Dhudson.slaves.NodeProvisioner.initialDelay=0 "
            f"{LOST_NODE}=180000"
        ),
        "DEFAULT_LABEL": "linux",
        "JENKINS_OPTS": "--httpKeepAliveTimeout=130000",
        "SPOT_BREAKER": "jenkins-spot-breaker",
        "SPOT_WAIT_MINUTES": "5",
        "REMOVE_STALE_NODES": "true",
        "VARIABLES_AS_FILES": "JENKINS_ADMIN_PASSWORD",
    }


WINDOW = {"start": "22:00", "end": "06:00", "days": ["mon", "sun"]}
SPANS = [[22 * 60, 30 * 60], [(6 * 24 + 22) * 60, (7 * 24 + 6) * 60]]


@pytest.mark.parametrize(
    ("warm", "schedule", "holidays"),
    [
        ({"windows": [WINDOW], "time_zone": "UTC"}, {}, []),
        ({}, {"schedule": {"windows": [WINDOW], "time_zone": "UTC", "holidays": ["2026-12-25"]}},
         ["2026-12-25"]),
        ({"windows": [WINDOW], "time_zone": "UTC"},
         {"schedule": {"time_zone": "Asia/Tokyo", "holidays": ["2026-12-25"]}}, []),
    ],
)  # fmt: skip
def test_warm_agents_wait_in_their_own_windows_or_those_of_the_schedule(
    warm: dict[str, Any], schedule: dict[str, Any], holidays: list[str]
) -> None:
    agent_cloud = {"warm": {"agents": {"linux-spot": 2}, **warm}}
    found = environment(**schedule, agent_cloud=agent_cloud)
    assert json.loads(found["WARM_AGENTS"]) == {
        "agents": {"linux-spot": 2},
        "spans": SPANS,
        "time_zone": "UTC",
        "holidays": holidays,
    }
    assert "WARM_AGENTS" not in variables(container(SMALL))


@pytest.mark.parametrize("idle", [60, 120, 4000])
def test_jenkins_keeps_idle_connections_longer_than_the_load_balancer(idle: int) -> None:
    def both(context: Context) -> None:
        load_balancer(context)
        controller(context)

    found = parts(both, {**SMALL, "load_balancer": {"idle_timeout_seconds": idle}})
    balancer = only(found, "aws:lb/loadBalancer:LoadBalancer")
    task = variables(container_in(found, "controller"))
    option, _, milliseconds = task["JENKINS_OPTS"].partition("=")
    assert option == "--httpKeepAliveTimeout"
    assert int(milliseconds) > balancer.inputs["idleTimeout"] * 1000 == idle * 1000


@pytest.mark.parametrize(("grace", "minutes"), [(600, 40), (601, 41), (7200, 260)])
def test_the_engine_waits_longer_than_the_grace_period(grace: int, minutes: int) -> None:
    args = {"controller": {"health_check_grace_period_seconds": grace}}
    service = only(parts(controller, args), SERVICE)
    assert service.timeouts == {"create": f"{minutes}m", "update": f"{minutes}m"}


def test_odd_java_options_are_quoted_for_the_start_script() -> None:
    found = environment(controller={"java_options": ["-Da=it's x\\y", '-Db="']})
    assert found["JENKINS_JAVA_OPTS"].endswith(r" -Da=it\'s\ x\\y -Db=\"")


def test_jenkins_connects_through_the_proxy() -> None:
    found = environment(network={"proxy": {"url": "http://proxy.example.com:3128"}})
    assert found["https_proxy"] == "http://proxy.example.com:3128"
    options = found["JENKINS_JAVA_OPTS"].split()
    assert {"-Dhttps.proxyHost=proxy.example.com", "-Dhttps.proxyPort=3128"} <= {*options}


def test_inputs_reach_the_task_definition() -> None:
    definition = by_role(DEFINITION, SIZED)["controller"].inputs
    assert (definition["cpu"], definition["memory"]) == ("2048", "8192")
    assert definition["runtimePlatform"]["cpuArchitecture"] == "ARM64"
    found = container(SIZED)
    assert found["readonlyRootFilesystem"] is False
    assert found["portMappings"] == [{"containerPort": 8080, "protocol": "tcp"}]
    environment = variables(found)
    assert environment["REMOVE_STALE_NODES"] == "false"
    assert environment["CONFIGURATION_RELOAD_SECONDS"] == "90"
    assert "CONFIGURATION_VERSION" not in environment
    assert environment["JENKINS_GITHUB_APP_ID"] == "1234"
    assert environment["JENKINS_JAVA_OPTS"] == (
        "-XX:MaxRAMPercentage=62.5 -XX:+UseG1GC -XX:+ExitOnOutOfMemoryError "
        "-Djava.awt.headless=true "
        "-Djenkins.install.runSetupWizard=false "
        "-Dhudson.slaves.NodeProvisioner.recurrencePeriod=3000 "
        f"-Dhudson.slaves.NodeProvisioner.initialDelay=7000 {LOST_NODE}=90000 -Dours=1"
    )


def test_secrets_are_passed_by_reference_and_readable_by_the_execution_role_only() -> None:
    found = container(SIZED)
    assert {"name": "TOKEN", "valueFrom": TOKEN} in found["secrets"]
    names = "JENKINS_ADMIN_PASSWORD,JENKINS_GITHUB_APP_KEY,TOKEN"
    assert variables(found)["VARIABLES_AS_FILES"] == names
    policies = by_role("aws:iam/rolePolicy:RolePolicy", SIZED)
    assert TOKEN in policies["controller-execution"].inputs["policy"]
    assert TOKEN not in policies["controller-task"].inputs["policy"]


def test_only_with_execute_command_the_controller_may_open_its_channels() -> None:
    channels = [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ]
    policies = {
        enabled: statements(
            by_role("aws:iam/rolePolicy:RolePolicy", args)["controller-task"].inputs["policy"]
        )
        for enabled, args in ((True, SIZED), (False, SMALL))
    }
    assert policies[True]["ExecuteCommand"]["Action"] == channels
    assert "ExecuteCommand" not in policies[False]


def test_the_controller_may_run_agents_mount_its_home_and_read_its_configuration() -> None:
    policy = by_role("aws:iam/rolePolicy:RolePolicy", SMALL)["controller-task"]
    assert policy.inputs["role"] == "jenkins-controller-task"
    actions = {
        action
        for statement in statements(policy.inputs["policy"]).values()
        for action in statement["Action"]
    }
    assert {
        "ecs:RunTask",
        "ecs:StopTask",
        "iam:PassRole",
        "elasticfilesystem:ClientMount",
        "elasticfilesystem:ClientWrite",
        "s3:GetObject",
    } <= actions
    assert not {action for action in actions if action.startswith("secretsmanager:")}


@pytest.mark.parametrize("name", ["G1", "Parallel", "Serial", "Shenandoah", "Z"])
def test_a_garbage_collector_of_the_user_is_the_only_one(name: str) -> None:
    given = {"java_options": [f"-XX:+Use{name}GC", "-XX:+UseStringDeduplication"]}
    options = environment(controller=given)["JENKINS_JAVA_OPTS"].split()
    collectors = [option for option in options if option.endswith("GC")]
    assert collectors == [f"-XX:+Use{name}GC"]
