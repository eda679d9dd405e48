"""The providers of the embedded cloud under the real engine: failures, places, secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.stacks.engine import PASSPHRASE, Stack

MakeStack = Callable[..., Stack]

pytestmark = [pytest.mark.engine, pytest.mark.long]

FUNCTION = "aws:lambda/function:Function"
VPC = "aws:ec2/vpc:Vpc"
OTHER_ACCOUNT = "210987654321"


def resource(token: str, logical_name: str, /, **properties: Any) -> pulumi.CustomResource:
    """A resource of any type; outputs to be used are given as None."""
    return pulumi.CustomResource(token, logical_name, properties)


def failing(stack: Stack, preview: bool = False) -> str:
    """Run ``up`` or a preview, which must fail; its error."""
    with pytest.raises(auto.CommandError):
        stack.preview() if preview else stack.up()
    return "\n".join(stack.errors)


def in_state(stack: Stack, token: str) -> list[dict[str, Any]]:
    return [r for r in stack.resources() if r["type"] == token]


def state_file(stack: Stack) -> str:
    """The state on disk, where secrets are encrypted."""
    [file] = stack.folder.glob("state/.pulumi/stacks/*/*.json")
    return file.read_text()


# --- failures ------------------------------------------------------------------------------


def test_a_partial_creation_is_completed_by_the_next_up(
    make_stack: MakeStack, cloud: LocalCloud
) -> None:
    def program() -> None:
        resource(VPC, "vpc", cidrBlock="10.7.0.0/16", enableDnsHostnames=True)

    stack = make_stack(program)
    cloud.set_faults({"operation": "ModifyVpcAttribute", "code": "InternalFailure"})
    assert "aws:ec2/vpc:Vpc: ModifyVpcAttribute: InternalFailure" in failing(stack)
    [made] = in_state(stack, VPC)

    cloud.set_faults()
    stack.up()
    assert stack.changes == {f"{VPC} vpc": "update"}
    ec2 = cloud.client("ec2")
    names = ec2.describe_vpc_attribute(VpcId=made["id"], Attribute="enableDnsHostnames")
    assert names["EnableDnsHostnames"]["Value"] is True
    mine = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.7.0.0/16"]}])["Vpcs"]
    assert [v["VpcId"] for v in mine] == [made["id"]]

    stack.up()
    assert stack.changes == {}


def test_a_partial_creation_is_completed_together_with_a_new_change(
    make_stack: MakeStack, cloud: LocalCloud
) -> None:
    tags = {"kind": "first"}

    def program() -> None:
        policies = [{"transitionToIa": "AFTER_7_DAYS"}]
        resource("aws:efs/fileSystem:FileSystem", "files", lifecyclePolicies=policies, tags=tags)

    stack = make_stack(program)
    cloud.set_faults({"operation": "PutLifecycleConfiguration", "code": "InternalServerError"})
    failing(stack)
    stack.refresh()
    tags["kind"] = "second"
    cloud.set_faults()
    stack.up()

    efs = cloud.client("efs")
    [files] = efs.describe_file_systems()["FileSystems"]
    assert files["Tags"] == [{"Key": "kind", "Value": "second"}]
    [policy] = efs.describe_lifecycle_configuration(FileSystemId=files["FileSystemId"])[
        "LifecyclePolicies"
    ]
    assert policy == {"TransitionToIA": "AFTER_7_DAYS"}


def test_a_partial_update_continues_from_the_actual_state(
    make_stack: MakeStack, cloud: LocalCloud
) -> None:
    """The call sends only the difference, which must be computed from the actual state."""
    wanted = {"groups": 1}

    def program() -> None:
        vpc = resource(VPC, "vpc", cidrBlock="10.8.0.0/16")
        subnet = resource("aws:ec2/subnet:Subnet", "net", vpcId=vpc.id, cidrBlock="10.8.1.0/24")
        group = "aws:ec2/securityGroup:SecurityGroup"
        groups = [resource(group, f"group-{i}", vpcId=vpc.id).id for i in range(2)]
        resource(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            "logs",
            vpcId=vpc.id,
            serviceName="com.amazonaws.eu-central-1.logs",
            vpcEndpointType="Interface",
            subnetIds=[subnet.id],
            securityGroupIds=groups[: wanted["groups"]],
        )

    stack = make_stack(program)
    stack.up()
    wanted["groups"] = 2
    cloud.set_faults({"operation": "ModifyVpcEndpoint", "code": "InternalError"})
    failing(stack)
    cloud.set_faults()
    stack.up()

    [endpoint] = cloud.client("ec2").describe_vpc_endpoints(
        Filters=[{"Name": "vpc-endpoint-state", "Values": ["available"]}]
    )["VpcEndpoints"]
    assert len(endpoint["Groups"]) == 2
    stack.refresh()
    assert stack.changes == {}


def test_throttled_calls_are_retried(make_stack: MakeStack, cloud: LocalCloud) -> None:
    stack = make_stack(lambda: resource("aws:sns/topic:Topic", "topic", name="throttled") and None)
    cloud.set_faults({"operation": "CreateTopic", "code": "Throttling", "times": 2})
    stack.up()
    assert cloud.faults()[0]["hits"] == 2
    topics = cloud.client("sns").list_topics()["Topics"]
    assert [t["TopicArn"].split(":")[-1] for t in topics] == ["throttled"]


def test_a_resource_deleted_outside_pulumi_is_recreated_after_a_refresh(
    make_stack: MakeStack, cloud: LocalCloud
) -> None:
    text = {"displayName": "one"}
    stack = make_stack(lambda: resource("aws:sns/topic:Topic", "topic", **text) and None)
    stack.up()
    [topic] = in_state(stack, "aws:sns/topic:Topic")
    sns = cloud.client("sns")
    sns.delete_topic(TopicArn=topic["id"])

    text["displayName"] = "two"
    assert "aws:sns/topic:Topic: SetTopicAttributes: NotFound" in failing(stack)
    stack.refresh()
    assert stack.changes == {"aws:sns/topic:Topic topic": "delete"}
    stack.up()
    [topic] = in_state(stack, "aws:sns/topic:Topic")
    attributes = sns.get_topic_attributes(TopicArn=topic["id"])["Attributes"]
    assert attributes["DisplayName"] == "two"


def test_unknown_types_and_properties_are_refused_at_preview(make_stack: MakeStack) -> None:
    def program() -> None:
        resource("aws:rds/instance:Instance", "database", engine="postgres")

    stack = make_stack(program)
    said = failing(stack, preview=True)
    assert "no row for the resource type 'aws:rds/instance:Instance'" in said

    def other_program() -> None:
        health = {"path": "/", "colour": "red"}
        resource("aws:lb/targetGroup:TargetGroup", "targets", port=80, healthCheck=health)

    stack.program = other_program
    said = failing(stack, preview=True)
    assert (
        "'healthCheck.colour' of aws:lb/targetGroup:TargetGroup is neither sent to AWS nor left out"
    ) in said


def test_a_preview_accepts_unknown_values_at_any_depth(make_stack: MakeStack) -> None:
    """An unknown target group: as a value, and inside a list or an object."""

    def program() -> None:
        vpc = resource(VPC, "vpc", cidrBlock="10.9.0.0/16")
        subnet = resource("aws:ec2/subnet:Subnet", "net", vpcId=vpc.id, cidrBlock="10.9.1.0/24")
        group = resource("aws:ec2/securityGroup:SecurityGroup", "group", vpcId=vpc.id)
        targets = resource(
            "aws:lb/targetGroup:TargetGroup",
            "targets",
            port=80,
            protocol="HTTP",
            targetType="ip",
            vpcId=vpc.id,
            arn=None,
        )
        definition = resource(
            "aws:ecs/taskDefinition:TaskDefinition",
            "task",
            family="sample",
            containerDefinitions=vpc.id.apply(
                lambda known: json.dumps([{"name": "main", "image": known, "memory": 512}])
            ),
            volumes=vpc.id.apply(lambda known: [{"name": known}]),
            arn=None,
        )
        cluster = resource("aws:ecs/cluster:Cluster", "cluster", arn=None)
        network = pulumi.Output.all(subnet.id, group.id).apply(
            lambda known: {"subnets": known[:1], "securityGroups": known[1:]}
        )
        balancer = targets.arn.apply(  # type: ignore[attr-defined]
            lambda known: [{"targetGroupArn": known, "containerName": "main", "containerPort": 80}]
        )
        resource(
            "aws:ecs/service:Service",
            "service",
            cluster=cluster.arn,  # type: ignore[attr-defined]
            taskDefinition=definition.arn,  # type: ignore[attr-defined]
            networkConfiguration=network,
            loadBalancers=balancer,
        )

    stack = make_stack(program)
    stack.preview()
    assert set(stack.changes.values()) == {"create"}
    stack.up()
    assert stack.changes["aws:ecs/service:Service service"] == "create"
    stack.preview()


# --- places --------------------------------------------------------------------------------


def test_explicit_providers_work_in_their_own_region_and_account(
    make_stack: MakeStack, cloud: LocalCloud
) -> None:
    where = {"region": "eu-west-1"}

    def program() -> None:
        there = aws.Provider("there", region=where["region"])
        role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/deployer"
        theirs = aws.Provider(
            "theirs", region="us-east-1", assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=role)]
        )
        for name, provider in {"here": None, "there": there, "theirs": theirs}.items():
            options = pulumi.ResourceOptions(provider=provider)
            topic = aws.sns.Topic(name, name="sample", opts=options)
            caller = aws.get_caller_identity_output(
                opts=pulumi.InvokeOutputOptions(provider=provider)
            )
            pulumi.export(name, pulumi.Output.all(topic.arn, topic.region, caller.account_id))
        aws.sns.Topic("single", name="single", region="eu-north-1")

    stack = make_stack(program)
    outputs = stack.up()
    account = "123456789012"
    assert outputs == {
        "here": [f"arn:aws:sns:eu-central-1:{account}:sample", "eu-central-1", account],
        "there": [f"arn:aws:sns:eu-west-1:{account}:sample", "eu-west-1", account],
        "theirs": [f"arn:aws:sns:us-east-1:{OTHER_ACCOUNT}:sample", "us-east-1", OTHER_ACCOUNT],
    }
    for region, names in {
        "eu-west-1": ["sample"],
        "eu-north-1": ["single"],
        "us-east-1": [],
    }.items():
        topics = cloud.client("sns", region).list_topics()["Topics"]
        assert [t["TopicArn"].split(":")[-1] for t in topics] == names
    stack.refresh()
    assert stack.changes == {}

    where["region"] = "eu-west-3"
    stack.up()
    assert stack.changes["aws:sns/topic:Topic there"] in ("replace", "delete-replaced")
    assert cloud.client("sns", "eu-west-1").list_topics()["Topics"] == []
    assert len(cloud.client("sns", "eu-west-3").list_topics()["Topics"]) == 1


def test_a_provider_refuses_an_account_that_is_not_allowed(make_stack: MakeStack) -> None:
    def program() -> None:
        strict = aws.Provider("strict", region="eu-west-1", allowed_account_ids=["1"])
        aws.sns.Topic("topic", opts=pulumi.ResourceOptions(provider=strict))

    assert "account 123456789012 is none of allowedAccountIds ['1']" in failing(make_stack(program))


def test_many_resources_are_created_in_parallel(make_stack: MakeStack, cloud: LocalCloud) -> None:
    number = 60

    def program() -> None:
        for i in range(number):
            resource("aws:sqs/queue:Queue", f"queue-{i}", tags={"number": str(i)})
            resource("aws:ssm/parameter:Parameter", f"value-{i}", type="String", value=str(i))

    stack = make_stack(program)
    stack.up()
    made = [key for key, op in stack.changes.items() if op == "create" and key.startswith("aws:")]
    assert len(made) == 2 * number
    assert len(cloud.client("sqs").list_queues(MaxResults=1000)["QueueUrls"]) == number
    stack.refresh()
    assert stack.changes == {}
    stack.destroy()
    assert cloud.client("sqs").list_queues().get("QueueUrls", []) == []


# --- secrets -------------------------------------------------------------------------------


def test_secret_inputs_stay_secret_in_the_state(make_stack: MakeStack, cloud: LocalCloud) -> None:
    hidden = "Zm9yIHlvdXIgZXllcyBvbmx5"

    def program() -> None:
        secret = pulumi.Output.secret(hidden)
        resource("aws:ssm/parameter:Parameter", "value", type="SecureString", value=secret)
        safe = resource("aws:secretsmanager/secret:Secret", "safe", recoveryWindowInDays=0)
        version = "aws:secretsmanager/secretVersion:SecretVersion"
        resource(version, "inside", secretId=safe.id, secretString=secret)
        role = resource("aws:iam/role:Role", "role", assumeRolePolicy="{}", arn=None)
        resource(
            FUNCTION,
            "function",
            role=role.arn,  # type: ignore[attr-defined]
            runtime="python3.13",
            handler="a.b",
            code=pulumi.AssetArchive({"a.py": pulumi.StringAsset("pass")}),
            environment={"variables": {"PLAIN": "plain", "HIDDEN": secret}},
        )

    stack = make_stack(program)
    stack.up()
    assert hidden not in state_file(stack)
    stack.refresh()
    assert stack.changes == {}
    state = state_file(stack)
    assert hidden not in state
    assert '"PLAIN":"plain"' in state
    environments = [r["inputs"]["environment"] for r in in_state(stack, FUNCTION)]
    assert hidden in json.dumps(environments)  # the engine can still read it

    [secret] = cloud.client("secretsmanager").list_secrets()["SecretList"]
    value = cloud.client("secretsmanager").get_secret_value(SecretId=secret["ARN"])
    assert value["SecretString"] == hidden
    assert PASSPHRASE not in state


def test_an_error_does_not_show_a_secret_value(make_stack: MakeStack) -> None:
    hidden = {"text": "Zm9yIHlvdXIgZXllcyBvbmx5"}

    def program() -> None:
        value = pulumi.Output.secret(hidden)
        resource("aws:ssm/parameter:Parameter", "value", type="SecureString", value=value)

    stack = make_stack(program)
    said = failing(stack)
    assert "Invalid type for parameter Value, type: <class 'dict'>" in said
    assert hidden["text"] not in said


# --- assets --------------------------------------------------------------------------------


def test_a_function_is_uploaded_again_when_its_code_changes_and_only_then(
    make_stack: MakeStack, cloud: LocalCloud
) -> None:
    code = {"index.py": "one"}

    def program() -> None:
        role = resource("aws:iam/role:Role", "role", assumeRolePolicy="{}", arn=None)
        files = {name: pulumi.StringAsset(text) for name, text in code.items()}
        resource(
            FUNCTION,
            "function",
            name="sample",
            role=role.arn,  # type: ignore[attr-defined]
            runtime="python3.13",
            handler="index.handler",
            code=pulumi.AssetArchive(files),  # type: ignore[arg-type]
        )

    def digest() -> str:
        found = cloud.client("lambda").get_function(FunctionName="sample")
        return str(found["Configuration"]["CodeSha256"])

    stack = make_stack(program)
    stack.up()
    first = digest()
    stack.up()
    assert stack.changes == {}
    code["index.py"] = "two"
    stack.up()
    assert stack.changes == {f"{FUNCTION} function": "update"}
    assert digest() != first
