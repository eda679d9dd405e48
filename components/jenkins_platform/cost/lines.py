"""What is paid for: one function for each part of the platform, settings and use in, lines out.

Whoever adds a part that costs money adds its function here, and its resource types to
``tests/unit/cost/test_cost_coverage.py``, which finds the types that nobody thought of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..inputs import Architecture, Connection, NatStrategy, Scheme, ThroughputMode
from ..settings.controller import TaskSize
from ..settings.endpoint_services import interface_services
from ..settings.usage_estimate import HOURS_A_MONTH
from .backup import backup
from .monitoring import metrics, monitoring
from .subject import Line, Subject, builds

INCLUDED_DISK_GIB = 20
"""Disk that every Fargate task has at no cost."""
INCLUDED_GB_PER_MIBPS = 20
"""EFS gives 1 MiB/s of throughput with every 20 GB that are stored (50 KB/s a GB)."""


def lines(subject: Subject) -> list[Line]:
    """Every line with a quantity."""
    return [line for part in PARTS for line in part(subject) if line.quantity]


def network(subject: Subject) -> Iterator[Line]:
    """The way out: NAT gateways, endpoints, public addresses. An adopted VPC is paid elsewhere."""
    settings, use = subject.settings.network, subject.use
    nat = None if settings.existing else settings.nat
    gateways = (
        settings.availability_zone_count
        if nat is NatStrategy.ONE_PER_ZONE
        else int(nat is NatStrategy.SINGLE)
    )
    if gateways:
        because = "one in each zone" if gateways > 1 else "one for all zones"
        hours = gateways * HOURS_A_MONTH
        yield subject.line("network", "NAT gateways", "nat_hour", hours, because)
        yield subject.line(
            "network", "their public addresses", "public_ipv4_hour", hours, "one for each"
        )
        traffic = "traffic_gb"
        yield subject.line("network", "NAT data", "nat_gb", use.traffic_gb, traffic)
    if gateways == 1:
        crossing = (
            use.traffic_gb
            * (settings.availability_zone_count - 1)
            / settings.availability_zone_count
        )
        because = "from zones without the gateway"
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
    for group in builds(subject):
        own = group.template.public_address
        hours += group.hours if (public if own is None else own) else 0.0
    yield subject.line(
        "network",
        "tasks' public addresses",
        "public_ipv4_hour",
        hours,
        "one for each task, as long as it runs",
    )


def load_balancer(subject: Subject) -> Iterator[Line]:
    """The load balancer that people come through. It never sleeps."""
    settings = subject.settings
    yield subject.line(
        "load balancer", "Application Load Balancer", "alb_hour", HOURS_A_MONTH, "always there"
    )
    yield subject.line(
        "load balancer",
        "its capacity",
        "alb_lcu_hour",
        subject.use.load_balancer_gb,
        "load_balancer_gb: a unit takes 1 GB an hour",
    )
    if settings.load_balancer.scheme is Scheme.INTERNET_FACING:
        adopted = settings.network.existing
        zones = (
            len(adopted.public_subnet_ids) if adopted else settings.network.availability_zone_count
        )
        yield subject.line(
            "load balancer",
            "its public addresses",
            "public_ipv4_hour",
            zones * HOURS_A_MONTH,
            f"one in each of {zones} zones",
        )
    if (firewall := settings.load_balancer.web_acl) and firewall.existing is None:
        yield subject.line(
            "load balancer", "web ACL", "waf_acl_month", 1, "web_acl; requests cost more"
        )
        rules = 1 + len(firewall.managed_rule_groups)
        because = "the rate limit and each group of managed rules"
        yield subject.line("load balancer", "its rules", "waf_rule_month", rules, because)


def connection(subject: Subject) -> Iterator[Line]:
    """How agents find the controller."""
    kind = subject.settings.agent_cloud.connection
    if kind is Connection.NETWORK_LOAD_BALANCER:
        yield subject.line(
            "agent connection",
            "Network Load Balancer",
            "nlb_hour",
            HOURS_A_MONTH,
            "agent_cloud.connection; its capacity units are below a cent",
        )
    else:
        yield subject.line(
            "agent connection", "private DNS zone", "dns_zone_month", 1, "Cloud Map's name"
        )


def controller(subject: Subject) -> Iterator[Line]:
    """The controller's task, as long as it is awake."""
    settings, hours = subject.settings.controller, subject.running_hours
    yield from _task(
        subject, "controller", settings, settings.architecture, hours, subject.awake_because
    )


def agents(subject: Subject) -> Iterator[Line]:
    """The agents' tasks by label."""
    for group in builds(subject):
        template, hours = group.template, group.hours
        share = subject.prices.usd("fargate_spot_share", subject.region) if group.spot else 1.0
        because = f"{hours:,.0f} build hours {'on Spot' if group.spot else 'on demand'}"
        part = f"agents {group.label}"
        yield from _task(subject, part, template, template.architecture, hours, because, share)
        disk = (template.ephemeral_storage_gib or INCLUDED_DISK_GIB) - INCLUDED_DISK_GIB
        yield subject.line(
            part,
            "more disk",
            "fargate_storage_gb_hour",
            disk * hours,
            f"{disk} GiB above the {INCLUDED_DISK_GIB} that are included",
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
    """The home on EFS."""
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
        because = f"{asked} MiB/s, less what comes with the data"
        price = "efs_provisioned_mibps_month"
        yield subject.line("storage", "provisioned throughput", price, billed, because)


def security(subject: Subject) -> Iterator[Line]:
    """Secrets and keys of the platform's own; a template's secrets are paid for anyway."""
    yield subject.line("security", "secrets", "secret_month", 1, "the administrator's password")
    settings = subject.settings
    keys = {
        "home": settings.storage.encryption_key,
        "replica": settings.storage.replication and settings.storage.replication.encryption_key,
        "recovery points": settings.backup.encryption_key,
        "copies": settings.backup.copy_to and settings.backup.copy_to.encryption_key,
        "logs": settings.monitoring.log_key,
    }
    made = [what for what, key in keys.items() if key and key.create]
    if settings.monitoring.on and not settings.monitoring.topic.existing:
        made.append("messages")
    yield subject.line("security", "keys", "kms_key_month", len(made), f"of {', '.join(made)}")


def images(subject: Subject) -> Iterator[Line]:
    """Images in the platform's repositories: its own, and those of pipelines."""
    yield subject.line("images", "ECR", "ecr_gb_month", subject.use.image_gb, "image_gb")


PARTS: tuple[Callable[[Subject], Iterator[Line]], ...] = (
    *(network, load_balancer, connection, controller, agents),
    *(storage, backup, metrics, monitoring, security, images),
)
