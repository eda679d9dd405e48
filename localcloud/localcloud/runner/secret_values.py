"""Values of secrets in container definitions, read as ECS reads them before a task starts."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from .clients import Clients


class SecretError(Exception):
    """A secret that cannot be read; the message is worded as in AWS's stop reasons."""


def value(clients: Clients, region: str, reference: str) -> str:
    """The value behind a ``valueFrom``.

    Args:
        reference: ARN of a secret in Secrets Manager, with ``:<JSON key>:<stage>:<version>`` or
            not; or ARN or name of a parameter in SSM.

    Raises:
        SecretError: there is no such secret, or no such key in it.
    """
    try:
        if ":secretsmanager:" in reference:
            return _secret(clients, region, reference)
        return _parameter(clients, region, reference)
    except ClientError as error:
        raise SecretError(
            "ResourceInitializationError: unable to pull secrets or registry auth: execution"
            f" resource retrieval failed: unable to retrieve secret from {_service(reference)}:"
            f" service call has been retried 1 time(s): {error}"
        ) from error


def _secret(clients: Clients, region: str, reference: str) -> str:
    parts = reference.split(":")
    arn, options = ":".join(parts[:7]), [*parts[7:], "", "", ""]
    key, stage, version = options[:3]
    request = {"SecretId": arn}
    if stage:
        request["VersionStage"] = stage
    if version:
        request["VersionId"] = version
    found: dict[str, Any] = clients.get("secretsmanager", parts[3] or region).get_secret_value(
        **request
    )
    text = str(found["SecretString"])
    if not key:
        return text
    try:
        document = json.loads(text)
        chosen = document[key]
    except (ValueError, KeyError, TypeError) as error:
        raise SecretError(
            "ResourceInitializationError: unable to pull secrets or registry auth: execution"
            " resource retrieval failed: unable to retrieve secret from asm: service call has"
            f" been retried 1 time(s): retrieved secret from Secrets Manager did not contain json"
            f" key {key}"
        ) from error
    return chosen if isinstance(chosen, str) else json.dumps(chosen)


def _parameter(clients: Clients, region: str, reference: str) -> str:
    name = reference
    if reference.startswith("arn:"):
        region = reference.split(":")[3]
        name = reference.split(":parameter", 1)[1]
        # The ARN of a parameter without folders has the slash that its name lacks.
        name = name if "/" in name[1:] else name[1:]
    found = clients.get("ssm", region).get_parameters(Names=[name], WithDecryption=True)
    if not found["Parameters"]:
        raise SecretError(
            "ResourceInitializationError: unable to pull secrets or registry auth: execution"
            f" resource retrieval failed: unable to retrieve secrets from ssm: invalid parameters:"
            f" {name}"
        )
    return str(found["Parameters"][0]["Value"])


def _service(reference: str) -> str:
    return "asm" if ":secretsmanager:" in reference else "ssm"
