"""The line items of the estimate: one function per part of the platform.

A new part with a cost requires a function here and its resource types in
``tests/unit/cost/test_cost_coverage.py``, which detects types that are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..inputs import Architecture, ArtifactStorage, Connection, NatStrategy, Scheme, ThroughputMode
from ..settings.controller import TaskSize
from ..settings.endpoint_services import interface_services
from ..settings.facts.fargate import INCLUDED_DISK_GIB
from ..settings.usage_estimate import HOURS_A_MONTH
from . import instances
from .backup import backup
from .monitoring import metrics, monitoring
from .subject import Line, Subject, builds, warm

INCLUDED_GB_PER_MIBPS = 20
"""GB of data for which EFS includes 1 MiB/s of throughput (50 KB/s per GB)."""
POLLERS, POLL_SECONDS = 5, 20
"""How Lambda reads an empty queue (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS")."""


def lines(subject: Subject) -> list[Line]:
    """All lines with a quantity above 0."""
    return [line for part in PARTS for line in part(subject) if line.quantity]


def network(subject: Subject) -> Iterator[Line]:
    """NAT gateways, endpoints and public addresses. An existing VPC is not included."""
    settings, use = subject.settings.network, subject.use
    nat = None if settings.existing else settings.nat
    gateways = (
        settings.availability_zone_count
        if nat is NatStrategy.ONE_PER_ZONE
        else int(nat is NatStrategy.SINGLE)
    )
    if gateways:
        because = "one per zone" if gateways > 1 else "one for all zones"
        hours = gateways * HOURS_A_MONTH
        yield subject.line("network", "NAT gateways", "nat_hour", hours, because)
        yield subject.line(
            "network", "their public addresses", "public_ipv4_hour", hours, "one per gateway"
        )
        traffic = "traffic_gb"
        yield subject.line("network", "NAT data", "nat_gb", use.traffic_gb, traffic)
    if gateways == 1:
        crossing = (
            use.traffic_gb
            * (settings.availability_zone_count - 1)
            / settings.availability_zone_count
        )
        because = "from zones without a NAT gateway"
        yield subject.line("network", "data between zones", "cross_zone_gb", crossing, because)
    if services := interface_services(subject.settings):
        hours = len(services) * settings.availability_zone_count * HOURS_A_MONTH
        because = f"{', '.join(services)}: one in each of {settings.availability_zone_count} zones"
        yield subject.line("network", "interface endpoints", "endpoint_hour", hours, because)
    if nat is NatStrategy.NONE:
        yield subject.line("network", "endpoint data", "endpoint_gb", use.traffic_gb, "traffic_gb")
    yield from _task_addresses(subject, nat is NatStrategy.PUBLIC_SUBNETS)


def _task_addresses(subject: Subject, public: bool) -> Iterator[Line]:
    hours = subject.running_hours if public else 0.0
    for group in (*builds(subject), *warm(subject)):
        own = group.template.public_address
        hours += group.hours if (public if own is None else own) else 0.0
    yield subject.line(
        "network",
        "tasks' public addresses",
        "public_ipv4_hour",
        hours,
        "one per running task",
    )


def load_balancer(subject: Subject) -> Iterator[Line]:
    """The Application Load Balancer, which also runs while the controller sleeps."""
    settings = subject.settings
    if not settings.load_balancer.existing:
        yield subject.line(
            "load balancer",
            "Application Load Balancer",
            "alb_hour",
            HOURS_A_MONTH,
            "always running",
        )
    yield subject.line(
        "load balancer",
        "its capacity",
        "alb_lcu_hour",
        subject.use.load_balancer_gb,
        "load_balancer_gb: 1 GB an hour per unit",
    )
    if settings.load_balancer.scheme is Scheme.INTERNET_FACING:
        vpc = settings.network.existing
        zones = len(vpc.public_subnet_ids) if vpc else settings.network.availability_zone_count
        yield subject.line(
            "load balancer",
            "its public addresses",
            "public_ipv4_hour",
            zones * HOURS_A_MONTH,
            f"one in each of {zones} zones",
        )
    if (firewall := settings.load_balancer.web_acl) and firewall.existing is None:
        yield subject.line(
            "load balancer", "web ACL", "waf_acl_month", 1, "web_acl; requests are not included"
        )
        rules = 1 + len(firewall.managed_rule_groups)
        because = "the rate limit and each managed rule group"
        yield subject.line("load balancer", "its rules", "waf_rule_month", rules, because)


def connection(subject: Subject) -> Iterator[Line]:
    """The connection between agents and the controller."""
    kind = subject.settings.agent_cloud.connection
    if kind is Connection.NETWORK_LOAD_BALANCER:
        yield subject.line(
            "agent connection",
            "Network Load Balancer",
            "nlb_hour",
            HOURS_A_MONTH,
            "agent_cloud.connection; capacity units cost less than a cent",
        )
    else:
        yield subject.line(
            "agent connection", "private DNS zone", "dns_zone_month", 1, "AWS Cloud Map"
        )


def controller(subject: Subject) -> Iterator[Line]:
    """The controller's task while it runs."""
    settings, hours = subject.settings.controller, subject.running_hours
    yield from _task(
        subject, "controller", settings, settings.architecture, hours, subject.running_because
    )


def agents(subject: Subject) -> Iterator[Line]:
    """The agents' tasks by label, on Fargate or on instances."""
    for group in (*builds(subject), *warm(subject)):
        template, hours = group.template, group.hours
        if template.on_instances:
            yield from instances.lines_of(subject, group)
            continue
        share = subject.prices.usd("fargate_spot_share", subject.region) if group.spot else 1.0
        because = f"{hours:,.0f} hours {'on Spot' if group.spot else 'on demand'}"
        part = f"agents {group.label}"
        yield from _task(subject, part, template, template.architecture, hours, because, share)
        disk = (template.ephemeral_storage_gib or INCLUDED_DISK_GIB) - INCLUDED_DISK_GIB
        yield subject.line(
            part,
            "additional ephemeral storage",
            "fargate_storage_gb_hour",
            disk * hours,
            f"{disk} GiB above the included {INCLUDED_DISK_GIB}",
        )


def _task(
    subject: Subject,
    part: str,
    size: TaskSize,
    architecture: Architecture,
    hours: float,
    because: str,
    share: float = 1,
) -> Iterator[Line]:
    key = {Architecture.X86_64: "x86", Architecture.ARM64: "arm64"}[architecture]
    for item, price, amount in (
        ("vCPU", f"fargate_{key}_vcpu_hour", size.cpu / 1024),
        ("GB of memory", f"fargate_{key}_gb_hour", size.memory_mib / 1024),
    ):
        yield subject.line(
            part,
            f"{amount:g} {item}",
            price,
            amount * hours,
            f"{architecture.value}, {because}",
            share,
        )


def storage(subject: Subject) -> Iterator[Line]:
    """The Jenkins home on EFS."""
    settings, use = subject.settings.storage, subject.use
    yield subject.line("storage", "EFS Standard", "efs_standard_gb_month", use.home_gb, "home_gb")
    if settings.throughput_mode is ThroughputMode.ELASTIC:
        for item, price, quantity in (
            ("read", "efs_elastic_read_gb", use.home_read_gb),
            ("written", "efs_elastic_write_gb", use.home_written_gb),
        ):
            because = f"home_{item}_gb, elastic throughput"
            yield subject.line("storage", f"data {item}", price, quantity, because)
    if settings.throughput_mode is ThroughputMode.PROVISIONED:
        asked = settings.provisioned_throughput_mibps or 0
        billed = max(0.0, asked - use.home_gb / INCLUDED_GB_PER_MIBPS)
        because = f"{asked} MiB/s, less what is included with the data"
        price = "efs_provisioned_mibps_month"
        yield subject.line("storage", "provisioned throughput", price, billed, because)
    if subject.settings.jenkins.artifacts is ArtifactStorage.S3:
        because = "artifact_gb; requests are not included"
        yield subject.line("storage", "artifacts in S3", "s3_gb_month", use.artifact_gb, because)


def webhooks(subject: Subject) -> Iterator[Line]:
    """The endpoint for webhooks. Its functions are paid for by the call and come to cents."""
    polls = POLLERS * HOURS_A_MONTH * 3600 / POLL_SECONDS / 1_000_000
    quantity = polls if subject.settings.webhooks else 0
    because = "webhooks: Lambda polls the queue, whether there are any or not"
    yield subject.line("webhooks", "SQS requests", "sqs_million_requests", quantity, because)


def security(subject: Subject) -> Iterator[Line]:
    """Secrets and keys that the platform creates."""
    settings = subject.settings
    generated = settings.sign_in.admin_password_secret_arn is None
    because = "the administrator's password"
    yield subject.line("security", "secrets", "secret_month", int(generated), because)
    keys = {
        "home": settings.storage.encryption_key,
        "replica": settings.storage.replication and settings.storage.replication.encryption_key,
        "recovery points": settings.backup.encryption_key,
        "copies": settings.backup.copy_to and settings.backup.copy_to.encryption_key,
        "logs": settings.monitoring.log_key,
    }
    created = [what for what, key in keys.items() if key and key.create]
    if settings.monitoring.on and not settings.monitoring.topic.existing:
        created.append("messages")
    yield subject.line(
        "security", "keys", "kms_key_month", len(created), f"of {', '.join(created)}"
    )


def images(subject: Subject) -> Iterator[Line]:
    """Images in the platform's repositories."""
    yield subject.line("images", "ECR", "ecr_gb_month", subject.use.image_gb, "image_gb")


PARTS: tuple[Callable[[Subject], Iterator[Line]], ...] = (
    *(network, load_balancer, connection, controller, agents),
    *(storage, backup, metrics, monitoring, webhooks, security, images),
)
