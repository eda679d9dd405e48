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
    headers: frozenset[str]
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
        keys = {part.split("=")[0] for part in query.split("&") if part}
        required = _required(model.operation_model(name).input_shape)
        query_keys = frozenset(keys | required["querystring"])
        headers = frozenset(h.lower() for h in required["header"])
        literal = len(re.sub(r"\{[^}]*\}", "", path))
        found.append(
            _Route(name, http["method"], re.compile(pattern), query_keys, headers, literal)
        )
    return tuple(sorted(found, key=lambda r: (-len(r.query), -len(r.headers), -r.literal)))


def _required(shape: Any) -> dict[str, set[str]]:
    """Parameters that an operation cannot be without, by where they are in a request."""
    found: dict[str, set[str]] = {"querystring": set(), "header": set()}
    for name in shape.required_members if shape else ():
        member = shape.members[name].serialization
        if member.get("location") in found:
            found[member["location"]].add(member["name"])
    return found


def _group(match: re.Match[str]) -> str:
    return f"(?P<{match[1]}>.+)" if match[1] else f"(?P<{match[2]}>[^/]+)"


@dataclass(frozen=True)
class RestRequest:
    """What a REST protocol tells operations apart by. Names of headers are in small letters."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


def rest(service: str, request: RestRequest) -> Operation:
    """The operation of a request to a service with a REST protocol; a bucket of S3 may be in the
    host's name."""
    path, query = request.path, request.query
    bucket = re.match(r"(.+)\.s3[.-]", request.host)
    if service == "s3" and bucket:
        path = f"/{bucket[1]}{path}"
    for route in _routes(service):
        found = route.path.fullmatch(path.rstrip("/") or "/") or route.path.fullmatch(path)
        known = route.query <= set(query) and route.headers <= set(request.headers)
        if route.method == request.method and found and known:
            parameters = {k: unquote(v) for k, v in found.groupdict().items()}
            parameters |= {name: request.headers[name] for name in route.headers}
            return Operation(service, route.name, {**_json(request.body), **query, **parameters})
    return Operation(service, "", {})


def _json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
