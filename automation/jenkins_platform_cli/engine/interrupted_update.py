"""After a run that was killed: find what it was creating, so that nothing is created twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.exceptions
from pulumi import automation as auto

from .orphan_finders import FINDERS, Inputs

Resource = dict[str, Any]


def pending(stack: auto.Stack) -> list[dict[str, Any]]:
    """The operations whose results are missing in the state."""
    return list((stack.export_stack().deployment or {}).get("pending_operations") or [])


def recover(stack: auto.Stack, client: Callable[[str, str | None], Any]) -> list[str]:
    """Import what a killed run was creating, and refresh what it was changing.

    Args:
        client: Creates a boto3 client for a service and, unless it is the stack's, a region.

    Returns:
        URNs of the refreshed resources.
    """
    state = stack.export_stack()
    deployment: Any = state.deployment or {}
    resources: list[Resource] = deployment.get("resources") or []
    operations = deployment.pop("pending_operations", None) or []
    known = {(r["type"], r.get("id")) for r in resources}
    urns: list[str] = []
    for operation in operations:
        resource = operation["resource"]
        if operation["type"] != "creating":
            urns.append(resource["urn"])
            continue
        ids = [i for i in _ids(resource, client) if (resource["type"], i) not in known]
        if len(ids) == 1:
            _add(resources, {**resource, "id": ids[0], "outputs": resource.get("inputs", {})})
            urns.append(resource["urn"])
    stack.import_stack(state)
    if urns:
        # A refresh drops what was not created after all.
        stack.refresh(target=sorted(set(urns)))
    return urns


def _add(resources: list[Resource], found: Resource) -> None:
    """Add a resource to the state; the next run deletes the one that it replaces."""
    for index, old in enumerate(resources):
        if old["urn"] == found["urn"] and not old.get("delete"):
            old["delete"] = True
            resources.insert(index, found)  # before its dependents
            return
    resources.append(found)


def _ids(resource: Resource, client: Callable[[str, str | None], Any]) -> list[str]:
    """Candidates for the id of a resource whose creation was interrupted."""
    inputs: Inputs = resource.get("inputs", {})
    if resource["type"] not in FINDERS:
        return []
    try:
        return FINDERS[resource["type"]](lambda name: client(name, inputs.get("region")), inputs)
    except botocore.exceptions.ClientError:
        return []  # it was not created
