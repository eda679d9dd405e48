"""Where moto's answers would be wrong rather than missing. Each mend says what and why."""

from __future__ import annotations

import json
from typing import Any

from moto.s3.models import FakeBucket


def _bucket_permission(self: FakeBucket, action: str, resource: str) -> Any:
    """moto takes a bucket policy's statement with a condition as one without: the usual "deny
    what is not TLS" would then deny everything. Here such a statement decides nothing."""
    from moto.iam.access_control import IAMPolicy, PermissionResult

    if self.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(self.policy)
    policy["Statement"] = [s for s in policy["Statement"] if "Condition" not in s]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def apply() -> None:
    FakeBucket.get_permission = _bucket_permission  # type: ignore[method-assign]
