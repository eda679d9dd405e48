"""What every role may do, by simulation of the deployed policies with their conditions."""

from __future__ import annotations

import pytest
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.aws.permissions import ACCOUNT, Actor
from harness.stacks.two_platforms import REGION, SECRET, TwoPlatforms


@pytest.fixture(scope="module")
def world(
    cloud: LocalCloud,
    pulumi_command: auto.PulumiCommand,
    tmp_path_factory: pytest.TempPathFactory,
) -> TwoPlatforms:
    return TwoPlatforms(cloud, pulumi_command, tmp_path_factory.mktemp("permissions"))


def test_the_plugin_has_the_permissions_it_uses(world: TwoPlatforms) -> None:
    controller = Actor.load(world.cloud, world.controller_role)
    on_agents = {"ecs:cluster": world.agents}
    to_ecs = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    assert controller.may("ecs:DescribeTaskDefinition", "*")
    assert controller.may("ecs:RunTask", world.definition, on_agents)
    assert controller.may("ecs:TagResource", world.task, {"ecs:CreateAction": "RunTask"})
    assert controller.may("ecs:DescribeTasks", world.task, on_agents)
    assert controller.may("ecs:StopTask", world.task, on_agents)
    for role in (
        world.deploy_role,
        world.plain_role,
        world.deploy_execution,
        world.plain_execution,
    ):
        assert controller.may("iam:PassRole", role, to_ecs), role


def test_the_circuit_breaker_is_invoked_by_its_controller_and_writes_only_its_state(
    world: TwoPlatforms,
) -> None:
    found = world.breaker(world.mine)
    controller = Actor.load(world.cloud, world.controller_role)
    assert controller.may("lambda:InvokeFunction", found["FunctionArn"])
    state = found["Environment"]["Variables"]["PARAMETER"]
    parameter = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/{state}"
    function = Actor.load(world.cloud, found["Role"])
    assert function.may("ssm:PutParameter", parameter)
    assert not function.may("ssm:PutParameter", f"{parameter}-other")
    assert not controller.may("ssm:PutParameter", parameter)


def test_the_controller_may_read_its_configuration_and_mount_its_home(world: TwoPlatforms) -> None:
    controller = Actor.load(world.cloud, world.controller_role)
    for action in ("s3:GetObject", "s3:GetObjectVersion"):
        assert controller.may(action, f"{world.bucket}/jenkins.yaml")
    for action in ("ClientMount", "ClientWrite"):
        assert world.mount(world.controller_role, action, point=world.access_point)


def test_execution_roles_may_start_their_tasks(world: TwoPlatforms) -> None:
    start = Actor.load(world.cloud, world.controller_execution)
    assert start.may("secretsmanager:GetSecretValue", world.mine["admin_password_secret_arn"])
    logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{world.mine['controller_log_group_name']}"
    assert start.may("logs:PutLogEvents", f"{logs}:log-stream:controller/controller/1")
    start_agent = Actor.load(world.cloud, world.deploy_execution)
    assert start_agent.may("secretsmanager:GetSecretValue", SECRET)


def test_a_build_has_the_permissions_of_its_template(world: TwoPlatforms) -> None:
    build = Actor.load(world.cloud, world.deploy_role)
    assert build.may("s3:PutObject", "arn:aws:s3:::releases/app.jar")
    assert build.may("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/deployer")


def test_a_build_has_the_managed_policies_of_its_template(world: TwoPlatforms) -> None:
    reader, plain = (Actor.load(world.cloud, r) for r in (world.reader_role, world.plain_role))
    document = "arn:aws:s3:::another/document"
    assert reader.may("s3:GetObject", document)
    assert not reader.may("s3:PutObject", document)
    assert not plain.may("s3:GetObject", document)


def controller_abuses(world: TwoPlatforms) -> dict[str, tuple[str, str, dict[str, str]]]:
    """What an attacker who controls Jenkins might try."""
    other = world.other["agent_cluster_arn"]
    other_task = world.task_of(other)
    on_agents = {"ecs:cluster": world.agents}
    on_controllers = {"ecs:cluster": world.controllers}
    to_ecs = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    controller_task = world.task_of(world.controllers)
    foreign_family = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/billing:7"
    secret = world.other["admin_password_secret_arn"]
    return {
        "invoke another platform's circuit breaker": (
            "lambda:InvokeFunction",
            world.breaker(world.other)["FunctionArn"],
            {},
        ),
        "run another family": ("ecs:RunTask", foreign_family, on_agents),
        "run another platform's agents": (
            "ecs:RunTask",
            world.other_definition["taskDefinitionArn"],
            on_agents,
        ),
        "run the controller again": (
            "ecs:RunTask",
            world.controller_definition["taskDefinitionArn"],
            on_agents,
        ),
        "run on another cluster": ("ecs:RunTask", world.definition, {"ecs:cluster": other}),
        "run on the controller's cluster": (
            "ecs:RunTask",
            world.definition,
            {"ecs:cluster": world.controllers},
        ),
        "run with no cluster named": ("ecs:RunTask", world.definition, {}),
        "stop a foreign task": ("ecs:StopTask", other_task, {"ecs:cluster": other}),
        "stop the controller": ("ecs:StopTask", controller_task, on_controllers),
        "look at a foreign task": ("ecs:DescribeTasks", other_task, {"ecs:cluster": other}),
        "pass the controller's role": ("iam:PassRole", world.controller_role, to_ecs),
        "pass the controller's execution role": (
            "iam:PassRole",
            world.controller_execution,
            to_ecs,
        ),
        "pass another platform's role": (
            "iam:PassRole",
            world.other_definition["taskRoleArn"],
            to_ecs,
        ),
        "pass an administrator's role": (
            "iam:PassRole",
            f"arn:aws:iam::{ACCOUNT}:role/admin",
            to_ecs,
        ),
        "pass an agent's role to EC2": (
            "iam:PassRole",
            world.deploy_role,
            {"iam:PassedToService": "ec2.amazonaws.com"},
        ),
        "pass an agent's role to Lambda": (
            "iam:PassRole",
            world.deploy_role,
            {"iam:PassedToService": "lambda.amazonaws.com"},
        ),
        "register a definition": ("ecs:RegisterTaskDefinition", "*", {}),
        "deregister a definition": ("ecs:DeregisterTaskDefinition", "*", {}),
        "change its own service": ("ecs:UpdateService", f"{world.controllers}/x", {}),
        "open a shell in an agent": ("ecs:ExecuteCommand", world.task, on_agents),
        "tag a task later": ("ecs:TagResource", world.task, {}),
        "tag a service": (
            "ecs:TagResource",
            f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/x/y",
            {"ecs:CreateAction": "CreateService"},
        ),
        "read its own password": (
            "secretsmanager:GetSecretValue",
            world.mine["admin_password_secret_arn"],
            {},
        ),
        "read another platform's password": ("secretsmanager:GetSecretValue", secret, {}),
        "change its own password": (
            "secretsmanager:PutSecretValue",
            world.mine["admin_password_secret_arn"],
            {},
        ),
        "read a build's secret": ("secretsmanager:GetSecretValue", SECRET, {}),
        "list secrets": ("secretsmanager:ListSecrets", "*", {}),
        "write its own configuration": ("s3:PutObject", f"{world.bucket}/jenkins.yaml", {}),
        "delete its own configuration": ("s3:DeleteObject", f"{world.bucket}/jenkins.yaml", {}),
        "read another bucket": ("s3:GetObject", "arn:aws:s3:::payroll/march.csv", {}),
        "list buckets": ("s3:ListAllMyBuckets", "*", {}),
        "delete the home": ("elasticfilesystem:DeleteFileSystem", world.file_system, {}),
        "open the home's policy": (
            "elasticfilesystem:PutFileSystemPolicy",
            world.file_system,
            {},
        ),
        "take another role": ("sts:AssumeRole", world.deploy_role, {}),
        "make a user": ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/x", {}),
        "change its own role": ("iam:PutRolePolicy", world.controller_role, {}),
        "delete an image": (
            "ecr:BatchDeleteImage",
            f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/x",
            {},
        ),
        "open a security group": (
            "ec2:AuthorizeSecurityGroupIngress",
            f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-1",
            {},
        ),
        "decrypt with any key": (
            "kms:Decrypt",
            f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1",
            {},
        ),
    }


def test_a_compromised_controller_can_do_nothing_else(world: TwoPlatforms) -> None:
    controller = Actor.load(world.cloud, world.controller_role)
    possible = [
        name
        for name, (action, resource, context) in controller_abuses(world).items()
        if controller.may(action, resource, context)
    ]
    assert possible == []
    assert len(controller_abuses(world)) >= 38


def test_a_compromised_agent_can_do_nothing_else(world: TwoPlatforms) -> None:
    on_agents = {"ecs:cluster": world.agents}
    attempts: list[tuple[str, str, dict[str, str]]] = [
        ("ecs:RunTask", world.definition, on_agents),
        ("ecs:StopTask", world.task, on_agents),
        ("ecs:DescribeTasks", world.task, on_agents),
        ("iam:PassRole", world.plain_role, {"iam:PassedToService": "ecs-tasks.amazonaws.com"}),
        ("secretsmanager:GetSecretValue", world.mine["admin_password_secret_arn"], {}),
        ("secretsmanager:GetSecretValue", SECRET, {}),
        ("s3:GetObject", f"{world.bucket}/jenkins.yaml", {}),
        ("s3:GetObject", "arn:aws:s3:::releases/app.jar", {}),
        ("s3:DeleteObject", "arn:aws:s3:::releases/app.jar", {}),
        ("sts:AssumeRole", world.controller_role, {}),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/admin", {}),
        ("logs:DeleteLogGroup", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:x", {}),
    ]
    for role in (world.deploy_role, world.plain_role):
        actor = Actor.load(world.cloud, role)
        assert [a for a in attempts if actor.may(*a)] == []
    plain = Actor.load(world.cloud, world.plain_role)
    assert not plain.may("s3:PutObject", "arn:aws:s3:::releases/app.jar")
    assert not plain.may("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/deployer")


@pytest.mark.parametrize("action", ["ClientMount", "ClientWrite", "ClientRootAccess"])
def test_no_agent_mounts_the_home(world: TwoPlatforms, action: str) -> None:
    for role in (
        world.deploy_role,
        world.plain_role,
        world.deploy_execution,
        world.plain_execution,
        world.controller_execution,
    ):
        assert not world.mount(role, action, point=world.access_point), role


def test_the_controller_mounts_its_home_only_by_the_access_point(world: TwoPlatforms) -> None:
    role, point = world.controller_role, world.access_point
    assert not world.mount(role, "ClientMount", point=point, tls=False)
    assert not world.mount(role, "ClientMount", point=None)
    assert not world.mount(role, "ClientMount", point=f"{point}0")
    assert not world.mount(role, "ClientRootAccess", point=point)


def test_a_secret_is_read_for_the_template_that_names_it_only(world: TwoPlatforms) -> None:
    plain = Actor.load(world.cloud, world.plain_execution)
    assert not plain.may("secretsmanager:GetSecretValue", SECRET)
    deploy = Actor.load(world.cloud, world.deploy_execution)
    assert not deploy.may("secretsmanager:GetSecretValue", f"{SECRET[:-1]}g")
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    by_secrets_manager = {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}
    named = {**by_secrets_manager, "kms:EncryptionContext:SecretARN": SECRET}
    assert deploy.may("kms:Decrypt", key, named)
    assert not deploy.may("kms:Decrypt", key, by_secrets_manager)
    assert not deploy.may("kms:Decrypt", key, {**named, "kms:ViaService": "s3.amazonaws.com"})


def test_two_platforms_of_one_name_live_side_by_side(world: TwoPlatforms) -> None:
    """Last in this file: it destroys the other platform."""
    shared = {k for k in world.mine if world.mine[k] == world.other[k]}
    nothing = {"notification_topic_arn", "job_identity_provider_arn", "job_role_arns"}
    assert shared == {"admin_user_name", "agent_labels"} | nothing
    world.other_stack.destroy()
    world.my_stack.refresh()
    assert world.my_stack.changes == {}, "destroying one platform leaves the other unchanged"
    homes = world.cloud.client("efs").describe_file_systems()["FileSystems"]
    assert [home["FileSystemId"] for home in homes] == [world.mine["file_system_id"]]
