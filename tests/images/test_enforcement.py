"""IAM on the embedded cloud: what tasks and functions may do with the credentials they get."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from localcloud.cloud import LocalCloud

from harness.docker.engine import Engine
from harness.docker.tasks import GROUP, Messages, Place, living_cloud, shell, wait_until

pytestmark = pytest.mark.long

SIGNED = r"""
given=$(curl -fs http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI)
field() { echo "$given" | sed -nE "s/.*\"$1\" *: *\"([^\"]*)\".*/\1/p"; }
call() {
  curl -sS --aws-sigv4 "aws:amz:eu-central-1:$1" \
    --user "$(field AccessKeyId):$(field SecretAccessKey)" \
    -H "x-amz-security-token: $(field Token)" -H "Content-Type: application/x-amz-json-1.1" \
    -H "X-Amz-Target: $2" -d "$3" "https://$1.eu-central-1.amazonaws.com/"
  echo
}
"""
ECS = "AmazonEC2ContainerServiceV20141113"
FUNCTION = """
import os, boto3

def handler(event, context):
    print("called with", event)
    if event.get("fail"):
        raise ValueError("as asked")
    return boto3.client("ssm").get_parameter(Name=os.environ["NAME"])["Parameter"]["Value"]
"""


@pytest.fixture(scope="module")
def living(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with living_cloud(engine, tmp_path_factory.mktemp("enforcement")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def place(living: LocalCloud) -> Place:
    return Place(living)


def called(place: Place, role: str, *calls: tuple[str, str, dict[str, Any]]) -> list[Any]:
    """What calls answer that a task makes with its role, by TLS and at AWS's own names."""
    script = SIGNED + "\n".join(
        f"call {service} {target} '{json.dumps(request)}'" for service, target, request in calls
    )
    task = place.run(shell(script), taskRoleArn=role, family="caller")
    return [json.loads(line) for line in place.printed(task) if line]


def test_a_task_may_do_what_its_role_says_and_nothing_else(place: Place) -> None:
    secrets = place.cloud.client("secretsmanager")
    mine, other = (
        secrets.create_secret(Name=name, SecretString=name)["ARN"] for name in ("mine", "other")
    )
    role = place.role("reader", {"Action": "secretsmanager:GetSecretValue", "Resource": mine})
    target = "secretsmanager.GetSecretValue"
    read, denied = called(
        place,
        role,
        ("secretsmanager", target, {"SecretId": mine}),
        ("secretsmanager", target, {"SecretId": other}),
    )
    assert read["SecretString"] == "mine"
    assert denied["__type"] == "AccessDeniedException"
    assert denied["message"].startswith("User: arn:aws:sts::123456789012:assumed-role/reader/")
    assert denied["message"].endswith(
        f" is not authorized to perform: secretsmanager:GetSecretValue on resource: {other}"
        " because no identity-based policy allows the secretsmanager:GetSecretValue action"
    )


def test_run_task_is_judged_on_definition_cluster_and_roles(place: Place) -> None:
    passed, kept = place.role("passed"), place.role("kept")
    good = place.define(shell("true"), family="good", taskRoleArn=passed)
    foreign = place.define(shell("true"), family="foreign", taskRoleArn=passed)
    greedy = place.define(shell("true"), family="good-greedy", taskRoleArn=kept)
    place.ecs.create_cluster(clusterName="elsewhere")
    cluster = "arn:aws:ecs:eu-central-1:123456789012:cluster/test"
    role = place.role(
        "runner",
        {
            "Action": "ecs:RunTask",
            "Resource": "arn:aws:ecs:eu-central-1:123456789012:task-definition/good*",
            "Condition": {"ArnEquals": {"ecs:cluster": cluster}},
        },
        {
            "Action": "iam:PassRole",
            "Resource": passed,
            "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        },
    )
    request = {"launchType": "FARGATE", "networkConfiguration": place.network, "cluster": "test"}
    allowed, *denied = called(
        place,
        role,
        ("ecs", f"{ECS}.RunTask", {**request, "taskDefinition": good}),
        ("ecs", f"{ECS}.RunTask", {**request, "taskDefinition": foreign}),
        ("ecs", f"{ECS}.RunTask", {**request, "taskDefinition": good, "cluster": "elsewhere"}),
        ("ecs", f"{ECS}.RunTask", {**request, "taskDefinition": greedy}),
        ("ecs", f"{ECS}.ListClusters", {}),
    )
    assert allowed["tasks"][0]["taskDefinitionArn"] == good
    assert [d["message"].split(" perform: ")[1].split(" because")[0] for d in denied] == [
        f"ecs:RunTask on resource: {foreign}",
        f"ecs:RunTask on resource: {good}",
        f"iam:PassRole on resource: {kept}",
        "ecs:ListClusters on resource: *",
    ]


def test_a_container_cannot_use_the_key_of_the_cloud_itself(place: Place) -> None:
    forged = (
        "curl -sS --aws-sigv4 aws:amz:eu-central-1:ecs --user localcloud:x -d '{}'"
        ' -H "Content-Type: application/x-amz-json-1.1"'
        f' -H "X-Amz-Target: {ECS}.ListClusters" https://ecs.eu-central-1.amazonaws.com/; echo;'
        "curl -s https://ecs.eu-central-1.amazonaws.com/localcloud/tasks"
    )
    refusals = place.printed(place.run(shell(forged)))
    assert len(refusals) == 2
    assert all("InvalidClientTokenId" in refusal for refusal in refusals)


def test_the_execution_role_must_be_allowed_to_read_secrets(place: Place) -> None:
    arn = place.cloud.client("secretsmanager").create_secret(Name="x", SecretString="x")["ARN"]
    role = place.role("execution", {"Action": "logs:*"})
    container = shell("true", secrets=[{"name": "X", "valueFrom": arn}])
    task = place.run(container, executionRoleArn=role)
    assert task["stopCode"] == "TaskFailedToStart"
    assert "AccessDeniedException" in task["stoppedReason"]
    assert "assumed-role/execution/" in task["stoppedReason"]


@pytest.fixture(scope="module")
def function(place: Place) -> str:
    """ARN of a function that reads one parameter."""
    ssm = place.cloud.client("ssm")
    for name in ("good", "bad"):
        ssm.put_parameter(Name=name, Value=f"value of {name}", Type="String")
    resource = "arn:aws:ssm:eu-central-1:123456789012:parameter/good"
    role = place.role("function", {"Action": "ssm:GetParameter", "Resource": resource})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("reading.py", FUNCTION)
    place.cloud.client("logs").create_log_group(logGroupName="functions")
    answer = place.cloud.client("lambda").create_function(
        FunctionName="reading",
        Runtime="python3.13",
        Role=role,
        Handler="reading.handler",
        Code={"ZipFile": packed.getvalue()},
        Environment={"Variables": {"NAME": "good"}},
        LoggingConfig={"LogGroup": "functions"},
        Timeout=30,
    )
    return str(answer["FunctionArn"])


def invoked(place: Place, function: str, event: dict[str, Any]) -> tuple[bool, Any]:
    """Whether a call failed, and what it answered."""
    answer = place.cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return "FunctionError" in answer, json.loads(answer["Payload"].read())


def test_a_function_runs_with_its_role(place: Place, function: str) -> None:
    assert invoked(place, function, {}) == (False, "value of good")
    functions = place.cloud.client("lambda")
    functions.update_function_configuration(
        FunctionName="reading", Environment={"Variables": {"NAME": "bad"}}
    )
    failed, error = invoked(place, function, {})
    assert failed
    assert "AccessDeniedException" in error["errorMessage"]
    assert "ssm:GetParameter on resource" in error["errorMessage"]
    functions.update_function_configuration(
        FunctionName="reading", Environment={"Variables": {"NAME": "good"}}
    )


def test_a_function_that_raises_says_so_and_logs(place: Place, function: str) -> None:
    assert invoked(place, function, {"fail": True}) == (
        True,
        {"errorType": "ValueError", "errorMessage": "as asked"},
    )
    assert any("ValueError: as asked" in line for line in function_log(place))


def function_log(place: Place) -> list[str]:
    events = place.cloud.client("logs").filter_log_events(logGroupName="functions")["events"]
    return [event["message"] for event in events]


def test_schedules_call_when_time_moves_on(place: Place, function: str) -> None:
    scheduler = place.cloud.client("scheduler")
    target = {"Arn": function, "RoleArn": place.role("scheduler")}
    for name, expression in (("daily", "cron(0 7 * * ? *)"), ("never", "cron(0 7 1 1 ? 2199)")):
        scheduler.create_schedule(
            Name=name,
            ScheduleExpression=expression,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={**target, "Input": json.dumps({"name": name})},
        )
    (called_arn,) = place.cloud.advance(24 * 3600)
    assert called_arn.endswith("/daily")
    assert "called with {'name': 'daily'}" in function_log(place)
    assert place.cloud.advance(1) == []


def test_events_of_tasks_reach_functions(place: Place, function: str) -> None:
    events = place.cloud.client("events")
    pattern = {"source": ["aws.ecs"], "detail": {"lastStatus": ["STOPPED"]}}
    events.put_rule(Name="stopped", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="stopped", Targets=[{"Id": "f", "Arn": function}])
    task = place.run(shell("true"))
    wait_until(lambda: any(task["taskArn"] in line for line in function_log(place)))
    events.remove_targets(Rule="stopped", Ids=["f"])


def test_alarms_count_lines_events_and_errors_of_functions(place: Place, function: str) -> None:
    messages = Messages.make(place.cloud, "counted")
    place.cloud.client("logs").put_metric_filter(
        logGroupName=GROUP,
        filterName="severe",
        filterPattern='"SEVERE"',
        metricTransformations=[
            {"metricName": "Severe", "metricNamespace": "Tests", "metricValue": "1"}
        ],
    )
    place.cloud.client("events").put_rule(
        Name="counted",
        EventPattern=json.dumps({"source": ["aws.ecs"], "detail": {"stopCode": ["UserInitiated"]}}),
    )
    for name, namespace, metric, dimensions in (
        ("lines", "Tests", "Severe", {}),
        ("events", "AWS/Events", "TriggeredRules", {"RuleName": "counted"}),
        ("errors", "AWS/Lambda", "Errors", {"FunctionName": "reading"}),
    ):
        place.cloud.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace=namespace,
            MetricName=metric,
            Dimensions=[{"Name": k, "Value": v} for k, v in dimensions.items()],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[messages.topic],
        )
    place.cloud.advance(120)  # what other tests did is past
    task = place.start(place.define(shell("echo SEVERE; exec sleep 300", stopTimeout=2)))
    assert messages.next()["AlarmName"] == "lines"
    place.ecs.stop_task(cluster=place.cluster, task=task)
    assert messages.next()["AlarmName"] == "events"
    invoked(place, function, {"fail": True})
    assert messages.next()["AlarmName"] == "errors"
