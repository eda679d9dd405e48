"""What the function for working hours finds in AWS, and changes there: a small model that accepts
exactly the function's requests."""

from __future__ import annotations

import json
from typing import Any

from jenkins_platform.functions import working_hours
from jenkins_platform.functions.states import INITIAL_STATE

from .answered import AnsweredCalls, Clock, Request

FAMILIES = "jenkins-abc-agent-"
ENVIRONMENT = {
    "PLATFORM": "jenkins-abc",
    "CONTROLLER_CLUSTER": "controller",
    "SERVICE": "jenkins",
    "AGENTS_CLUSTER": "agents",
    "FAMILIES": FAMILIES,
    "PARAMETER": "jenkins-working-hours",
    "HOLIDAYS": "[]",
    "WAIT_SECONDS": "3600",
    "TARGET_GROUP": "group",
    "PAGE_RULE": "rule",
}
"""Of the function."""
SCALE, SAVE, STOP, TURN = (
    "ecs:UpdateService",
    "ssm:PutParameter",
    "ecs:StopTask",
    "elbv2:ModifyRule",
)
HIDDEN, SHOWN = "/jenkins-platform/asleep", "/*"
_CONFIGS = {"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig"}


class Platform:
    """A controller that is awake, with its agents and its load balancer, as AWS answers.

    Attributes:
        count: Desired tasks of the controller's service.
        deployments: Those of the service.
        agents: Running tasks of the agents' cluster and their families.
        health: State of each target of the load balancer.
        conditions: The values of the wake page's rule.
    """

    def __init__(self, aws: AnsweredCalls, clock: Clock) -> None:
        self.aws, self.clock = aws, clock
        self.count, self.deployments = 1, [{"rolloutState": "COMPLETED"}]
        self.agents: dict[str, str] = {}
        self.health = ["healthy"]
        self.conditions = {"path-pattern": [HIDDEN]}
        self.parameter = INITIAL_STATE
        aws.serve("ecs:DescribeServices", self._describe_services)
        aws.serve(SCALE, self._update_service)
        aws.serve("ecs:ListTasks", self._list_tasks)
        aws.serve("ecs:DescribeTasks", self._describe_tasks)
        aws.serve(STOP, self._stop_task)
        aws.serve("ssm:GetParameter", self._get_parameter)
        aws.serve(SAVE, self._put_parameter)
        aws.serve("elbv2:DescribeTargetHealth", self._describe_target_health)
        aws.serve("elbv2:DescribeRules", self._describe_rules)
        aws.serve(TURN, self._modify_rule)

    def act(self, action: str, minutes: float = 0) -> dict[str, str]:
        """Call the function some minutes after the last call."""
        self.clock.now += minutes * 60
        return working_hours.handler({"action": action}, None)

    @property
    def saved(self) -> dict[str, Any]:
        return dict(json.loads(self.parameter))

    def changes(self) -> list[str]:
        """The calls that change something, without the values."""
        return [name for name, _ in self.aws.made if name in (SCALE, SAVE, STOP, TURN)]

    def _describe_services(self, request: Request) -> dict[str, Any]:
        assert request == {"cluster": "controller", "services": ["jenkins"]}
        return {"services": [{"desiredCount": self.count, "deployments": self.deployments}]}

    def _update_service(self, request: Request) -> dict[str, Any]:
        self.count = request.pop("desiredCount")
        assert request == {"cluster": "controller", "service": "jenkins"}
        return {}

    def _list_tasks(self, request: Request) -> dict[str, Any]:
        assert request == {"cluster": "agents", "desiredStatus": "RUNNING"}
        return {"taskArns": list(self.agents)}

    def _describe_tasks(self, request: Request) -> dict[str, Any]:
        assert request["cluster"] == "agents"
        families = {arn: self.agents[arn] for arn in request["tasks"]}
        return {
            "tasks": [
                {"taskArn": arn, "taskDefinitionArn": f"arn/{family}:1"}
                for arn, family in families.items()
            ]
        }

    def _stop_task(self, request: Request) -> dict[str, Any]:
        del self.agents[request["task"]]
        return {}

    def _get_parameter(self, request: Request) -> dict[str, Any]:
        assert request == {"Name": "jenkins-working-hours"}
        return {"Parameter": {"Value": self.parameter}}

    def _put_parameter(self, request: Request) -> dict[str, Any]:
        self.parameter = request.pop("Value")
        assert request == {"Name": "jenkins-working-hours", "Overwrite": True}
        return {}

    def _describe_target_health(self, request: Request) -> dict[str, Any]:
        assert request == {"TargetGroupArn": "group"}
        return {
            "TargetHealthDescriptions": [
                {"TargetHealth": {"State": state}} for state in self.health
            ]
        }

    def _describe_rules(self, request: Request) -> dict[str, Any]:
        assert request == {"RuleArns": ["rule"]}
        conditions = [
            {"Field": field, _CONFIGS[field]: {"Values": values}}
            for field, values in self.conditions.items()
        ]
        return {"Rules": [{"Conditions": conditions}]}

    def _modify_rule(self, request: Request) -> dict[str, Any]:
        assert request.keys() == {"RuleArn", "Conditions"}
        assert request["RuleArn"] == "rule"
        self.conditions = {
            condition["Field"]: condition[_CONFIGS[condition["Field"]]]["Values"]
            for condition in request["Conditions"]
        }
        assert all(len(condition) == 2 for condition in request["Conditions"])
        return {}
