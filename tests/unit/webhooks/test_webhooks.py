"""The endpoint for webhooks: who may call what, and how long webhooks wait."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from jenkins_platform.functions.webhook_receiver import PATHS
from jenkins_platform.testing import Registration
from jenkins_platform.webhooks import webhooks as component

from harness.inputs.lean import SMALL
from harness.stacks.mocks import platform
from harness.stacks.parts import parts, webhooks
from harness.stacks.registered import ACCOUNT, by_role, inputs, of_type, statements

ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
SECRET = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:hooks-AbCdEf"
ARGS: dict[str, Any] = {**SMALL, "webhooks": {"github_secret_arn": SECRET}}
ALARM: dict[str, Any] = {**ARGS, "monitoring": {"alarms": {"webhook_minutes": 60}}}
AWAKE_BY_WEBHOOK: dict[str, Any] = {
    **SMALL,
    "webhooks": {"github_secret_arn": SECRET, "wake": True, "max_concurrency": 20},
    "schedule": {},
}
FUNCTION = "aws:lambda/function:Function"
POLICY = "aws:iam/rolePolicy:RolePolicy"


@cache
def endpoint(connection: str = "cloud-map") -> list[Registration]:
    return parts(webhooks, {**ARGS, "agent_cloud": {"connection": connection}})


def policy(found: list[Registration], role: str) -> dict[str, dict[str, Any]]:
    return statements(of_type(found, POLICY)[role].inputs["policy"])


def test_without_the_input_there_is_no_endpoint() -> None:
    assert by_role("aws:lambda/functionUrl:FunctionUrl", SMALL) == {}
    assert by_role("aws:sqs/queue:Queue", SMALL) == {}


def test_anyone_may_call_the_function_that_verifies_and_only_by_its_url() -> None:
    (url,) = of_type(endpoint(), "aws:lambda/functionUrl:FunctionUrl").values()
    assert url.inputs == {
        "functionName": "jenkins-webhook-receiver",
        "authorizationType": "NONE",
    }
    permissions = of_type(endpoint(), "aws:lambda/permission:Permission")
    assert {role: inputs(p) for role, p in permissions.items()} == {
        "webhooks-url": {
            "function": "jenkins-webhook-receiver",
            "action": "lambda:InvokeFunctionUrl",
            "principal": "*",
            "functionUrlAuthType": "NONE",
        },
        "webhooks-url-function": {
            "function": "jenkins-webhook-receiver",
            "action": "lambda:InvokeFunction",
            "principal": "*",
            "invokedViaFunctionUrl": True,
        },
    }


def test_the_function_that_verifies_reaches_no_vpc_and_reads_only_its_secrets() -> None:
    function = of_type(endpoint(), FUNCTION)["webhook-receiver"]
    assert "vpcConfig" not in function.inputs
    assert "reservedConcurrentExecutions" not in function.inputs
    assert function.inputs["environment"]["variables"] == {
        "QUEUE_URL": "jenkins-webhooks-id",
        "SECRETS": json.dumps({"github": SECRET}),
    }
    allowed = policy(endpoint(), "webhook-receiver")
    assert {sid: (s["Action"], s["Resource"]) for sid, s in allowed.items()} == {
        "WriteLogs": (
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:jenkins-abcdef-webhook-receiver:*",
        ),
        "KeepWebhooks": (["sqs:SendMessage"], f"{ARN}:jenkins-webhooks"),
        "ReadSecrets": (["secretsmanager:GetSecretValue"], [SECRET]),
        "DecryptSecrets": (["kms:Decrypt"], [f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/*"]),
    }


def test_the_function_that_delivers_reads_no_secret_and_cannot_use_ec2_itself() -> None:
    function = of_type(endpoint(), FUNCTION)["webhook-delivery"]
    assert function.inputs["vpcConfig"]["securityGroupIds"] == ["jenkins-webhooks-id"]
    allowed = policy(endpoint(), "webhook-delivery")
    assert allowed.keys() == {
        *("WriteLogs", "TakeWebhooks", "ConnectToTheVpc", "LookAtTheVpc", "NotForItsOwnCode")
    }
    assert allowed["TakeWebhooks"]["Resource"] == f"{ARN}:jenkins-webhooks"
    own = allowed["NotForItsOwnCode"]
    assert own["Effect"] == "Deny"
    assert set(own["Action"]) == {
        *allowed["ConnectToTheVpc"]["Action"],
        *allowed["LookAtTheVpc"]["Action"],
    }
    assert own["Condition"] == {
        "ArnLike": {"lambda:SourceFunctionArn": f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:*"}
    }


def test_webhooks_wait_longer_than_a_weekend_and_are_kept_after_that() -> None:
    queues = of_type(endpoint(), "aws:sqs/queue:Queue")
    waiting = queues["webhooks"].inputs
    assert waiting["sqsManagedSseEnabled"] is True
    assert queues["webhooks-lost"].inputs["sqsManagedSseEnabled"] is True
    redrive = json.loads(waiting["redrivePolicy"])
    assert redrive["deadLetterTargetArn"] == f"{ARN}:jenkins-webhooks-lost"
    delivery = of_type(endpoint(), FUNCTION)["webhook-delivery"].inputs["timeout"]
    assert (delivery, waiting["visibilityTimeoutSeconds"]) == (60, 6 * 60), "as Lambda recommends"
    assert redrive["maxReceiveCount"] == 1000
    hours = redrive["maxReceiveCount"] * waiting["visibilityTimeoutSeconds"] / 3600
    assert hours >= 4 * 24
    for queue in queues.values():
        assert queue.inputs["messageRetentionSeconds"] == 14 * 24 * 3600


def test_a_failed_webhook_does_not_hold_up_the_others_of_its_batch() -> None:
    kind = "aws:lambda/eventSourceMapping:EventSourceMapping"
    (mapping,) = map(inputs, of_type(endpoint(), kind).values())
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["eventSourceArn"] == f"{ARN}:jenkins-webhooks"
    assert mapping["batchSize"] * 10 <= component.DELIVERY_SECONDS, "ten seconds for each"


@pytest.mark.parametrize(
    ("connection", "target"),
    [("cloud-map", "controller"), ("web-socket", "controller"), ("network-load-balancer", "agent")],
)
def test_the_function_that_delivers_connects_to_jenkins_only(connection: str, target: str) -> None:
    found = endpoint(connection)
    rules = of_type(found, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    (out,) = [
        r.inputs for r in rules.values() if r.inputs["securityGroupId"] == "jenkins-webhooks-id"
    ]
    assert out["referencedSecurityGroupId"].startswith(f"jenkins-{target}")
    assert (out["fromPort"], out["toPort"]) == (8080, 8080)
    url = of_type(found, FUNCTION)["webhook-delivery"].inputs["environment"]["variables"]
    assert url["JENKINS_URL"].endswith(":8080/")


def test_only_with_wake_a_webhook_wakes_jenkins() -> None:
    function = by_role(FUNCTION, AWAKE_BY_WEBHOOK)["webhook-receiver"]
    assert function.inputs["environment"]["variables"]["WORKING_HOURS"] == "jenkins-working-hours"
    assert function.inputs["reservedConcurrentExecutions"] == 20
    allowed = policy(platform(AWAKE_BY_WEBHOOK), "webhook-receiver")
    assert allowed["Invoke"]["Resource"] == f"{ARN}:jenkins-working-hours"
    asleep = platform(ALARM | {"schedule": {}})
    assert "Invoke" not in policy(asleep, "webhook-receiver")


def test_a_platform_gives_each_function_its_place_and_secrets() -> None:
    functions = by_role(FUNCTION, AWAKE_BY_WEBHOOK)
    place = functions["webhook-delivery"].inputs["vpcConfig"]
    assert place["securityGroupIds"] == ["jenkins-webhooks-id"]
    known = functions["webhook-receiver"].inputs["environment"]["variables"]["SECRETS"]
    assert json.loads(known) == {"github": SECRET}


def test_the_secrets_may_be_those_of_the_sources() -> None:
    github = {
        "app_id": "1",
        "private_key_secret_arn": SECRET,
        "organizations": ["acme"],
        "webhook_secret_arn": f"{SECRET}:hook::",
    }
    token = {"token_secret_arn": SECRET, "webhook_secret_arn": f"{SECRET}:own::"}
    sources = {
        "github": github,
        "gitlab": {**token, "groups": ["team"]},
        "bitbucket": {**token, "workspaces": ["shop"]},
    }
    args = {**SMALL, "jenkins": sources, "webhooks": {"gitlab_secret_arn": SECRET}}
    function = of_type(parts(webhooks, args), FUNCTION)["webhook-receiver"]
    known = json.loads(function.inputs["environment"]["variables"]["SECRETS"])
    assert known == {
        "github": f"{SECRET}:hook::",
        "gitlab": SECRET,
        "bitbucket": f"{SECRET}:own::",
    }
    assert known.keys() <= set(PATHS.values())


def test_waiting_webhooks_raise_an_alarm_only_while_jenkins_is_awake() -> None:
    alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
    waiting = by_role(alarm, ALARM)["webhooks-waiting"].inputs
    assert waiting["metricName"] == "ApproximateAgeOfOldestMessage"
    assert waiting["dimensions"] == {"QueueName": "jenkins-webhooks"}
    assert (waiting["threshold"], waiting["evaluationPeriods"]) == (3600, 1)
    lost = by_role(alarm, ALARM)["webhooks-lost"].inputs
    assert lost["dimensions"] == {"QueueName": "jenkins-webhooks-lost"}
    sleeps = by_role(alarm, ALARM | {"schedule": {}})["webhooks-waiting"].inputs
    assert sleeps["metricQueries"][0]["expression"] == "IF(FILL(m1, 0) > 0, 0, m0)"
    assert sleeps["metricQueries"][2]["metric"]["metricName"] == "Asleep"
    assert sleeps["evaluationPeriods"] == 12
