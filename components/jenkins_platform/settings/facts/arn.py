"""Amazon Resource Names. Pure."""

from __future__ import annotations

import json
from typing import NamedTuple


class Arn(NamedTuple):
    """The parts of ``arn:<partition>:<service>:<region>:<account>:<resource>``.

    Attributes:
        partition: ``aws``, ``aws-cn`` or ``aws-us-gov``.
        service: Such as ``ecr``.
        region: Such as ``eu-central-1``; empty for global services.
        account: Twelve digits; empty where the service names no account.
        resource: The rest, with its type where it has one, such as ``repository/web``.
    """

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Arn:
        """Split an ARN.

        Raises:
            ValueError: ``text`` is not an ARN.
        """
        prefix, *parts = text.split(":", 5)
        if prefix != "arn" or len(parts) != len(cls._fields):
            raise ValueError(f"'{text}' is not an ARN")
        return cls(*parts)

    def __str__(self) -> str:
        return ":".join(["arn", *self])

    @property
    def secret(self) -> Arn:
        """The ARN of the secret itself, without JSON key, stage and version.

        ECS accepts ``<secret>:<JSON key>:<stage>:<version>`` (Amazon ECS Developer Guide,
        "Pass Secrets Manager secrets through environment variables").
        """
        return self._replace(resource=":".join(self.resource.split(":")[:2]))

    @property
    def secret_key(self) -> str:
        """The JSON key of a reference to a secret; empty without one."""
        return (self.resource.split(":") + [""] * 3)[2]


def text_of(reference: str, secret: str) -> str:
    """What a reference to a secret selects of its text.

    Args:
        reference: ARN of the secret, or ``<arn>:<key>::`` for one key of JSON.
        secret: The text of the secret.

    Raises:
        ValueError: the text is not JSON with that key. The error does not contain the text.
    """
    key = Arn.parse(reference).secret_key
    if not key:
        return secret
    try:
        return str(json.loads(secret)[key])
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{reference}: the secret is not JSON with the key '{key}'") from None
