"""Rules of listeners, evaluated as Elastic Load Balancing does. Pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Request:
    """A request as rules see it; ``headers`` is a mapping that finds names in any case."""

    method: str
    headers: Any
    path: str
    query: str
    source: str

    @property
    def host(self) -> str:
        return str(self.headers.get("Host") or "").partition(":")[0]


def applies(conditions: list[dict[str, Any]], request: Request) -> bool:
    """Whether all conditions are met."""
    return all(_met(c, request) for c in conditions)


def _met(condition: dict[str, Any], request: Request) -> bool:
    field = condition["Field"]
    if field == "host-header":
        values = _values(condition, "HostHeaderConfig")
        return any(like(v, request.host, ignore_case=True) for v in values)
    if field == "path-pattern":
        return any(like(v, request.path) for v in _values(condition, "PathPatternConfig"))
    if field == "http-request-method":
        return request.method in _values(condition, "HttpRequestMethodConfig")
    if field == "http-header":
        value = request.headers.get(condition["HttpHeaderConfig"]["HttpHeaderName"])
        values = _values(condition, "HttpHeaderConfig")
        return value is not None and any(like(v, str(value), ignore_case=True) for v in values)
    if field == "source-ip":
        source = ipaddress.ip_address(request.source)
        ranges = _values(condition, "SourceIpConfig")
        return any(source in ipaddress.ip_network(r, strict=False) for r in ranges)
    if field == "query-string":
        pairs = parse_qsl(request.query, keep_blank_values=True)
        return any(
            like(v["Value"], value, ignore_case=True)
            and (not v.get("Key") or like(v["Key"], key, ignore_case=True))
            for v in condition["QueryStringConfig"]["Values"]
            for key, value in pairs
        )
    return False


def _values(condition: dict[str, Any], group: str) -> list[str]:
    return list((condition.get(group) or {}).get("Values") or condition.get("Values") or [])


def like(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """Whether a value matches a pattern with ``*`` and ``?``."""
    wild = {"*": ".*", "?": "."}
    expression = "".join(wild.get(c, re.escape(c)) for c in pattern)
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.fullmatch(expression, value, flags) is not None


def group_of(action: dict[str, Any]) -> str:
    """ARN of the target group that an action forwards to; of several the heaviest."""
    if action.get("TargetGroupArn"):
        return str(action["TargetGroupArn"])
    groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or [{}]
    best = max(groups, key=lambda g: int(g.get("Weight") or 0))
    return str(best.get("TargetGroupArn", ""))


def redirect(
    configuration: dict[str, Any], request: Request, host: str, protocol: str, port: int
) -> str:
    """Where a redirect leads, with its placeholders filled in."""
    known = {
        "protocol": protocol,
        "host": host,
        "port": str(port),
        "path": request.path.removeprefix("/"),
        "query": request.query,
    }

    def filled(name: str, default: str) -> str:
        text = str(configuration.get(name) or default)
        return re.sub(r"#\{(\w+)\}", lambda m: known.get(m[1], m[0]), text)

    scheme = filled("Protocol", "#{protocol}").lower()
    to_port = filled("Port", "#{port}")
    usual = {"http": "80", "https": "443"}.get(scheme)
    where = filled("Host", "#{host}") + ("" if to_port == usual else f":{to_port}")
    query = filled("Query", "#{query}")
    return f"{scheme}://{where}{filled('Path', '/#{path}')}{'?' + query if query else ''}"
