"""Puts the parts together, and stands between the emulated AWS and who calls it."""

from __future__ import annotations

import contextlib
import functools
import json
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from werkzeug.wrappers import Request, Response

from .. import moto_deliveries
from ..access.guard import Guard
from . import endpoints, events, moto_health
from .alarms import Alarms
from .balancers import Balancers
from .clients import Clients
from .clock import Clock
from .docker_host import DockerHost
from .ecs_api import EcsApi
from .functions import Functions
from .gate import INSIDE
from .gauges import Gauges, of_target_group
from .metadata import MetadataServer
from .metrics import Metrics
from .network import Link, Networks, Ports
from .parts import Parts
from .registrations import Registrations
from .schedules import Schedules
from .security_groups import SecurityGroups
from .services import Services
from .sessions import Sessions
from .task import Task
from .tasks import SPOT_REASON, Tasks
from .tls import Authority
from .tls_server import TlsServer
from .volumes import Volumes

_SHOWN = ("name", "image", "lastStatus", "healthStatus", "exitCode", "reason")
_STOP_SECONDS = 10
"""What tasks get at the end of the cloud. Who wants them to end in their own time scales their
services to 0 first."""


class Runner:
    """Runs tasks, load balancers, functions and schedules of one emulated AWS.

    Args:
        host: The Docker Engine.
        endpoint: URL of the emulated AWS.
        application: The same as a WSGI application, to be offered by TLS.
    """

    def __init__(self, host: DockerHost, endpoint: str, application: Any) -> None:
        self.host = host
        self._keys = Path(tempfile.mkdtemp(prefix="localcloud-tls-"))
        self._authority = Authority(self._keys)
        self.clients = Clients(endpoint)
        self.sessions = Sessions(self.clients)
        self._clock = Clock()
        self._metrics = Metrics(self._clock)
        self.functions = Functions(self.clients, self.sessions, self._metrics)
        self.guard = Guard(self.clients, self.sessions)
        self.schedules = Schedules(self.clients, self._clock, self.functions.invoke_arn)
        self._tls = TlsServer(_inside(application), self._authority)
        self._metadata = MetadataServer()
        self._networks = Networks(host, self._authority)
        self.balancers = Balancers(
            self.clients,
            self._authority,
            self._local,
            self.functions.invoke_arn,
            self._observe,
        )
        self.security_groups = SecurityGroups(self.clients, self._members)
        self._parts = Parts(
            host,
            self.clients,
            self._networks,
            Volumes(host, self.clients),
            self._metadata,
            self._metrics,
            self.security_groups,
            self.sessions,
            self._ports,
            self._endpoint_names,
        )
        self.tasks = Tasks(self._parts, self._changed)
        moto_deliveries.call_function = self._call_function
        moto_deliveries.count_match = self._count_match
        self._end_health = moto_health.install(self.balancers.health.state)
        registrations = Registrations(self.clients, self.balancers.health.state)
        self.services = Services(
            self.tasks, registrations, functools.partial(events.deployment_changed, self.clients)
        )
        self.ecs = EcsApi(self.clients, self.tasks, self.services)
        gauges = Gauges(self._metrics, host, self.services, self.balancers)
        self.alarms = Alarms(self._clock, gauges.sample)

    def about(self, topic: str, request: Request) -> Response | None:
        """Answers about what runs; None for topics of others."""
        answer: Any
        if topic == "tasks":
            answer = self.shown()
        elif topic == "urls":
            answer = self.balancers.urls()
        elif topic == "interrupt" and request.method == "POST":
            answer = {"interrupted": self.interrupt(request.get_json()["task"])}
        elif topic == "spot-capacity" and request.method == "POST":
            self.ecs.spot_available = answer = bool(request.get_json()["available"])
        elif topic == "advance" and request.method == "POST":
            answer = {"called": self.advance(float(request.get_json()["seconds"]))}
        else:
            return None
        return Response(json.dumps(answer, default=str), mimetype="application/json")

    def shown(self) -> list[dict[str, Any]]:
        """All tasks, for people."""
        return [
            {
                "arn": t.arn,
                "cluster": t.shown["clusterArn"],
                "group": t.shown["group"],
                "family": t.order.definition["family"],
                "state": t.state,
                "health": t.shown["healthStatus"],
                "capacity": t.shown.get("capacityProviderName") or t.shown["launchType"],
                "address": t.address,
                "stop_code": t.shown.get("stopCode", ""),
                "stop_reason": t.shown.get("stoppedReason", ""),
                "tags": {i["key"]: i["value"] for i in t.shown.get("tags", [])},
                "containers": [
                    {name: c.get(name) for name in _SHOWN} for c in t.shown["containers"]
                ],
                "last_lines": [] if t.over else t.last_lines(5),
            }
            for t in self.tasks
        ]

    def advance(self, seconds: float) -> list[str]:
        """Move the clock forward: schedules that became due are called, alarms evaluated.

        Returns:
            ARNs of what was called.
        """
        called = self.schedules.advance(seconds)
        self.alarms.catch_up(seconds)
        return called

    def interrupt(self, name: str) -> bool:
        """Take a task on Spot, of Fargate or of instances, away as AWS does: the warning as an
        event and SIGTERM at once, SIGKILL after the stop timeout, two minutes at most."""
        task = self.tasks.find(name)
        if not task or task.shown.get("capacityProviderName", "FARGATE") == "FARGATE":
            return False
        task.stop("SpotInterruption", SPOT_REASON)
        return True

    def account(self, key: str) -> str:
        """The account that a key belongs to."""
        principal = self.sessions.principal(key)
        return principal.role_arn.split(":")[4] if principal else ACCOUNT

    def later(self, action: Callable[[], object]) -> None:
        """Do something in the background and ignore its result."""

        def attempt() -> None:
            with contextlib.suppress(Exception):
                action()

        threading.Thread(target=attempt, daemon=True).start()

    def reset(self) -> None:
        """Stop everything; the emulated AWS is about to be empty."""
        self.services.forget_all()
        self.tasks.stop_all(_STOP_SECONDS)
        self.sessions.clear()
        self.balancers.reset()
        self.schedules.reset()
        self.ecs.spot_available = True

    def close(self) -> list[str]:
        """End everything; names of Docker volumes that stay, as their file systems are there."""
        kept = self._file_systems()
        self.alarms.close()
        self.schedules.close()
        self.services.close()
        self.tasks.stop_all(_STOP_SECONDS)
        self._end_health()
        moto_deliveries.call_function = moto_deliveries.count_match = None
        self.balancers.close()
        self._metadata.close()
        self._tls.close()
        self._networks.close()
        self.functions.close()
        shutil.rmtree(self._keys, ignore_errors=True)
        return self.host.clean_up(kept)

    def _call_function(self, arn: str, event: Any) -> None:
        self.later(lambda: self.functions.invoke_arn(arn, event))

    def _members(self, vpc: str) -> list[tuple[Link, list[str]]]:
        return [
            (t.link, t.order.security_groups)
            for t in self.tasks
            if t.order.vpc == vpc and t.link and not t.over
        ]

    def _count_match(self, region: str, rule: str) -> None:
        self._metrics.add(region, "AWS/Events", {"RuleName": rule}, {"TriggeredRules": 1})

    def _observe(self, region: str, balancer: str, group: str, status: int, seconds: float) -> None:
        counts = {"RequestCount": 1.0, f"HTTPCode_Target_{status // 100}XX_Count": 1.0}
        values = {**counts, "TargetResponseTime": seconds}
        self._metrics.add(region, *of_target_group(balancer, group), values)

    def _changed(self, task: Task) -> None:
        self.services.changed(task)

    def _local(self, address: str, port: int) -> tuple[str, int]:
        """Where a target is on this machine: the engine publishes the ports of tasks there."""
        for task in self.tasks:
            if task.address == address and not task.over:
                published = task.published(port)
                if published:
                    return "127.0.0.1", published
        return address, port

    def _ports(self, region: str, vpc: str) -> Ports:
        return Ports(self._metadata.port, self._tls.port, self.balancers.ports(region, vpc))

    def _endpoint_names(self, region: str) -> list[str]:
        names = list(endpoints.names(region))
        found = self.clients.get("s3", region).list_buckets().get("Buckets", [])
        for bucket in found:
            names += [f"{bucket['Name']}.{host}" for host in endpoints.s3_names(region)]
        return names

    def _file_systems(self) -> set[str]:
        """Ids of all file systems that are there."""
        found: set[str] = set()
        for region in {t.order.region for t in self.tasks}:
            try:
                systems = self.clients.get("efs", region).describe_file_systems()["FileSystems"]
            except ClientError:
                continue
            found |= {s["FileSystemId"] for s in systems}
        return found


def _inside(application: Any) -> Any:
    """The emulated AWS for who calls out of a container."""

    def marked(environ: dict[str, Any], start_response: Any) -> Any:
        return application({**environ, INSIDE: True}, start_response)

    return marked
