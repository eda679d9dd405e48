"""Working hours: the function, when it is called, and the wake page."""

from __future__ import annotations

import json
from typing import Any

from harness.inputs.lean import SMALL
from harness.stacks.registered import (
    ACCOUNT,
    EVERYTHING,
    by_role,
    dependencies,
    inputs,
    one,
    statements,
)

FUNCTION = "aws:lambda/function:Function"
SCHEDULE = "aws:scheduler/schedule:Schedule"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
CRON: dict[str, Any] = {
    **SMALL,
    "schedule": {
        "time_zone": "Asia/Tokyo",
        "wake_cron": ["0 7 ? * MON *"],
        "sleep_cron": ["0 19 ? * MON *", "0 9 ? * SUN *"],
    },
}


def calls(args: Any) -> dict[str, tuple[str, str, str]]:
    """Expression, time zone and event of each schedule of the working hours."""
    found = by_role(SCHEDULE, args)
    return {
        role.removeprefix("working-hours-"): (
            r.inputs["scheduleExpression"],
            r.inputs["scheduleExpressionTimezone"],
            r.inputs["target"]["input"],
        )
        for role, r in found.items()
        if role.startswith("working-hours-")
    }


def test_windows_become_start_and_end_in_their_time_zone() -> None:
    assert calls(EVERYTHING) == {
        "settle": ("rate(2 minutes)", "Europe/Berlin", '{"action": "settle"}'),
        "start-0": ("cron(0 7 ? * MON,TUE *)", "Europe/Berlin", '{"action": "start"}'),
        "end-0": ("cron(0 19 ? * MON,TUE *)", "Europe/Berlin", '{"action": "end"}'),
    }


def test_cron_expressions_are_used_as_they_are() -> None:
    assert calls(CRON) == {
        "settle": ("rate(2 minutes)", "Asia/Tokyo", '{"action": "settle"}'),
        "start-0": ("cron(0 7 ? * MON *)", "Asia/Tokyo", '{"action": "start"}'),
        "end-0": ("cron(0 19 ? * MON *)", "Asia/Tokyo", '{"action": "end"}'),
        "end-1": ("cron(0 9 ? * SUN *)", "Asia/Tokyo", '{"action": "end"}'),
    }


def test_the_function_knows_the_service_the_agents_and_the_drain_timeout() -> None:
    variables = by_role(FUNCTION, EVERYTHING)["working-hours"].inputs["environment"]["variables"]
    holidays = json.loads(variables.pop("HOLIDAYS"))
    assert len(holidays) == 1
    assert variables == {
        "PLATFORM": "jenkins-abcdef",
        "CONTROLLER_CLUSTER": f"{ARN}:jenkins-controller",
        "SERVICE": f"{ARN}:jenkins-controller",
        "AGENTS_CLUSTER": f"{ARN}:jenkins-agents",
        "FAMILIES": "jenkins-abcdef-agent-",
        "PARAMETER": "jenkins-working-hours",
        "WAIT_SECONDS": "2700",
        "TARGET_GROUP": f"{ARN}:jenkins-web",
        "PAGE_RULE": f"{ARN}:jenkins-wake-page",
    }


def test_without_a_wake_page_no_rule_is_turned() -> None:
    variables = by_role(FUNCTION, CRON)["working-hours"].inputs["environment"]["variables"]
    assert variables["PAGE_RULE"] == ""
    assert variables["WAIT_SECONDS"] == "7200"
    policy = by_role("aws:iam/rolePolicy:RolePolicy", CRON)["working-hours"].inputs["policy"]
    assert "elasticloadbalancing:ModifyRule" not in policy
    assert by_role("aws:lb/listenerRule:ListenerRule", CRON) == {}


def test_the_function_scales_the_service_and_turns_its_own_rule_only() -> None:
    policy = by_role("aws:iam/rolePolicy:RolePolicy", EVERYTHING)["working-hours"]
    resources = {
        action: statement["Resource"]
        for statement in statements(policy.inputs["policy"]).values()
        for action in statement["Action"]
    }
    assert resources["ecs:UpdateService"] == f"{ARN}:jenkins-controller"
    assert resources["ssm:PutParameter"] == f"{ARN}:jenkins-working-hours"
    assert resources["elasticloadbalancing:ModifyRule"] == f"{ARN}:jenkins-wake-page"


def test_pulumi_ignores_what_the_function_writes() -> None:
    parameter = by_role("aws:ssm/parameter:Parameter", EVERYTHING)["working-hours"]
    assert json.loads(parameter.inputs["value"])["wanted"] == "awake"
    assert parameter.inputs["type"] == "String"
    assert parameter.ignore_changes == ("value",)
    rule = by_role("aws:lb/listenerRule:ListenerRule", EVERYTHING)["wake-page"]
    assert rule.ignore_changes == ("conditions",)


def test_the_wake_page_is_hidden_first_and_behind_the_sign_in() -> None:
    rule = by_role("aws:lb/listenerRule:ListenerRule", EVERYTHING)["wake-page"].inputs
    assert rule["priority"] == 2
    assert rule["listenerArn"] == f"{ARN}:jenkins-https"
    ((condition,),) = [rule["conditions"]]
    assert condition["pathPattern"]["values"] == ["/jenkins-platform/asleep"]
    sign_in, forward = rule["actions"]
    assert sign_in["type"] == "authenticate-oidc"
    assert forward == {"type": "forward", "order": 2, "targetGroupArn": f"{ARN}:jenkins-wake"}


def test_the_wake_page_is_a_function_behind_the_load_balancer() -> None:
    group = by_role("aws:lb/targetGroup:TargetGroup", EVERYTHING)["wake"]
    assert inputs(group) == {"targetType": "lambda"}
    assert inputs(by_role("aws:lambda/permission:Permission", EVERYTHING)["wake-page"]) == {
        "function": "jenkins-wake-page",
        "action": "lambda:InvokeFunction",
        "principal": "elasticloadbalancing.amazonaws.com",
        "sourceArn": f"{ARN}:jenkins-wake",
    }
    attachment = one("aws:lb/targetGroupAttachment:TargetGroupAttachment", EVERYTHING)
    assert inputs(attachment) == {
        "targetGroupArn": f"{ARN}:jenkins-wake",
        "targetId": f"{ARN}:jenkins-wake-page",
    }
    assert dependencies(attachment, "aws:lambda/permission:Permission") == {"wake-page"}
    page = by_role(FUNCTION, EVERYTHING)["wake-page"].inputs
    assert page["environment"] == {"variables": {"WORKING_HOURS": "jenkins-working-hours"}}
    assert page["timeout"] == 30


def test_the_wake_page_may_only_call_the_working_hours() -> None:
    policy = by_role("aws:iam/rolePolicy:RolePolicy", EVERYTHING)["wake-page"].inputs["policy"]
    found = {
        action: statement["Resource"]
        for statement in statements(policy).values()
        for action in statement["Action"]
        if not action.startswith("logs:")
    }
    assert found == {"lambda:InvokeFunction": f"{ARN}:jenkins-working-hours"}
