"""Health of targets in the emulated ELB: as the checks found it, where moto would say "healthy"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.elbv2.models import FakeHealthStatus, FakeTargetGroup

_REASONS = {
    "initial": ("Elb.RegistrationInProgress", "Target registration is in progress"),
    "unhealthy": ("Target.FailedHealthChecks", "Health checks failed"),
}
_health_for = FakeTargetGroup.health_for


def install(state: Callable[[str, str, int], str]) -> Callable[[], None]:
    """Answer DescribeTargetHealth with ``state``, by target group, address and port.

    Returns:
        A function that ends it.
    """

    def health_for(self: FakeTargetGroup, target: dict[str, Any], *others: Any) -> FakeHealthStatus:
        found = _health_for(self, target, *others)
        if found.status == "healthy" and self.target_type != "lambda":
            found.status = state(self.arn, found.instance_id, int(found.port))
            found.reason, found.description = _REASONS.get(found.status, (None, None))
        return found

    FakeTargetGroup.health_for = health_for  # type: ignore

    def end() -> None:
        FakeTargetGroup.health_for = _health_for  # type: ignore

    return end
