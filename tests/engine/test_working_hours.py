"""Working hours, the wake page and the reaper, as deployed and at work."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from jenkins_platform.functions import reaper, wake_page, working_hours
from jenkins_platform.functions.states import HIDDEN

from harness.aws.functions import deployed, embedded_metrics, invoke
from harness.stacks.monitored import MonitoredPlatform


def test_working_hours_scale_the_service_and_an_up_keeps_it(
    monitored: MonitoredPlatform, capsys: pytest.CaptureFixture[str]
) -> None:
    hours = monitored.found("aws:lambda/function:Function", "working-hours")["name"]
    elb = monitored.client("elbv2")
    rule = monitored.found("aws:lb/listenerRule:ListenerRule", "wake-page")["arn"]

    def page() -> str:
        (found,) = elb.describe_rules(RuleArns=[rule])["Rules"]
        (condition,) = found["Conditions"]
        return str(condition.get("PathPatternConfig", condition)["Values"][0])

    assert page() == HIDDEN
    assert invoke(monitored.cloud, hours, {"action": "end"})["state"] == "asleep"
    assert (monitored.service()["desiredCount"], page()) == (0, "/*")
    (line,) = embedded_metrics(capsys.readouterr().out)
    assert (line["Platform"], line["Asleep"]) == ("acme", 1)
    monitored.stack.refresh()
    monitored.stack.up()
    assert monitored.stack.changes == {}, "an up at night does not wake the controller"
    assert (monitored.service()["desiredCount"], page()) == (0, "/*")
    assert invoke(monitored.cloud, hours, {"action": "wake"})["state"] == "waking"
    assert monitored.service()["desiredCount"] == 1


def test_working_hours_wait_for_builds(
    monitored: MonitoredPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = monitored.found("aws:lambda/function:Function", "working-hours")["name"]
    task = run_agent(monitored)
    answer = invoke(monitored.cloud, hours, {"action": "end"})
    assert answer == {"state": "falling asleep", "because": "1 agents are still running"}
    assert monitored.service()["desiredCount"] == 1
    monitored.client("ecs").stop_task(cluster=monitored.outputs["agent_cluster_arn"], task=task)
    assert invoke(monitored.cloud, hours, {"action": "settle"})["state"] == "asleep"
    assert invoke(monitored.cloud, hours, {"action": "start"})["state"] == "waking"
    with deployed(monitored.cloud, hours) as found:
        (holiday,) = json.loads(found["Environment"]["Variables"]["HOLIDAYS"])
    monkeypatch.setattr(working_hours.time, "time", lambda: holiday[0] + 3600)
    invoke(monitored.cloud, hours, {"action": "end"})
    assert invoke(monitored.cloud, hours, {"action": "start"})["because"] == "today is a holiday"
    assert invoke(monitored.cloud, hours, {"action": "wake"})["state"] == "waking"


def run_agent(monitored: MonitoredPlatform) -> str:
    definition = monitored.found("aws:ecs/taskDefinition:TaskDefinition", "agent-linux")["family"]
    subnet = monitored.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    (task,) = monitored.client("ecs").run_task(
        cluster=monitored.outputs["agent_cluster_arn"],
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": [subnet],
                "securityGroups": [monitored.outputs["agent_security_group_id"]],
            }
        },
    )["tasks"]
    return str(task["taskArn"])


def test_the_reaper_stops_an_old_agent(
    monitored: MonitoredPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = monitored.found("aws:lambda/function:Function", "reaper")["name"]
    task = run_agent(monitored)
    assert invoke(monitored.cloud, function, {}) == {"stopped": []}, "it is young"

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(hours=25)

    monkeypatch.setattr(reaper, "datetime", Tomorrow)
    assert task in invoke(monitored.cloud, function, {})["stopped"]
    cluster = monitored.outputs["agent_cluster_arn"]
    (stopped,) = monitored.client("ecs").describe_tasks(cluster=cluster, tasks=[task])["tasks"]
    assert stopped["stoppedReason"] == (
        "Older than 24 hours: stopped by the reaper of jenkins-platform"
    )


def test_schedules_match_the_windows(monitored: MonitoredPlatform) -> None:
    scheduler = monitored.client("scheduler")
    found = {}
    for summary in scheduler.list_schedules()["Schedules"]:
        if summary["Name"].startswith("acme-"):
            schedule = scheduler.get_schedule(Name=summary["Name"], GroupName=summary["GroupName"])
            found[summary["Name"].removeprefix("acme-")] = (
                schedule["ScheduleExpression"],
                schedule["ScheduleExpressionTimezone"],
                json.loads(schedule["Target"]["Input"]),
            )
    zone = "Europe/Vienna"
    week = "MON,TUE,WED,THU,FRI"
    assert found == {
        "reaper-every-half-hour": ("rate(30 minutes)", "UTC", {}),
        "working-hours-settle": ("rate(2 minutes)", zone, {"action": "settle"}),
        "working-hours-start-0": (f"cron(30 7 ? * {week} *)", zone, {"action": "start"}),
        "working-hours-start-1": ("cron(0 9 ? * SAT *)", zone, {"action": "start"}),
        "working-hours-end-0": ("cron(0 12 ? * SAT *)", zone, {"action": "end"}),
        "working-hours-end-1": (f"cron(0 19 ? * {week} *)", zone, {"action": "end"}),
    }


def test_each_function_has_only_the_permissions_it_needs(monitored: MonitoredPlatform) -> None:
    agents = monitored.outputs["agent_cluster_arn"]
    task = f"{agents.replace(':cluster/', ':task/')}/0123456789abcdef"
    on_agents = {"ecs:cluster": agents}
    service = monitored.service()["serviceArn"]
    controller = monitored.outputs["controller_cluster_arn"]
    controller_task = f"{controller.replace(':cluster/', ':task/')}/0123456789abcdef"
    rule = monitored.found("aws:lb/listenerRule:ListenerRule", "wake-page")["arn"]
    hours_arn = monitored.found("aws:lambda/function:Function", "working-hours")["arn"]
    reap, hours = monitored.role("reaper"), monitored.role("working-hours")
    meter, page = monitored.role("meter"), monitored.role("wake-page")
    assert reap.may("ecs:StopTask", task, on_agents)
    assert hours.may("ecs:StopTask", task, on_agents)
    assert hours.may("ecs:UpdateService", service)
    assert hours.may("elasticloadbalancing:ModifyRule", rule)
    assert page.may("lambda:InvokeFunction", hours_arn)
    for actor in (reap, meter, page):
        assert not actor.may("ecs:UpdateService", service)
    for actor in (meter, page):
        assert not actor.may("ecs:StopTask", task, on_agents)
    for actor in (reap, hours, meter, page):
        assert not actor.may("ecs:StopTask", controller_task, {"ecs:cluster": controller})
        assert not actor.may("ecs:RunTask", "*")
        assert not actor.may("iam:PassRole", monitored.outputs["controller_role_arn"])
    other_rule = rule.replace("/app/", "/app/other-")
    assert not hours.may("elasticloadbalancing:ModifyRule", other_rule)


def test_the_wake_page_calls_the_working_hours(
    monitored: MonitoredPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = monitored.found("aws:lambda/function:Function", "wake-page")["name"]
    hours = monitored.found("aws:lambda/function:Function", "working-hours")["name"]

    def ask(action: str) -> Any:
        with deployed(monitored.cloud, page) as found:
            assert found["Environment"]["Variables"] == {"WORKING_HOURS": hours}
        return invoke(monitored.cloud, hours, {"action": action})

    monkeypatch.setattr(wake_page, "_ask", ask)
    invoke(monitored.cloud, hours, {"action": "sleep"})
    headers = {"Accept": "text/html", "Host": "ci"}
    shown = invoke(monitored.cloud, page, {"path": "/", "httpMethod": "GET", "headers": headers})
    assert (shown["statusCode"], "Jenkins is asleep" in shown["body"]) == (503, True)
    (token,) = re.findall(r'name="token" value="([^"]+)"', shown["body"])
    cookie = shown["headers"]["Set-Cookie"].split(";")[0]
    pressed = {"path": wake_page.PATH, "httpMethod": "POST", "body": f"token={token}"}
    refused = invoke(monitored.cloud, page, {**pressed, "headers": headers})
    assert (refused["statusCode"], monitored.service()["desiredCount"]) == (403, 0)
    woken = invoke(monitored.cloud, page, {**pressed, "headers": {**headers, "Cookie": cookie}})
    assert (woken["statusCode"], monitored.service()["desiredCount"]) == (303, 1)
