"""Requests for functions behind a load balancer, and their answers. Pure."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl

from .rules import Request

_TEXT = ("text/", "application/json", "application/javascript", "application/xml")


def event_of(request: Request, body: bytes, group: str, added: dict[str, str]) -> dict[str, Any]:
    """The event that a function gets (Elastic Load Balancing, "Lambda functions as targets")."""
    headers = {k.lower(): v for k, v in request.headers.items()} | added
    kind = str(headers.get("content-type", ""))
    is_text = (
        not body or kind.startswith(_TEXT) or kind.startswith("application/x-www-form-urlencoded")
    )
    return {
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": request.method,
        "path": request.path,
        "queryStringParameters": dict(parse_qsl(request.query, keep_blank_values=True)),
        "headers": headers,
        "body": body.decode("utf-8", "replace") if is_text else base64.b64encode(body).decode(),
        "isBase64Encoded": not is_text,
    }


def response_of(answer: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a function's answer.

    Raises:
        KeyError, ValueError: it is not one that a load balancer understands.
    """
    body = answer.get("body") or ""
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else str(body).encode()
    headers = {str(k): str(v) for k, v in (answer.get("headers") or {}).items()}
    return int(answer["statusCode"]), headers, content
