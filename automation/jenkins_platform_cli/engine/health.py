"""Whether the Jenkins of a stack answers, as ECS and its load balancer know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .session import Session

HEALTHY, STARTING, UNHEALTHY = "healthy", "starting", "unhealthy"
ASLEEP, EMULATED = "asleep", "emulated"
_STARTING = ("initial", "unused")
"""States of a target that the load balancer does not send requests to yet."""


@dataclass(frozen=True)
class Health:
    """State of the controller.

    Attributes:
        state: ``healthy``, ``starting``, ``unhealthy``, ``asleep`` or ``emulated``.
        reason: What ECS or the load balancer says about it; may be empty.
    """

    state: str
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.state} ({self.reason})" if self.reason else self.state


def health(session: Session, outputs: Mapping[str, Any]) -> Health:
    """State of the controller of a stack.

    Args:
        outputs: The stack's outputs.

    Raises:
        ClientError: a request to AWS failed.
    """
    if session.cloud and not session.cloud.runs_tasks:
        return Health(EMULATED, session.cloud.why_nothing_runs)
    ecs, cluster = session.client("ecs"), str(outputs["controller_cluster_arn"])
    arns = ecs.list_services(cluster=cluster)["serviceArns"]
    (service,) = ecs.describe_services(cluster=cluster, services=arns)["services"]
    if not service["desiredCount"]:
        return Health(ASLEEP)
    if not service["runningCount"]:
        events = service.get("events") or [{"message": ""}]
        return Health(STARTING, events[0]["message"])
    groups = [group["targetGroupArn"] for group in service["loadBalancers"]]
    return of_targets(session.client("elbv2"), groups)


def of_targets(balancer: Any, target_groups: list[str]) -> Health:
    """Health of the targets in target groups: the worst group decides.

    Args:
        balancer: A boto3 client for ``elbv2``.
        target_groups: Their ARNs.
    """
    found = Health(HEALTHY)
    for group in target_groups:
        described = balancer.describe_target_health(TargetGroupArn=group)
        targets = [target["TargetHealth"] for target in described["TargetHealthDescriptions"]]
        states = [target["State"] for target in targets]
        if "healthy" in states:
            continue
        reason = next((t["Description"] for t in targets if t.get("Description")), "")
        waits = not states or all(state in _STARTING for state in states)
        found = Health(STARTING if waits else UNHEALTHY, reason)
        if not waits:
            break
    return found
