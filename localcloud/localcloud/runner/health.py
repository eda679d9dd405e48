"""Health checks of target groups."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

Pair = tuple[dict[str, Any], dict[str, Any]]
_MOST_SECONDS_BETWEEN = 2.0
"""Checks are made more often than a target group says, since they cost nothing here."""
_LOOK_SECONDS = 0.5


@dataclass
class _Target:
    state: str = "initial"
    good: int = 0
    bad: int = 0
    due: float = 0.0


class HealthChecks:
    """Looks at targets again and again.

    Args:
        pairs: The target groups and targets to look at.
        local: Address on this machine for the address and port of a target.
    """

    def __init__(
        self,
        pairs: Callable[[], list[Pair]],
        local: Callable[[str, int], tuple[str, int]],
    ) -> None:
        self._pairs, self._local = pairs, local
        self._targets: dict[tuple[str, str, int], _Target] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="health checks")
        self._thread.start()

    def state(self, group: str, target: str, port: int) -> str:
        """State of a target, as DescribeTargetHealth names it."""
        found = self._targets.get((group, target, port))
        return found.state if found else "initial"

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)

    def _run(self) -> None:
        with ThreadPoolExecutor(8, thread_name_prefix="health check") as pool:
            while not self._over.wait(_LOOK_SECONDS):
                pairs = {
                    (g["TargetGroupArn"], t["Id"], t["Port"]): (g, t) for g, t in self._pairs()
                }
                for gone in set(self._targets) - set(pairs):
                    del self._targets[gone]
                due = []
                for key, pair in pairs.items():
                    target = self._targets.setdefault(key, _Target())
                    if time.monotonic() >= target.due:
                        seconds = int(pair[0].get("HealthCheckIntervalSeconds") or 30)
                        target.due = time.monotonic() + min(seconds, _MOST_SECONDS_BETWEEN)
                        due.append((target, pair))
                list(pool.map(self._check, due))

    def _check(self, due: tuple[_Target, Pair]) -> None:
        target, (group, about) = due
        if group.get("TargetType") == "lambda" or not group.get("HealthCheckEnabled", True):
            target.state = "healthy"
            return
        if _passes(group, self._local(about["Id"], about["Port"])):
            target.good, target.bad = target.good + 1, 0
            # A new target is healthy after one check (ELB, "Health checks for target groups").
            if target.state == "initial" or target.good >= int(group["HealthyThresholdCount"]):
                target.state = "healthy"
        else:
            target.good, target.bad = 0, target.bad + 1
            if target.bad >= int(group["UnhealthyThresholdCount"]):
                target.state = "unhealthy"


def _passes(group: dict[str, Any], address: tuple[str, int]) -> bool:
    timeout = int(group.get("HealthCheckTimeoutSeconds") or 5)
    try:
        if group["HealthCheckProtocol"] not in ("HTTP", "HTTPS"):
            socket.create_connection(address, timeout).close()
            return True
        connection = http.client.HTTPConnection(*address, timeout=timeout)
        try:
            connection.request(
                "GET",
                group.get("HealthCheckPath") or "/",
                headers={"User-Agent": "ELB-HealthChecker/2.0", "Connection": "close"},
            )
            status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException):
        return False
    return matches(str((group.get("Matcher") or {}).get("HttpCode") or "200"), status)


def matches(matcher: str, status: int) -> bool:
    """Whether a status is one of ``200,302`` or ``200-399``."""
    for part in matcher.split(","):
        first, _, last = part.strip().partition("-")
        if int(first) <= status <= int(last or first):
            return True
    return False
