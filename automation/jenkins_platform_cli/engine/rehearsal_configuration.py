"""The part of a stack's configuration that a rehearsal boots: what makes Jenkins, and no more.

Pure: dictionaries in, dictionaries out.
"""

from __future__ import annotations

import copy
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_KEPT = (
    *("name", "name_prefix", "images", "sign_in", "controller"),
    *("agent_cloud", "agent_defaults", "agents", "jenkins"),
)
_ELSEWHERE = {
    *("application_repository_arns", "credential_arn", "efs", "execution_role_arn"),
    *("kms_key_arn", "load_balancer_oidc", "log_group_name", "managed_policy_arns"),
    *("pull_through_caches", "security_group_id", "security_group_ids", "task_role_arn"),
}
"""Inputs that name what only the real account has. Without them the platform makes its own."""
_REALMS_WITHOUT_PASSWORD = ("saml", "ldap", "github", "entra")
"""Realms that a rehearsal replaces by the local administrator: their users are elsewhere."""
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/rehearsal"
"""Stands for the certificate of the load balancer."""
_DOMAIN_NAME = "jenkins.internal"
_SECRET = re.compile(
    r"arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:(?P<name>[^:]+?)(-\w{6})?(?P<rest>:.*)?"
)
_PARAMETER = re.compile(r"arn:[\w-]+:ssm:[\w-]+:\d{12}:parameter(?P<name>/.+)")


@dataclass
class Rehearsed:
    """What a rehearsal deploys.

    Attributes:
        values: Values of the stack, without the project's namespace.
        secrets: Secrets of Secrets Manager that must be there: made-up value by name.
        parameters: The same for SSM Parameter Store.
        moved: What is built for this machine's architecture, while the stack says another.
        domain_name: Name that `CERTIFICATE` must be for; empty where none is needed.
    """

    values: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    domain_name: str = ""
    moved: list[str] = field(default_factory=list)


def rehearsed(values: Mapping[str, Any], here: str = "x86_64") -> Rehearsed:
    """What a rehearsal of a stack with these values deploys.

    Images, plugins, Jenkins's configuration, sign-in and agents are the stack's. Network, storage,
    load balancer, alarms, backup, schedule and budget are left at what the platform makes by
    itself, or off. The rehearsal signs in as the local administrator: by the escape hatch of OpenID
    Connect, and instead of any other realm. Images that the platform builds are built for this
    machine.

    Args:
        here: Architecture of this machine, as the inputs call it.
    """
    kept = {key: _without_elsewhere(values[key]) for key in _KEPT if key in values}
    monitoring = values.get("monitoring") or {}
    kept |= {
        "removal_policy": "destroy",
        "backup": {"enabled": False},
        # Metrics for Prometheus come by a plugin, and the plugin is configured.
        "monitoring": {"level": "none"}
        | {k: v for k, v in monitoring.items() if k == "prometheus"},
    }
    if sign_in := kept.get("sign_in"):
        for name in _REALMS_WITHOUT_PASSWORD:
            sign_in.pop(name, None)
        if sign_in.get("oidc"):
            sign_in["oidc"]["escape_hatch"] = True
    found = Rehearsed(kept)
    _move(kept, here, found.moved)
    load_balancer = values.get("load_balancer") or {}
    kept["load_balancer"] = {k: v for k, v in load_balancer.items() if k == "path_prefix"}
    if load_balancer.keys() & {"certificate", "zone_id"}:
        # OpenID Connect wants HTTPS; and Jenkins's own address is the stack's.
        found.domain_name = load_balancer.get("domain_name") or _DOMAIN_NAME
        kept["load_balancer"]["certificate"] = {"existing": CERTIFICATE}
        if domain_name := load_balancer.get("domain_name"):
            kept["load_balancer"]["domain_name"] = domain_name
    keys: dict[str, set[str]] = {}
    for text in _texts(kept):
        if secret := _SECRET.fullmatch(text):
            key = (secret["rest"] or "").split(":")[1:2]
            keys.setdefault(secret["name"], set()).update(k for k in key if k)
        elif parameter := _PARAMETER.fullmatch(text):
            found.parameters[parameter["name"]] = secrets.token_urlsafe()
    for name, of_json in keys.items():
        parts = {key: secrets.token_urlsafe() for key in sorted(of_json)}
        found.secrets[name] = json.dumps(parts) if parts else secrets.token_urlsafe()
    return found


def _move(values: dict[str, Any], here: str, moved: list[str]) -> None:
    """Ask for this machine's architecture wherever the platform builds the image."""
    images, default = values.get("images") or {}, "x86_64"
    parts = [("controller", "controller", values.setdefault("controller", {}), default)]
    of_all = values.get("agent_defaults") or {}
    for agent in values.get("agents") or []:
        if not (agent.get("image") or of_all.get("image")):
            kind = agent.get("platform_image") or of_all.get("platform_image") or "agent"
            parts.append((agent.get("name", ""), kind, agent, of_all.get("architecture", default)))
    for name, kind, part, otherwise in parts:
        ready = (images.get(kind) or {}).get("existing")
        if not ready and part.get("architecture", otherwise) != here:
            part["architecture"] = here
            moved.append(name)


def with_arns(
    values: Any,
    secret_arns: Mapping[str, str],
    parameter_arns: Mapping[str, str],
    certificate_arn: str = "",
) -> Any:
    """The values, with the ARNs of what was made; of secrets and parameters by name."""

    def replaced(text: str) -> str:
        if text == CERTIFICATE:
            return certificate_arn
        if secret := _SECRET.fullmatch(text):
            return secret_arns[secret["name"]] + (secret["rest"] or "")
        if parameter := _PARAMETER.fullmatch(text):
            return parameter_arns[parameter["name"]]
        return text

    return _mapped(values, replaced)


def _without_elsewhere(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_elsewhere(v) for k, v in value.items() if k not in _ELSEWHERE}
    if isinstance(value, list):
        return [_without_elsewhere(v) for v in value]
    return copy.copy(value)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {k: _mapped(v, change) for k, v in value.items()}
    if isinstance(value, list):
        return [_mapped(v, change) for v in value]
    return change(value) if isinstance(value, str) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
