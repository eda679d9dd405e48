"""Parliament, a linter of IAM policies: unknown actions, resources and conditions that an action
does not support, privilege escalation."""

from __future__ import annotations

import functools
import importlib.util
import json
import sys
import types
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def _resource_filename(package: str, name: str) -> str:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent / name)


# Parliament still uses pkg_resources, which setuptools has removed.
_resources = types.ModuleType("pkg_resources")
_resources.resource_filename = _resource_filename  # type: ignore[attr-defined]
sys.modules.setdefault("pkg_resources", _resources)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import parliament  # type: ignore[import-untyped]
    from parliament.community_auditors import sensitive_access  # type: ignore[import-untyped]

# Without a list of sensitive resources this auditor looks at each action of AWS and finds nothing.
sensitive_access.audit = lambda policy: None
# Searches all actions for each one.
parliament.statement.get_privilege_info = functools.cache(parliament.statement.get_privilege_info)


@dataclass(frozen=True)
class Finding:
    """One finding of the linter about a policy."""

    resource: str
    issue: str
    detail: str


def policies(resources: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The policies in a state, but for those that say who may take a role: the resource that has
    the policy, and the text."""
    for one in resources:
        inputs: Mapping[str, Any] = one.get("inputs", {})
        for key, value in inputs.items():
            if isinstance(value, str) and '"Statement"' in value and key != "assumeRolePolicy":
                kind, name = one["urn"].split("::")[2:]
                yield f"{kind.rsplit(':', 1)[-1]} {name}", value


def lint(resource: str, text: str) -> list[Finding]:
    """Findings of the linter about one policy."""
    return [Finding(resource, issue, detail) for issue, detail in _findings(text)]


@functools.cache
def _findings(text: str) -> list[tuple[str, str]]:
    found = parliament.analyze_policy_string(
        text, include_community_auditors=True, ignore_private_auditors=True
    ).findings
    return [(f.issue, json.dumps(f.detail, default=str)) for f in found]
