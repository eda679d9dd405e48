"""Where moto's answers would be wrong rather than missing. Each mend says what and why."""

from __future__ import annotations

import json
from typing import Any

from moto.core.config import default_user_config
from moto.ec2.models import EC2Backend
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


_modify_vpc_endpoint = EC2Backend.modify_vpc_endpoint


def _modify_vpc_endpoint_and_routes(self: EC2Backend, vpc_id: str, **changes: Any) -> None:
    """moto notes which route tables a gateway endpoint has, but changes none of them; then it
    cannot delete the endpoint, as it misses the routes."""
    _modify_vpc_endpoint(self, vpc_id, **changes)
    endpoint = self.vpc_end_points[vpc_id]
    prefixes = endpoint.destination_prefix_list_id
    for table in changes.get("remove_route_tables") or []:
        self.delete_route(table, None, None, prefixes)
    for table in changes.get("add_route_tables") or []:
        self.create_route(
            table,
            destination_cidr_block=None,
            gateway_id=endpoint.id,
            destination_prefix_list_id=prefixes,
        )


def apply() -> None:
    """Mend moto in this process."""
    FakeBucket.get_permission = _bucket_permission  # type: ignore[method-assign]
    EC2Backend.modify_vpc_endpoint = _modify_vpc_endpoint_and_routes
    # AWS has its own managed policies everywhere; moto only when told.
    default_user_config["iam"]["load_aws_managed_policies"] = True
