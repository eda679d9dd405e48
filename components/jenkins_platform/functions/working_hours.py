"""Puts the controller to sleep and wakes it without interrupting deployments or builds.

The desired state is an SSM parameter: ``wanted`` (``awake`` or ``asleep``), ``since`` (Unix time)
and ``done``. It is applied once; afterwards the service is not changed until the next action, so
that it can be scaled manually, for example for a restore.

Actions: ``start`` and ``end`` of working hours, ``wake`` and ``sleep`` on demand, and every few
minutes ``settle``, which continues a pending change.

Environment: ``CONTROLLER_CLUSTER``, ``SERVICE``, ``AGENTS_CLUSTER`` (ARNs), ``FAMILIES`` (prefix of
the agents' task families), ``PARAMETER`` (name), ``HOLIDAYS`` (JSON: pairs of Unix times),
``WAIT_SECONDS``, ``PLATFORM``, ``TARGET_GROUP`` (ARN) and, with a wake page, ``PAGE_RULE`` (ARN),
``HOST_NAME`` (of Jenkins, if other applications use the load balancer too) and ``PATH_PREFIX`` (of
Jenkins, if it is below a path).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import Any

import boto3

from . import tasks
from .metrics import publish
from .states import ASLEEP, AWAKE, FALLING_ASLEEP, HIDDEN, WAKING, page_paths

_DESIRED = {"start": AWAKE, "wake": AWAKE, "end": ASLEEP, "sleep": ASLEEP}
_REASON = "The controller of jenkins-platform is asleep"


def handler(event: dict[str, Any], context: object) -> dict[str, str]:
    """Apply the action and return the resulting state, with the reason if it is pending."""
    found = WorkingHours(os.environ).act(event["action"])
    publish({"Asleep": (int(found["state"] == ASLEEP), "Count")}, State=found["state"])
    return found


class WorkingHours:
    """The controller's service and its desired state.

    Args:
        environment: The variables in the module's docstring.
        options: Arguments for every boto3 client, such as an endpoint.
    """

    def __init__(self, environment: Mapping[str, str], **options: Any) -> None:
        self.environment = environment
        self.ecs = boto3.client("ecs", **options)
        self.ssm = boto3.client("ssm", **options)
        self.balancing = boto3.client("elbv2", **options)

    def act(self, action: str) -> dict[str, str]:
        """Set the desired state and apply it.

        Raises:
            ValueError: The action does not exist.
        """
        if action == "start" and self._holiday():
            return {"state": self._state(self._service()), "because": "today is a holiday"}
        if action in _DESIRED:
            self._save(_DESIRED[action], done=False)
        elif action != "settle":
            raise ValueError(f"action {action!r}: must be settle or one of {', '.join(_DESIRED)}")
        because = self._apply()
        state = self._state(self._service())
        self._turn_page(state)
        return {"state": state, "because": because}

    def _apply(self) -> str:
        """Apply the desired state. Returns the reason if it is pending."""
        desired, service = self._desired(), self._service()
        if desired["done"]:
            return ""
        if desired["wanted"] == AWAKE:
            if service["desiredCount"] == 0:
                self._scale(1)
        elif service["desiredCount"]:
            if deploying(service):
                return "a deployment is in progress"
            agents = self._agents()
            if agents and time.time() < desired["since"] + int(self.environment["WAIT_SECONDS"]):
                return f"{len(agents)} agents are still running"
            self._scale(0)
            # Their controller is gone, so the agents would not be stopped.
            if errors := tasks.stop(self.ecs, self._cluster, self._agents(), _REASON):
                print("; ".join(errors))
        self._save(desired["wanted"], done=True)
        return ""

    def _state(self, service: dict[str, Any]) -> str:
        if service["desiredCount"] == 0:
            return ASLEEP
        desired = self._desired()
        if not desired["done"] and desired["wanted"] == ASLEEP:
            return FALLING_ASLEEP
        return AWAKE if self._answers() else WAKING

    def _answers(self) -> bool:
        """Whether the target group has a healthy target."""
        health = self.balancing.describe_target_health(
            TargetGroupArn=self.environment["TARGET_GROUP"]
        )
        return any(
            t["TargetHealth"]["State"] == "healthy" for t in health["TargetHealthDescriptions"]
        )

    def _turn_page(self, state: str) -> None:
        """Show the wake page while Jenkins sleeps, until it responds again.

        The page is never shown for a controller that is awake but does not respond, so that it does
        not conceal a failure.
        """
        rule = self.environment.get("PAGE_RULE")
        if not rule:
            return
        rules = self.balancing.describe_rules(RuleArns=[rule])["Rules"]
        found = {c["Field"]: _values(c) for c in rules[0]["Conditions"]}
        shown = state == ASLEEP
        if state == WAKING:
            # With any prefix: it may have changed while Jenkins was asleep.
            shown = not found["path-pattern"][0].endswith(HIDDEN)
        path_prefix = self.environment.get("PATH_PREFIX", "")
        wanted = {"path-pattern": page_paths(shown, path_prefix)}
        if host := self.environment.get("HOST_NAME"):
            wanted["host-header"] = [host]
        if found != wanted:
            # Without such a group a condition has one value only.
            groups = {"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig"}
            conditions = [{"Field": f, groups[f]: {"Values": v}} for f, v in wanted.items()]
            self.balancing.modify_rule(RuleArn=rule, Conditions=conditions)

    @property
    def _cluster(self) -> str:
        return self.environment["AGENTS_CLUSTER"]

    def _agents(self) -> list[dict[str, Any]]:
        return list(tasks.agents(self.ecs, self._cluster, self.environment["FAMILIES"]))

    def _service(self) -> dict[str, Any]:
        found = self.ecs.describe_services(
            cluster=self.environment["CONTROLLER_CLUSTER"],
            services=[self.environment["SERVICE"]],
        )
        service: dict[str, Any] = found["services"][0]
        return service

    def _scale(self, count: int) -> None:
        self.ecs.update_service(
            cluster=self.environment["CONTROLLER_CLUSTER"],
            service=self.environment["SERVICE"],
            desiredCount=count,
        )

    def _holiday(self) -> bool:
        spans = json.loads(self.environment["HOLIDAYS"])
        return any(start <= time.time() < end for start, end in spans)

    def _desired(self) -> dict[str, Any]:
        found = self.ssm.get_parameter(Name=self.environment["PARAMETER"])
        desired: dict[str, Any] = json.loads(found["Parameter"]["Value"])
        return desired

    def _save(self, wanted: str, done: bool) -> None:
        since = self._desired()["since"] if done else int(time.time())
        self.ssm.put_parameter(
            Name=self.environment["PARAMETER"],
            Value=json.dumps({"wanted": wanted, "since": since, "done": done}),
            Overwrite=True,
        )


def _values(condition: Mapping[str, Any]) -> list[str]:
    config = next((c for name, c in condition.items() if name.endswith("Config")), condition)
    return list(config["Values"])


def deploying(service: dict[str, Any]) -> bool:
    """Whether a deployment is in progress, for which an `up` may be waiting."""
    return len(service["deployments"]) > 1 or any(
        d.get("rolloutState") == "IN_PROGRESS" for d in service["deployments"]
    )
