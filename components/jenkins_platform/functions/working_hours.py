"""Puts the controller to sleep and wakes it, without ever fighting a deployment or a build.

Who wants what is one parameter in SSM: ``wanted`` (``awake`` or ``asleep``), ``since`` (Unix time),
and ``done``. A wish is fulfilled once. Afterwards nothing here touches the service until the next
wish: whoever scales it by hand, for a restore say, is left alone.

Actions: ``start`` and ``end`` of working hours, ``wake`` and ``sleep`` by hand, and every few
minutes ``settle``, which goes on with a wish that had to wait.

Environment: ``CONTROLLER_CLUSTER``, ``SERVICE``, ``AGENTS_CLUSTER`` (ARNs), ``FAMILIES`` (what the
families of agents start with), ``PARAMETER`` (name), ``HOLIDAYS`` (JSON: pairs of Unix times),
``WAIT_SECONDS``, ``PLATFORM``, ``TARGET_GROUP`` (ARN) and, with a wake page, ``PAGE_RULE`` (ARN).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import Any

import boto3

from . import tasks
from .figures import tell
from .states import ASLEEP, AWAKE, FALLING_ASLEEP, HIDDEN, SHOWN, WAKING

_WISHES = {"start": AWAKE, "wake": AWAKE, "end": ASLEEP, "sleep": ASLEEP}
_REASON = "The controller of jenkins-platform sleeps"


def handler(event: dict[str, Any], context: object) -> dict[str, str]:
    """Do what the action says; the state that came of it, and why it is not another."""
    found = WorkingHours(os.environ).act(event["action"])
    tell({"Asleep": (int(found["state"] == ASLEEP), "Count")}, State=found["state"])
    return found


class WorkingHours:
    """The controller's service, and what is wanted of it.

    Args:
        environment: As the module says.
        options: Passed to every boto3 client: where the command looks for AWS.
    """

    def __init__(self, environment: Mapping[str, str], **options: Any) -> None:
        self.environment = environment
        self.ecs = boto3.client("ecs", **options)
        self.ssm = boto3.client("ssm", **options)
        self.balancing = boto3.client("elbv2", **options)

    def act(self, action: str) -> dict[str, str]:
        """Take a wish and go on with it.

        Raises:
            ValueError: there is no such action.
        """
        if action == "start" and self._holiday():
            return {"state": self._state(self._service()), "because": "today is a holiday"}
        if action in _WISHES:
            self._wish(_WISHES[action], done=False)
        elif action != "settle":
            raise ValueError(f"action {action!r}: should be settle or one of {', '.join(_WISHES)}")
        because = self._go_on()
        state = self._state(self._service())
        self._turn_page(state)
        return {"state": state, "because": because}

    def _go_on(self) -> str:
        """Fulfil a wish that is open; why not, where that must wait."""
        wish, service = self._wished(), self._service()
        if wish["done"]:
            return ""
        if wish["wanted"] == AWAKE:
            if service["desiredCount"] == 0:
                self._scale(1)
        elif service["desiredCount"]:
            if deploying(service):
                return "a deployment is under way"
            agents = self._agents()
            if agents and time.time() < wish["since"] + int(self.environment["WAIT_SECONDS"]):
                return f"{len(agents)} agents still run"
            self._scale(0)
            # Nobody would ever come back for them.
            if errors := tasks.stop(self.ecs, self._cluster, self._agents(), _REASON):
                print("; ".join(errors))
        self._wish(wish["wanted"], done=True)
        return ""

    def _state(self, service: dict[str, Any]) -> str:
        if service["desiredCount"] == 0:
            return ASLEEP
        wish = self._wished()
        if not wish["done"] and wish["wanted"] == ASLEEP:
            return FALLING_ASLEEP
        return AWAKE if self._answers() else WAKING

    def _answers(self) -> bool:
        """Whether the load balancer finds that Jenkins answers."""
        health = self.balancing.describe_target_health(
            TargetGroupArn=self.environment["TARGET_GROUP"]
        )
        return any(
            t["TargetHealth"]["State"] == "healthy" for t in health["TargetHealthDescriptions"]
        )

    def _turn_page(self, state: str) -> None:
        """Show the wake page from the moment of sleep until Jenkins answers again.

        While Jenkins is awake but does not answer, a failure is not dressed up as sleep: the page
        is only kept, never turned on.
        """
        rule = self.environment.get("PAGE_RULE")
        if not rule:
            return
        found = self.balancing.describe_rules(RuleArns=[rule])["Rules"][0]
        is_shown = [v for c in found["Conditions"] for v in c.get("Values", [])] == [SHOWN]
        path = SHOWN if state == ASLEEP else HIDDEN if state in (AWAKE, FALLING_ASLEEP) else None
        if path and is_shown != (path == SHOWN):
            self.balancing.modify_rule(
                RuleArn=rule, Conditions=[{"Field": "path-pattern", "Values": [path]}]
            )

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

    def _wished(self) -> dict[str, Any]:
        found = self.ssm.get_parameter(Name=self.environment["PARAMETER"])
        wish: dict[str, Any] = json.loads(found["Parameter"]["Value"])
        return wish

    def _wish(self, wanted: str, done: bool) -> None:
        since = self._wished()["since"] if done else int(time.time())
        self.ssm.put_parameter(
            Name=self.environment["PARAMETER"],
            Value=json.dumps({"wanted": wanted, "since": since, "done": done}),
            Overwrite=True,
        )


def deploying(service: dict[str, Any]) -> bool:
    """Whether a deployment is under way: then an `up` may be waiting for it."""
    return len(service["deployments"]) > 1 or any(
        d.get("rolloutState") == "IN_PROGRESS" for d in service["deployments"]
    )
