"""Credentials of roles for tasks and functions, and whose a key is."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from .clients import Clients

_RENEWED_BEFORE = timedelta(minutes=15)


@dataclass(frozen=True)
class Principal:
    """Who calls with a key that was handed out.

    Attributes:
        role_arn: ARN of the role.
        session_arn: ARN of its session, as AWS names the caller in errors.
    """

    role_arn: str
    session_arn: str


class Sessions:
    """Hands out credentials of roles and remembers them.

    Args:
        clients: The emulated AWS.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._principals: dict[str, Principal] = {}
        self._given: dict[tuple[str, str], dict[str, Any]] = {}
        self._of_roles: dict[str, Clients] = {}
        self._lock = threading.Lock()

    def credentials(self, region: str, role_arn: str, session: str) -> dict[str, Any]:
        """Credentials of a role, as STS answers; the same until they are about to expire.

        Raises:
            botocore.exceptions.ClientError: there is no such role.
        """
        with self._lock:
            known = self._given.get((role_arn, session))
            if known and known["Expiration"] > datetime.now(timezone.utc) + _RENEWED_BEFORE:
                return known
            # AWS asks whether there is such a role; moto's STS does not.
            path = role_arn.split(":role/", 1)[-1]
            self._clients.get("iam", region).get_role(RoleName=path.rsplit("/", 1)[-1])
            answer = self._clients.get("sts", region).assume_role(
                RoleArn=role_arn, RoleSessionName=session
            )
            self._given[role_arn, session] = answer["Credentials"]
            self.add(answer["Credentials"]["AccessKeyId"], role_arn, session)
            given: dict[str, Any] = answer["Credentials"]
            return given

    def add(self, key: str, role_arn: str, session: str) -> None:
        """Remember a key that the emulated STS handed out."""
        account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
        partition = role_arn.split(":")[1]
        self._principals[key] = Principal(
            role_arn, f"arn:{partition}:sts::{account}:assumed-role/{name}/{session}"
        )

    def clients_of(self, region: str, role_arn: str | None) -> Clients:
        """The emulated AWS as a role sees it; as the embedded cloud does where there is none."""
        if not role_arn:
            return self._clients
        found = self.credentials(region, role_arn, "ecs")
        with self._lock:
            key = found["AccessKeyId"]
            if key not in self._of_roles:
                self._of_roles[key] = Clients(self._clients.endpoint, found)
            return self._of_roles[key]

    def principal(self, key: str) -> Principal | None:
        """Who has a key; None for keys that were not handed out here."""
        return self._principals.get(key)

    def clear(self) -> None:
        with self._lock:
            self._of_roles.clear()
            self._principals.clear()
            self._given.clear()
