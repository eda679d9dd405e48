"""Alarms, events, dashboard, notifications, logs and budget, as deployed and at work."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from fnmatch import fnmatch
from typing import Any

import pytest
from jenkins_platform.inputs import Alarm

from harness.aws.cloudwatch import alarm_named, evaluate, put_metric, run_metric_filters
from harness.aws.permissions import ACCOUNT
from harness.stacks.monitored import ARGS, REGION, MonitoredPlatform


def test_every_alarm_has_instructions_and_notifies_the_topic(monitored: MonitoredPlatform) -> None:
    alarms = monitored.client("cloudwatch").describe_alarms()["MetricAlarms"]
    ours = {a["AlarmName"].removeprefix("acme-"): a for a in alarms}
    expected = {a.value for a in Alarm}
    assert ours.keys() >= expected
    for name in expected:
        alarm = ours[name]
        assert re.fullmatch(r"\S.+\. What to do: .+\.", alarm["AlarmDescription"]), name
        assert alarm["AlarmActions"] == alarm["OKActions"] == [monitored.topic], name


def test_a_log_line_triggers_an_alarm_and_its_end(monitored: MonitoredPlatform) -> None:
    assert evaluate(monitored.cloud, "acme-log-errors") == "OK"
    monitored.messages()
    logs, group = monitored.client("logs"), monitored.outputs["controller_log_group_name"]
    logs.create_log_stream(logGroupName=group, logStreamName="controller")
    now = int(datetime.now(timezone.utc).timestamp() * 1000)
    lines = ["2026-11-21 INFO all is well", *["2026-11-21 SEVERE a plugin fails"] * 20]
    logs.put_log_events(
        logGroupName=group,
        logStreamName="controller",
        logEvents=[{"timestamp": now, "message": line} for line in lines],
    )
    run_metric_filters(monitored.cloud, group)
    assert evaluate(monitored.cloud, "acme-log-errors") == "ALARM"
    (message,) = monitored.messages()
    assert message["Subject"] == f'ALARM: "acme-log-errors" in {REGION}'
    assert json.loads(message["Message"])["AlarmDescription"] == (
        "Jenkins logged 20 messages or more of level SEVERE within 15 minutes. What to do: search "
        "the controller's log for SEVERE; the dashboard lists the latest."
    )
    assert evaluate(monitored.cloud, "acme-log-errors") == "ALARM"
    assert monitored.messages() == [], "a message is sent once"


@pytest.mark.parametrize(
    ("name", "event", "enough"),
    [
        ("controller-restarts", "controller-stopped", 3),
        # Failed backups send no separate message here; the alarm counts them anyway.
        ("backup-failed", "backup-failed", 1),
        ("spot-interruptions", "spot-interrupted", 20),
    ],
)
def test_an_alarm_counts_matched_events(
    monitored: MonitoredPlatform, name: str, event: str, enough: int
) -> None:
    alarm = alarm_named(monitored.cloud, f"acme-{name}")
    rule = monitored.found("aws:cloudwatch/eventRule:EventRule", f"event-{event}")["name"]
    assert alarm["Dimensions"] == [{"Name": "RuleName", "Value": rule}]
    targets = monitored.client("events").list_targets_by_rule(Rule=rule)["Targets"]
    assert [t["Arn"] for t in targets] == [monitored.topic] * (
        event in ARGS["monitoring"]["events"]
    )
    put_metric(monitored.cloud, "AWS/Events", "TriggeredRules", {"RuleName": rule}, enough - 1)
    assert evaluate(monitored.cloud, f"acme-{name}") == "OK"
    put_metric(monitored.cloud, "AWS/Events", "TriggeredRules", {"RuleName": rule}, 1)
    assert evaluate(monitored.cloud, f"acme-{name}") == "ALARM"


def test_a_sleeping_controller_does_not_trigger_the_down_alarm(
    monitored: MonitoredPlatform,
) -> None:
    cloud, platform = monitored.cloud, {"Platform": "acme"}
    for name in ("acme-no-healthy-target", "acme-no-running-controller"):
        assert evaluate(cloud, name) == "ALARM", "no message is sent"
    monitored.messages()
    alarm = alarm_named(cloud, "acme-no-running-controller")
    metrics = {q["Id"]: q["MetricStat"]["Metric"] for q in alarm["Metrics"] if "MetricStat" in q}
    running, asleep = metrics["m0"], metrics["m1"]
    assert (running["Namespace"], running["MetricName"]) == (
        "ECS/ContainerInsights",
        "RunningTaskCount",
    )
    assert (asleep["Namespace"], asleep["Dimensions"]) == (
        "JenkinsPlatform",
        [{"Name": "Platform", "Value": "acme"}],
    )
    put_metric(cloud, "JenkinsPlatform", "Asleep", platform, 1)
    assert evaluate(cloud, "acme-no-running-controller") == "OK"
    (message,) = monitored.messages()
    assert message["Subject"] == f'OK: "acme-no-running-controller" in {REGION}'


@pytest.mark.parametrize(
    ("cluster", "detail", "sentence"),
    [
        (
            "controller_cluster_arn",
            {
                "lastStatus": "STOPPED",
                "stopCode": "EssentialContainerExited",
                "stoppedReason": "OutOfMemoryError",
            },
            "The Jenkins controller stopped: OutOfMemoryError (EssentialContainerExited, task "
            "arn:task). ECS starts another; see its log for details.",
        ),
        (
            "controller_cluster_arn",
            {
                "lastStatus": "STOPPED",
                "stopCode": "ServiceSchedulerInitiated",
                "stoppedReason": "Scaling activity initiated by deployment",
            },
            None,
        ),
        (
            "agent_cluster_arn",
            {"lastStatus": "STOPPED", "stopCode": "TaskFailedToStart", "stoppedReason": "no image"},
            "A Jenkins agent of family:linux failed: no image (task arn:task). If it ran out of "
            "memory, raise its template's memory_mib.",
        ),
        (
            "agent_cluster_arn",
            {"lastStatus": "STOPPED", "stopCode": "UserInitiated", "stoppedReason": "done"},
            None,
        ),
        (
            "agent_cluster_arn",
            {
                "lastStatus": "RUNNING",
                "desiredStatus": "STOPPED",
                "stopCode": "SpotInterruption",
            },
            "A Jenkins agent of family:linux loses its Spot capacity in two minutes (task "
            "arn:task). Its build fails unless the pipeline retries.",
        ),
    ],
)
def test_each_event_becomes_at_most_one_message(
    monitored: MonitoredPlatform, cluster: str, detail: dict[str, Any], sentence: str | None
) -> None:
    monitored.messages()
    monitored.send(monitored.outputs[cluster], **detail)
    found = [m["Message"] for m in monitored.messages()]
    assert found == ([sentence] if sentence else [])


@pytest.mark.parametrize(("platform", "sent"), [("acme", True), ("other", False)])
def test_a_failed_build_becomes_a_message(
    monitored: MonitoredPlatform, platform: str, sent: bool
) -> None:
    monitored.messages()
    detail = {"platform": platform, "job": "shop/main", "number": 7, "url": "https://ci/job/7/"}
    event = {
        "Source": "jenkins-platform",
        "DetailType": "Build failed",
        "Detail": json.dumps(detail),
    }
    monitored.client("events").put_events(Entries=[event])
    found = [m["Message"] for m in monitored.messages()]
    assert found == ["Build 7 of shop/main failed: https://ci/job/7/"] * sent
    controller = monitored.role("controller-task")
    bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
    assert controller.may("events:PutEvents", bus, {"events:source": "jenkins-platform"})
    assert not controller.may("events:PutEvents", bus, {"events:source": "aws.ecs"})


def test_events_of_other_clusters_are_ignored(monitored: MonitoredPlatform) -> None:
    monitored.messages()
    monitored.send("arn:other", lastStatus="STOPPED", stopCode="TaskFailedToStart")
    assert monitored.messages() == []


def test_the_dashboard_refers_to_existing_metrics(monitored: MonitoredPlatform) -> None:
    body = monitored.client("cloudwatch").get_dashboard(DashboardName="acme")["DashboardBody"]
    widgets = json.loads(body)["widgets"]
    taken: set[tuple[int, int]] = set()
    for widget in widgets:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken, "widgets do not overlap"
        assert widget["x"] + widget["width"] <= 24
        taken |= cells
    text = json.dumps(widgets)
    names = (
        monitored.outputs["controller_cluster_arn"].rsplit("/", 1)[-1],
        monitored.outputs["agent_cluster_arn"].rsplit("/", 1)[-1],
        monitored.outputs["file_system_id"],
        monitored.outputs["controller_log_group_name"],
        monitored.found("aws:cloudwatch/logGroup:LogGroup", "meter")["name"],
        monitored.found("aws:ecs/taskDefinition:TaskDefinition", "agent-linux")["family"],
    )
    assert [n for n in names if n not in text] == []
    (alarms,) = [w["properties"]["alarms"] for w in widgets if w["type"] == "alarm"]
    known = {
        a["AlarmArn"] for a in monitored.client("cloudwatch").describe_alarms()["MetricAlarms"]
    }
    assert set(alarms) <= known
    assert len(alarms) == len(Alarm)
    used = {i for i in re.findall(r"\b([a-z]+\d*)/", text) if i}
    assert used, "there are expressions"
    for widget in widgets:
        for series in widget["properties"].get("metrics", []):
            if isinstance(series[0], dict):
                ids = {s[-1]["id"] for s in widget["properties"]["metrics"] if "id" in s[-1]}
                wanted = set(re.findall(r"[a-z]+[a-z0-9]*", series[0]["expression"]))
                assert wanted <= ids, series


def test_the_topic_is_encrypted_and_only_services_publish(monitored: MonitoredPlatform) -> None:
    sns = monitored.client("sns")
    attributes = sns.get_topic_attributes(TopicArn=monitored.topic)["Attributes"]
    statements = json.loads(attributes["Policy"])["Statement"]
    principals = {s["Principal"]["Service"] for s in statements}
    assert principals == {f"{s}.amazonaws.com" for s in ("budgets", "cloudwatch", "events")}
    policy = monitored.client("kms").get_key_policy(
        KeyId=attributes["KmsMasterKeyId"], PolicyName="default"
    )["Policy"]
    (use,) = [s for s in json.loads(policy)["Statement"] if s["Sid"] == "PublishToOurTopic"]
    assert use["Condition"] == {
        "StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": monitored.topic}
    }
    listening = sns.list_subscriptions_by_topic(TopicArn=monitored.topic)["Subscriptions"]
    assert {(s["Protocol"], s["Endpoint"]) for s in listening} >= {
        ("email", "ops@example.com"),
        ("https", "https://pager.example.com/hook?key=abc"),
    }
    states = list((monitored.stack.folder / "state").rglob("stacks/**/*.json"))
    assert states
    for state in states:
        assert "pager.example.com" not in state.read_text(), "a webhook's URL is a secret"


def test_the_key_of_the_logs_is_limited_to_their_groups(monitored: MonitoredPlatform) -> None:
    groups = monitored.client("logs").describe_log_groups(logGroupNamePrefix="acme-")["logGroups"]
    (key,) = {g["kmsKeyId"] for g in groups}
    policy = json.loads(
        monitored.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    )
    (use,) = [s for s in policy["Statement"] if s["Sid"] == "OnlyOurLogGroups"]
    arns = use["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    own, firewall = arns
    assert all(fnmatch(g["arn"].removesuffix(":*"), own) for g in groups)
    assert not fnmatch(groups[0]["arn"].replace(":acme-", ":other-").removesuffix(":*"), own)
    assert firewall.endswith(":log-group:aws-waf-logs-acme")
    roles = (
        "agents",
        "controller",
        "flow-logs",
        "meter",
        "reaper",
        "spot-breaker",
        "wake-page",
        "webhook-delivery",
        "webhook-receiver",
        "working-hours",
    )
    assert sorted(g["logGroupName"] for g in groups) == [f"acme-{r}" for r in roles]


def test_the_budget_covers_the_platform_tag(monitored: MonitoredPlatform) -> None:
    budgets = monitored.client("budgets")
    (budget,) = budgets.describe_budgets(AccountId=ACCOUNT)["Budgets"]
    assert budget["BudgetName"] == "acme-month"
    assert budget["BudgetLimit"] == {"Amount": "200", "Unit": "USD"}
    assert budget["CostFilters"] == {"TagKeyValue": ["user:JenkinsPlatform$jenkins"]}
    notifications = budgets.describe_notifications_for_budget(
        AccountId=ACCOUNT, BudgetName="acme-month"
    )
    assert {(n["NotificationType"], n["Threshold"]) for n in notifications["Notifications"]} == {
        ("ACTUAL", 80.0),
        ("ACTUAL", 100.0),
        ("FORECASTED", 100.0),
    }


def test_rejected_traffic_is_logged(monitored: MonitoredPlatform) -> None:
    (flow,) = monitored.client("ec2").describe_flow_logs(
        Filters=[{"Name": "resource-id", "Values": [monitored.outputs["vpc_id"]]}]
    )["FlowLogs"]
    assert flow["TrafficType"] == "REJECT"
    assert flow["LogDestination"].endswith(":log-group:acme-flow-logs")
