"""A platform on AWS as a picture: zones, load balancer, controller, home, agents, and which of them
connect to which. Everything in it is read from the resources of a stack or of a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jinja2

_SUBNET, _RULE = (
    "aws:ec2/subnet:Subnet",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
)
_NAT = "aws:ec2/natGateway:NatGateway"
_LISTENER = "aws:lb/listener:Listener"
_TASK = "aws:ecs/taskDefinition:TaskDefinition"
_SHOWN_TEMPLATES = 3
_PICTURES = jinja2.Environment(
    loader=jinja2.PackageLoader(__package__ or "", "."),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Resource:
    """A resource of the engine's state, or one that a program registered."""

    type: str
    name: str
    id: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Subnet:
    """A ``public`` or ``private`` subnet; an existing one has its id instead of a CIDR range."""

    kind: str
    cidr: str


@dataclass(frozen=True)
class Zone:
    """An availability zone; tasks run in its lower subnet."""

    name: str
    upper: Subnet | None
    lower: Subnet
    nat: bool


@dataclass(frozen=True)
class Box:
    """A titled box with lines of text."""

    title: str
    lines: tuple[str, ...] = ()


class Deployment:
    """Facts about the resources of one platform.

    Args:
        name: Name of the platform, with which the resources' names start.
        region: Its region.
        resources: Its resources.
    """

    def __init__(self, name: str, region: str, resources: Iterable[Resource]) -> None:
        self._name, self.region = name, region
        self._found = list(resources)
        self._by_id = {r.id: r for r in self._found if "securityGroup:" in r.type}

    def _of(self, kind: str) -> list[Resource]:
        return [r for r in self._found if r.type == kind]

    def _one(self, kind: str, role: str = "") -> Mapping[str, Any]:
        """Inputs of the resource of a type and role; empty if there is none."""
        found = [r for r in self._of(kind) if not role or r.name == f"{self._name}-{role}"]
        return found[0].inputs if found else {}

    @property
    def vpc(self) -> str:
        """Title of the VPC."""
        cidr = self._one("aws:ec2/vpc:Vpc").get("cidrBlock")
        return f"VPC {cidr}" if cidr else "Existing VPC"

    @property
    def zones(self) -> list[Zone]:
        """The availability zones, or the subnets of an existing VPC."""
        subnets = self._of(_SUBNET)
        if not subnets:
            kind = "public" if self.tasks_are_public else "private"
            given = self._placement.get("subnets") or [""]
            return [Zone("", None, Subnet(kind, str(s)), False) for s in given]
        nats = {r.inputs.get("subnetId") for r in self._of(_NAT)}
        by_zone: dict[str, list[Resource]] = {}
        for subnet in subnets:
            by_zone.setdefault(str(subnet.inputs.get("availabilityZone")), []).append(subnet)
        return [
            self._zone(name, found, any(subnet.id in nats for subnet in found))
            for name, found in sorted(by_zone.items())
        ]

    def _zone(self, name: str, found: list[Resource], nat: bool) -> Zone:
        """A zone with the subnet of the tasks at the bottom."""
        made = [
            Subnet("public" if "-public-" in r.name else "private", str(r.inputs.get("cidrBlock")))
            for r in found
        ]
        tasks = "public" if self.tasks_are_public else "private"
        made.sort(key=lambda subnet: subnet.kind == tasks)
        return Zone(name, made[0] if len(made) > 1 else None, made[-1], nat)

    @property
    def _placement(self) -> Mapping[str, Any]:
        """Where the controller runs."""
        service = self._one("aws:ecs/service:Service", "controller")
        return service.get("networkConfiguration") or {}

    @property
    def tasks_are_public(self) -> bool:
        """Whether tasks have public addresses."""
        return bool(self._placement.get("assignPublicIp"))

    @property
    def endpoints(self) -> int:
        """Number of interface endpoints."""
        kinds = [
            r.inputs.get("vpcEndpointType") for r in self._of("aws:ec2/vpcEndpoint:VpcEndpoint")
        ]
        return kinds.count("Interface")

    @property
    def reaches_internet(self) -> bool:
        """Whether tasks reach the internet: through NAT, or from public subnets."""
        return bool(self._of(_NAT)) or self.tasks_are_public

    @property
    def is_public(self) -> bool:
        """Whether the load balancer has public addresses."""
        found = self._one("aws:lb/loadBalancer:LoadBalancer", "alb")
        return bool(found) and not found.get("internal")

    @property
    def load_balancer(self) -> Box:
        """The load balancer that users reach."""
        reach = "internet-facing" if self.is_public else "internal"
        firewall = ", web ACL" if self._of("aws:wafv2/webAclAssociation:WebAclAssociation") else ""
        return Box("Application Load Balancer", (f"{reach}{firewall}",))

    @property
    def listeners(self) -> str:
        """Protocol and ports that users use: HTTP only where it does not redirect to HTTPS."""
        for protocol in ("HTTPS", "HTTP"):
            found = [r.inputs for r in self._of(_LISTENER) if r.inputs.get("protocol") == protocol]
            if found:
                return f"{protocol} {', '.join(str(int(i['port'])) for i in found)}"
        return ""

    @property
    def controller(self) -> Box:
        """The controller's task."""
        return Box(
            "Controller", ("one Fargate task, never two", _size(self._one(_TASK, "controller")))
        )

    @property
    def agents(self) -> Box:
        """The agents' tasks."""
        prefix = f"{self._name}-agent-"
        found = {
            r.name.removeprefix(prefix): r for r in self._of(_TASK) if r.name.startswith(prefix)
        }
        shown = [f"{name}: {_size(task.inputs)}" for name, task in sorted(found.items())]
        more = len(shown) - _SHOWN_TEMPLATES
        lines = shown[:_SHOWN_TEMPLATES] + ([f"and {more} more"] if more > 0 else [])
        return Box("Agents", ("one task per build: Fargate", "or Fargate Spot", *lines))

    @property
    def home(self) -> Box:
        """The file system of the Jenkins home."""
        found = self._of("aws:efs/fileSystem:FileSystem")
        targets = len(self._of("aws:efs/mountTarget:MountTarget"))
        title = "EFS file system: the Jenkins home" if found else "Existing EFS file system"
        encrypted = "encrypted, " if any(r.inputs.get("encrypted") for r in found) else ""
        return Box(title, (f"{encrypted}{targets} mount targets" if targets else encrypted,))

    @property
    def backup(self) -> Box | None:
        """The backup of the home."""
        plan = self._one("aws:backup/plan:Plan", "backup")
        rules = plan.get("rules") or []
        lines = (f"{r.get('schedule')}, {_kept(r.get('lifecycle') or {})}" for r in rules)
        return Box("AWS Backup of the home", tuple(lines)) if plan else None

    @property
    def services(self) -> list[Box]:
        """What the platform uses outside of its VPC."""
        return list(self._services())

    def _services(self) -> Iterator[Box]:
        kinds = Counter(r.type for r in self._found)

        def count(kind: str, what: str) -> str:
            number = kinds[f"aws:{kind}"]
            return f"{number} {what}{'s' if number != 1 else ''}" if number else ""

        candidates = (
            ("ECS", count("ecs/cluster:Cluster", "cluster"), ""),
            ("ECR", count("ecr/repository:Repository", "repository").replace("ys", "ies"), ""),
            ("S3", count("s3/bucket:Bucket", "bucket"), "configuration of Jenkins"),
            ("Secrets Manager", count("secretsmanager/secret:Secret", "secret"), ""),
            ("Cloud Map", count("servicediscovery/service:Service", "name"), "of the controller"),
            ("Lambda", count("lambda/function:Function", "function"), self._functions()),
            (
                "CloudWatch",
                count("cloudwatch/logGroup:LogGroup", "log group"),
                count("cloudwatch/metricAlarm:MetricAlarm", "alarm"),
            ),
            ("EventBridge", count("cloudwatch/eventRule:EventRule", "rule"), ""),
            ("SNS", count("sns/topic:Topic", "topic"), "notifications"),
        )
        for title, first, second in candidates:
            if first:
                yield Box(title, (", ".join(part for part in (first, second) if part),))

    def _functions(self) -> str:
        names = [
            r.name.removeprefix(f"{self._name}-") for r in self._of("aws:lambda/function:Function")
        ]
        return " ".join(sorted(names))

    def ports(self, source: str, target: str) -> str:
        """Ports on which one security group admits another, such as ``8080, 50000``.

        Args:
            source: Role of the security group that connects, such as ``agents``.
            target: Role of the one that admits it.
        """
        found = set()
        for rule in self._of(_RULE):
            ends = (
                rule.inputs.get("referencedSecurityGroupId"),
                rule.inputs.get("securityGroupId"),
            )
            names = [self._by_id[end].name if end in self._by_id else "" for end in ends]
            if names == [f"{self._name}-{source}", f"{self._name}-{target}"]:
                found.add(int(rule.inputs["fromPort"]))
        return ", ".join(map(str, sorted(found)))

    def svg(self) -> str:
        """The picture."""
        return _PICTURES.get_template("deployment.svg.j2").render(d=self)


def _kept(lifecycle: Mapping[str, Any]) -> str:
    days = lifecycle.get("deleteAfter")
    return f"kept {int(days)} days" if days else "kept"


def _size(task: Mapping[str, Any]) -> str:
    """``1 vCPU, 4 GiB``."""
    if not task:
        return ""
    arm = (task.get("runtimePlatform") or {}).get("cpuArchitecture") == "ARM64"
    numbers = f"{int(task['cpu']) / 1024:g} vCPU, {int(task['memory']) / 1024:g} GiB"
    return f"{numbers}, arm64" if arm else numbers
