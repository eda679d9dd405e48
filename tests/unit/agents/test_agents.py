"""The agents' cluster, task definitions and roles."""

from __future__ import annotations

from typing import Any

from harness.inputs.lean import SMALL
from harness.stacks.parts import agents, parts
from harness.stacks.registered import ACCOUNT, by_role, inputs, of_type, statements

ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
POLICY = "aws:iam/rolePolicy:RolePolicy"
DEPLOY_ROLE = f"arn:aws:iam::{ACCOUNT}:role/deploy"
SECRET = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:token-AbCdEf"
GIVEN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/ours"
GIVEN_STARTER = f"arn:aws:iam::{ACCOUNT}:role/our-starter"
THREE: dict[str, Any] = {
    **SMALL,
    "agents": [
        {"name": "plain"},
        {
            "name": "deploy",
            "policy_statements": [
                {"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::site/*"]}
            ],
            "assumable_role_arns": [DEPLOY_ROLE],
            "enable_execute_command": True,
            "secrets": {"TOKEN": SECRET},
            "cpu": 2048,
            "memory_mib": 4096,
            "architecture": "arm64",
            "ephemeral_storage_gib": 50,
            "volumes": [{"container_path": "/cache"}],
        },
        {"name": "given", "task_role_arn": GIVEN_ROLE, "execution_role_arn": GIVEN_STARTER},
    ],
}


def test_agents_have_their_own_cluster_with_spot_capacity() -> None:
    cluster = by_role("aws:ecs/cluster:Cluster")["agents"]
    assert inputs(cluster) == {"settings": [{"name": "containerInsights", "value": "enabled"}]}
    providers = by_role("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders")["agents"]
    assert inputs(providers) == {
        "clusterName": "jenkins-agents",
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
    }


def test_a_task_definition_by_default() -> None:
    definition = inputs(by_role(DEFINITION, THREE)["agent-plain"])
    del definition["containerDefinitions"]
    assert definition == {
        "family": "jenkins-abcdef-agent-plain",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "512",
        "memory": "1024",
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "taskRoleArn": f"{ARN}:jenkins-agent-plain",
        "executionRoleArn": f"{ARN}:jenkins-agents-execution",
    }


def test_every_input_reaches_the_task_definition() -> None:
    definition = inputs(by_role(DEFINITION, THREE)["agent-deploy"])
    del definition["containerDefinitions"]
    assert definition == {
        "family": "jenkins-abcdef-agent-deploy",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "2048",
        "memory": "4096",
        "ephemeralStorage": {"sizeInGib": 50},
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "taskRoleArn": f"{ARN}:jenkins-agent-deploy",
        "executionRoleArn": f"{ARN}:jenkins-agents-execution-deploy",
        "volumes": [{"name": "volume-cache"}],
    }


def test_builds_may_do_only_what_their_template_allows() -> None:
    policies = by_role(POLICY, THREE)
    assert "agent-plain" not in policies
    found = {
        action: statement["Resource"]
        for statement in statements(policies["agent-deploy"].inputs["policy"]).values()
        for action in statement["Action"]
    }
    channels = {action for action in found if action.startswith("ssmmessages:")}
    assert len(channels) == 4
    assert {a: r for a, r in found.items() if a not in channels} == {
        "s3:PutObject": ["arn:aws:s3:::site/*"],
        "sts:AssumeRole": [DEPLOY_ROLE],
    }


def test_only_the_execution_role_of_a_template_reads_its_secrets() -> None:
    policies = by_role(POLICY, THREE)
    reading = {role for role, r in policies.items() if SECRET in r.inputs["policy"]}
    assert reading == {"agents-execution-deploy"}


def test_the_execution_role_of_a_template_writes_to_its_own_log_group() -> None:
    own = {"name": "own", "log_group_name": "ours"}
    policies = of_type(parts(agents, {**SMALL, "agents": [{"name": "plain"}, own]}), POLICY)
    groups = {
        role: statement["Resource"]
        for role, policy in policies.items()
        for statement in statements(policy.inputs["policy"]).values()
        if "logs:PutLogEvents" in statement["Action"]
    }
    arn = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group"
    assert groups == {
        "agents-execution": f"{arn}:jenkins-abcdef-agents:*",
        "agents-execution-own": f"{arn}:ours:*",
    }


def test_existing_roles_of_a_template_are_used() -> None:
    definition = by_role(DEFINITION, THREE)["agent-given"].inputs
    assert (definition["taskRoleArn"], definition["executionRoleArn"]) == (
        GIVEN_ROLE,
        GIVEN_STARTER,
    )
    assert not [role for role in by_role("aws:iam/role:Role", THREE) if "agent-given" in role]


def test_the_controller_may_pass_roles_of_agents_and_existing_ones_only() -> None:
    policy = by_role(POLICY, THREE)["controller-task"].inputs["policy"]
    (pass_role,) = [s for s in statements(policy).values() if "iam:PassRole" in s["Action"]]
    assert set(pass_role["Resource"]) == {
        f"arn:aws:iam::{ACCOUNT}:role/jenkins-platform/jenkins-abcdef/agents/*",
        *(GIVEN_ROLE, GIVEN_STARTER),
    }


def test_the_controller_may_run_its_own_families_on_its_own_cluster_only() -> None:
    policy = by_role(POLICY, SMALL)["controller-task"].inputs["policy"]
    (run,) = [s for s in statements(policy).values() if "ecs:RunTask" in s["Action"]]
    definitions = f"arn:aws:ecs:eu-central-1:{ACCOUNT}:task-definition"
    assert run["Resource"] == [f"{definitions}/jenkins-abcdef-agent-linux:*"]
    assert run["Condition"] == {"ArnEquals": {"ecs:cluster": f"{ARN}:jenkins-agents"}}
