"""After a run that was killed: what it was making is looked for, so that nothing is made twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.exceptions
from pulumi import automation as auto

from .orphan_finders import FINDERS, Inputs

Resource = dict[str, Any]


def pending(stack: auto.Stack) -> list[dict[str, Any]]:
    """The operations of which the state does not know how they ended."""
    return list((stack.export_stack().deployment or {}).get("pending_operations") or [])


def mend(stack: auto.Stack, client: Callable[[str, str | None], Any]) -> list[str]:
    """Take what a killed run was making into the state, and look at what it was changing.

    Args:
        client: Makes a boto3 client for a service and, where not the stack's, a region.

    Returns:
        URNs of what was looked at.
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
        # What was not made after all is forgotten again.
        stack.refresh(target=sorted(set(urns)))
    return urns


def _add(resources: list[Resource], found: Resource) -> None:
    """Put a resource into the state; what it was to replace is deleted by the next run."""
    for index, old in enumerate(resources):
        if old["urn"] == found["urn"] and not old.get("delete"):
            old["delete"] = True
            resources.insert(index, found)  # before everything that depends on it
            return
    resources.append(found)


def _ids(resource: Resource, client: Callable[[str, str | None], Any]) -> list[str]:
    """Ids that a resource which was being made may have."""
    inputs: Inputs = resource.get("inputs", {})
    if resource["type"] not in FINDERS:
        return []
    try:
        return FINDERS[resource["type"]](lambda name: client(name, inputs.get("region")), inputs)
    except botocore.exceptions.ClientError:
        return []  # it was not made
