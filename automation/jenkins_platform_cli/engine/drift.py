"""Which changes made outside of Pulumi are drift."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any


def ignored_properties(resources: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Properties that the program leaves to AWS or to the platform's functions
    (``ignore_changes``), by URN of the resource.

    Args:
        resources: The resources in a stack's state.
    """
    return {r["urn"]: r["ignoreChanges"] for r in resources if r.get("ignoreChanges")}


def drifted(
    changed: Collection[str], ignored: Collection[str], inputs: Collection[str]
) -> list[str]:
    """The changed properties of a resource that an `up` would set back.

    The working-hours function scales the service, writes its parameter and switches the rule of
    the wake page: what it changes is ignored, and so is what AWS computes from it, such as the
    version of a parameter.

    Args:
        changed: Paths of changed properties, such as ``conditions[0].values``.
        ignored: Paths of properties that the program ignores.
        inputs: Names of the inputs of the resource, before and after the change.
    """
    found = sorted(changed)
    rest = [p for p in found if not any(_is_part(p, path) for path in ignored)]
    if len(rest) == len(found):
        return found
    return [p for p in rest if re.split(r"[.\[]", p)[0] in inputs]


def _is_part(path: str, whole: str) -> bool:
    return path == whole or path.startswith((f"{whole}.", f"{whole}["))
