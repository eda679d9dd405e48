"""Load balancers that answer on this machine: one local port for each listener."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from .clients import Clients
from .front import HttpFront, TcpFront
from .health import HealthChecks
from .tls import Authority

Front = HttpFront | TcpFront
Observe = Callable[[str, str, str, int, float], None]
"""Takes region, ARN of the load balancer, ARN of the target group, status, and seconds until the
response began."""


@dataclass(frozen=True)
class Listener:
    """A listener with its rules, the first to apply first.

    Attributes:
        rules: As DescribeRules shows them.
        balancer: The load balancer as DescribeLoadBalancers shows it.
    """

    arn: str
    protocol: str
    port: int
    rules: list[dict[str, Any]]
    balancer: dict[str, Any]

    @property
    def dns_name(self) -> str:
        return str(self.balancer["DNSName"])


@dataclass(frozen=True)
class World:
    """What the listeners need to know: target groups by ARN, as DescribeTargetGroups shows them,
    and the targets that are registered."""

    listeners: dict[str, Listener] = field(default_factory=dict)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    targets: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


class Balancers:
    """Follows the load balancers of the emulated AWS.

    Args:
        clients: The emulated AWS.
        authority: Signs the certificates of HTTPS listeners.
        local: Address on this machine for the address and port of a target.
        invoke: Calls a function by its ARN with an event, for targets that are functions.
        observe: Called for each response of a target.
    """

    def __init__(
        self,
        clients: Clients,
        authority: Authority,
        local: Callable[[str, int], tuple[str, int]],
        invoke: Callable[[str, dict[str, Any]], dict[str, Any]],
        observe: Observe,
    ) -> None:
        self._clients, self._authority = clients, authority
        self.local, self.invoke, self.observe = local, invoke, observe
        self._worlds: dict[str, World] = {}
        self._fronts: dict[str, Front] = {}
        self._lock = threading.RLock()
        self._stale: set[str] = set()
        self.health = HealthChecks(self._checked, local)

    def changed(self, region: str) -> None:
        """Something about load balancers was called that may have changed them."""
        self._stale.add(region)

    def world(self, region: str) -> World:
        """How things are now."""
        with self._lock:
            if region in self._stale:
                self._stale.discard(region)
                try:
                    self._worlds[region] = self._read(region)
                except ClientError:  # something went away between two calls
                    self._stale.add(region)
                self._open_and_close()
            return self._worlds.get(region, World())

    def worlds(self) -> dict[str, World]:
        """All regions with load balancers."""
        return {region: self.world(region) for region in {*self._worlds, *self._stale}}

    def ports(self, region: str, vpc: str) -> dict[str, dict[int, int]]:
        """By DNS name of a load balancer of a VPC, local ports by the listeners' ports."""
        found: dict[str, dict[int, int]] = {}
        for listener in self.world(region).listeners.values():
            if listener.balancer["VpcId"] == vpc and listener.arn in self._fronts:
                front = self._fronts[listener.arn]
                found.setdefault(listener.dns_name, {})[listener.port] = front.port
        return found

    def urls(self) -> dict[str, str]:
        """URL on this machine by DNS name; of several listeners the one that browsers prefer."""
        found: dict[str, str] = {}
        for region in list(self._worlds) + list(self._stale):
            listeners = self.world(region).listeners.values()
            for listener in sorted(listeners, key=lambda one: one.protocol):
                front = self._fronts.get(listener.arn)
                if front and listener.protocol in ("HTTP", "HTTPS"):
                    scheme = listener.protocol.lower()
                    found[listener.dns_name] = f"{scheme}://127.0.0.1:{front.port}"
        return found

    def port_of(self, region: str, dns_name: str, port: int) -> int | None:
        """Local port of another listener of a load balancer."""
        for listener in self.world(region).listeners.values():
            if (listener.dns_name, listener.port) == (dns_name, port):
                front = self._fronts.get(listener.arn)
                return front.port if front else None
        return None

    def target(self, region: str, group: str) -> tuple[str, int] | None:
        """Address of a healthy target on this machine; None where there is none."""
        states: dict[str, list[tuple[str, int]]] = {}
        for target in self.world(region).targets.get(group, []):
            address = target["Id"], target["Port"]
            states.setdefault(self.health.state(group, *address), []).append(address)
        # As ELB does: where all are unhealthy, any will do.
        for address in states.get("healthy") or states.get("unhealthy") or []:
            return self.local(*address)
        return None

    def reset(self) -> None:
        with self._lock:
            self._stale |= set(self._worlds)

    def close(self) -> None:
        self.health.close()
        with self._lock:
            for front in self._fronts.values():
                front.close()
            self._fronts.clear()

    def _checked(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Pairs of target group and target to look at."""
        pairs = []
        for region in list(self._worlds) + list(self._stale):
            world = self.world(region)
            for arn, targets in world.targets.items():
                pairs += [(world.groups[arn], target) for target in targets]
        return pairs

    def _open_and_close(self) -> None:
        wanted = {
            arn: (region, listener)
            for region, world in self._worlds.items()
            for arn, listener in world.listeners.items()
        }
        for arn in set(self._fronts) - set(wanted):
            self._fronts.pop(arn).close()
        for arn, (region, listener) in wanted.items():
            if arn in self._fronts:
                continue
            if listener.protocol in ("HTTP", "HTTPS"):
                context = self._authority.context() if listener.protocol == "HTTPS" else None
                self._fronts[arn] = HttpFront(self, region, arn, context)
            else:
                self._fronts[arn] = TcpFront(self, region, arn)

    def _read(self, region: str) -> World:
        client = self._clients.get("elbv2", region)
        listeners = {}
        for balancer in client.describe_load_balancers()["LoadBalancers"]:
            arn = balancer["LoadBalancerArn"]
            for listener in client.describe_listeners(LoadBalancerArn=arn)["Listeners"]:
                rules = client.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
                default = {
                    "Priority": "default",
                    "Conditions": [],
                    "Actions": listener["DefaultActions"],
                }
                ordered = sorted(
                    (r for r in rules if r["Priority"] != "default"),
                    key=lambda r: int(r["Priority"]),
                )
                listeners[listener["ListenerArn"]] = Listener(
                    listener["ListenerArn"],
                    listener["Protocol"],
                    listener["Port"],
                    [*ordered, default],
                    balancer,
                )
        groups = {g["TargetGroupArn"]: g for g in client.describe_target_groups()["TargetGroups"]}
        targets = {
            arn: [
                {"Id": t["Target"]["Id"], "Port": int(t["Target"].get("Port") or 0)}
                for t in client.describe_target_health(TargetGroupArn=arn)[
                    "TargetHealthDescriptions"
                ]
            ]
            for arn in groups
        }
        return World(listeners, groups, targets)
