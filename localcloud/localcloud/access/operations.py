"""Which operation of AWS an HTTP request is, and its parameters, by the SDK's own models."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import botocore.session

_CLIENTS = {
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
}
"""The SDK's name of a service where it is not the one in signatures."""


@dataclass(frozen=True)
class Operation:
    """One call.

    Attributes:
        service: The service's name in signatures.
        name: The operation's name; empty where none matches.
        parameters: What is known of the request.
    """

    service: str
    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class _Route:
    name: str
    method: str
    path: re.Pattern[str]
    query: frozenset[str]
    literal: int


@functools.cache
def _routes(service: str) -> tuple[_Route, ...]:
    """The operations of a service with a REST protocol, the most special ones first."""
    session = botocore.session.get_session()
    model = session.get_service_model(_CLIENTS.get(service, service))
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.sub(r"\\\{(\w+)\\\+\\\}|\\\{(\w+)\\\}", _group, re.escape(path))
        keys = frozenset(part.split("=")[0] for part in query.split("&") if part)
        literal = len(re.sub(r"\{[^}]*\}", "", path))
        found.append(_Route(name, http["method"], re.compile(pattern), keys, literal))
    return tuple(sorted(found, key=lambda r: (-len(r.query), -r.literal)))


def _group(match: re.Match[str]) -> str:
    return f"(?P<{match[1]}>.+)" if match[1] else f"(?P<{match[2]}>[^/]+)"


def rest(service: str, method: str, path: str, query: Mapping[str, str], body: bytes) -> Operation:
    """The operation of a request to a service with a REST protocol."""
    for route in _routes(service):
        found = route.path.fullmatch(path.rstrip("/") or "/") or route.path.fullmatch(path)
        if route.method == method and found and route.query <= set(query):
            parameters = {k: unquote(v) for k, v in found.groupdict().items()}
            return Operation(service, route.name, {**_json(body), **query, **parameters})
    return Operation(service, "", {})


def s3(method: str, host: str, path: str, query: Mapping[str, str]) -> Operation:
    """The operation of a request to S3; the bucket may be in the host's name."""
    bucket = re.match(r"(.+)\.s3[.-]", host)
    if bucket:
        path = f"/{bucket[1]}{path}"
    return rest("s3", method, path, query, b"")


def _json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
