"""Rules for events: what each matches, and the message that it sends."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jenkins_platform.inputs import Event

from harness.inputs.lean import SMALL
from harness.stacks.parts import monitoring, parts
from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role, inputs, of_type

RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
BY_CHOICE = {Event.SPOT_INTERRUPTED, Event.BUILD_FAILED}
BUILDS: dict[str, Any] = {**SMALL, "monitoring": {"events": ["build-failed"]}}
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"


def pattern(role: str, args: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(by_role(RULE, args)[role].inputs["eventPattern"])
    return found


def tasks(cluster: str, **detail: object) -> dict[str, Any]:
    return {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {"clusterArn": [f"{ARN}:jenkins-{cluster}"], **detail},
    }


def test_a_controller_that_ends_by_itself_matches() -> None:
    assert pattern("event-controller-stopped") == tasks(
        "controller",
        **{
            "lastStatus": ["STOPPED"],
            "$or": [
                {"stopCode": ["EssentialContainerExited", "TaskFailedToStart"]},
                {"stoppedReason": [{"prefix": "Task failed"}]},
            ],
        },
    )


def test_an_agent_that_does_not_start_or_runs_out_of_memory_matches() -> None:
    assert pattern("event-agent-failed") == tasks(
        "agents",
        **{
            "lastStatus": ["STOPPED"],
            "$or": [
                {"stopCode": ["TaskFailedToStart"]},
                {"containers": {"reason": [{"prefix": "OutOfMemory"}]}},
            ],
        },
    )


def test_a_spot_interruption_matches_once_at_its_warning() -> None:
    assert pattern("event-spot-interrupted") == tasks(
        "agents",
        stopCode=["SpotInterruption"],
        lastStatus=["RUNNING"],
        desiredStatus=["STOPPED"],
    )


def test_a_failed_deployment_of_the_service_matches() -> None:
    assert pattern("event-deployment-failed") == {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Deployment State Change"],
        "resources": [f"{ARN}:jenkins-controller"],
        "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
    }


def test_failed_backups_copies_and_restores_match() -> None:
    failures = ["ABORTED", "EXPIRED", "FAILED"]
    assert pattern("event-backup-failed") == {
        "source": ["aws.backup"],
        "detail-type": [
            "Backup Job State Change",
            "Copy Job State Change",
            "Restore Job State Change",
        ],
        "detail": {
            "$or": [
                {"backupVaultArn": [f"{ARN}:jenkins-backup"], "state": failures},
                {"sourceBackupVaultArn": [f"{ARN}:jenkins-backup"], "state": failures},
                {"iamRoleArn": [f"{ARN}:jenkins-backup"], "status": failures},
            ]
        },
    }


def test_failed_restores_match_while_no_backups_are_scheduled() -> None:
    found = parts(monitoring, {"backup": {"enabled": False}})
    assert "event-backup-failed" in of_type(found, TARGET)


def test_failed_builds_of_this_platform_match_by_choice() -> None:
    assert pattern("event-build-failed", BUILDS) == {
        "source": ["jenkins-platform"],
        "detail-type": ["Build failed"],
        "detail": {"platform": ["jenkins-abcdef"]},
    }
    transformer = by_role(TARGET, BUILDS)["event-build-failed"].inputs["inputTransformer"]
    assert json.loads(transformer["inputTemplate"]) == "Build <number> of <job> failed: <url>"
    assert transformer["inputPaths"] == {
        "number": "$.detail.number",
        "job": "$.detail.job",
        "url": "$.detail.url",
    }


@pytest.mark.parametrize("args", [{}, BUILDS], ids=["default", "chosen"])
def test_jenkins_may_report_builds_only_if_it_does(args: dict[str, Any]) -> None:
    policy = by_role("aws:iam/rolePolicy:RolePolicy", args)["controller-task"].inputs["policy"]
    granted = [s for s in json.loads(policy)["Statement"] if s["Sid"] == "ReportBuilds"]
    expected = {
        "Sid": "ReportBuilds",
        "Effect": "Allow",
        "Action": ["events:PutEvents"],
        "Resource": f"arn:aws:events:eu-central-1:{ACCOUNT}:event-bus/default",
        "Condition": {"StringEquals": {"events:source": "jenkins-platform"}},
    }
    assert granted == ([expected] if args else [])
    task = by_role("aws:ecs/taskDefinition:TaskDefinition", args)["controller"]
    (container,) = json.loads(task.inputs["containerDefinitions"])
    variables = {v["name"]: v["value"] for v in container["environment"]}
    assert variables.get("BUILD_EVENTS") == ("jenkins-abcdef" if args else None)


def test_events_of_single_builds_are_not_sent_by_default() -> None:
    sent = {role for role, r in by_role(TARGET).items() if "inputTransformer" in r.inputs}
    assert sent == {f"event-{event.value}" for event in set(Event) - BY_CHOICE}


def test_a_message_uses_every_value_that_it_reads_from_the_event() -> None:
    for role, target in by_role(TARGET).items():
        assert target.inputs["rule"] == f"jenkins-{role}"
        assert target.inputs["arn"] == f"{ARN}:jenkins-monitoring"
        transformer = target.inputs["inputTransformer"]
        sentence = json.loads(transformer["inputTemplate"])
        assert set(re.findall(r"<(\w+)>", sentence)) == set(transformer["inputPaths"]), role


def test_messages_for_chat_have_the_schema_of_custom_notifications() -> None:
    args = {"monitoring": {"message_format": "chat"}}
    found = of_type(parts(monitoring, args), TARGET)
    assert found.keys() == by_role(TARGET).keys()
    for role, target in found.items():
        message = json.loads(target.inputs["inputTransformer"]["inputTemplate"])
        text = json.loads(by_role(TARGET)[role].inputs["inputTransformer"]["inputTemplate"])
        assert message == {
            "version": "1.0",
            "source": "custom",
            "content": {
                "textType": "client-markdown",
                "title": "Jenkins jenkins",
                "description": text,
            },
        }


def test_values_are_read_from_the_event_by_path() -> None:
    paths = {
        role: target.inputs["inputTransformer"]["inputPaths"]
        for role, target in by_role(TARGET).items()
    }
    task = "$.detail.taskArn"
    assert paths == {
        "event-controller-stopped": {
            "task": task,
            "reason": "$.detail.stoppedReason",
            "code": "$.detail.stopCode",
        },
        "event-agent-failed": {
            "task": task,
            "reason": "$.detail.stoppedReason",
            "group": "$.detail.group",
        },
        "event-deployment-failed": {
            "reason": "$.detail.reason",
            "deployment": "$.detail.deploymentId",
        },
        "event-backup-failed": {
            "what": "$.detail-type",
            "state": "$.detail.state",
            "status": "$.detail.status",
            "reason": "$.detail.statusMessage",
        },
    }


def test_the_meter_counts_agents_that_start_and_end() -> None:
    assert pattern("meter-tasks", EVERYTHING) == tasks("agents", lastStatus=["RUNNING", "STOPPED"])
    assert inputs(by_role(TARGET, EVERYTHING)["meter-tasks"]) == {
        "rule": "jenkins-meter-tasks",
        "arn": f"{ARN}:jenkins-meter",
    }
    assert inputs(by_role("aws:lambda/permission:Permission", EVERYTHING)["meter-tasks"]) == {
        "function": "jenkins-meter",
        "action": "lambda:InvokeFunction",
        "principal": "events.amazonaws.com",
        "sourceArn": f"{ARN}:jenkins-meter-tasks",
    }
