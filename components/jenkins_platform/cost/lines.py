"""What is paid for: one function for each part of the platform, settings and use in, lines out.

Whoever adds a part that costs money adds its function here, and its resource types to
``tests/unit/test_cost_coverage.py``, which finds the types that nobody thought of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..endpoint_services import interface_services
from ..inputs import Architecture, Capacity, Connection, NatStrategy, Scheme, ThroughputMode
from ..settings import ExpectedUse, Settings
from ..settings.agents import AgentTemplate, label_forms
from ..settings.controller import TaskSize
from ..settings.expected_use import HOURS_A_MONTH
from .prices import PriceTable

INCLUDED_DISK_GIB = 20
"""Disk that every Fargate task has at no cost."""
INCLUDED_GB_PER_MIBPS = 20
"""EFS gives 1 MiB/s of throughput with every 20 GB that are stored (50 KB/s a GB)."""
LOG_COMPRESSION = 0.15
"""Stored share of the logs that were taken in, as AWS's calculator reckons it."""
DAYS_A_MONTH = 30
DAYS_A_YEAR = 365
"""How long what is kept for ever is reckoned with."""
CLUSTER_METRICS, SERVICE_METRICS, FAMILY_METRICS = 8, 11, 6
"""Metrics that Container Insights report for each cluster, service and family of tasks, charged for
the hours in which there are any: CloudWatch's price examples, from memory. The log events behind
them are not counted; they come to cents."""


@dataclass(frozen=True)
class Line:
    """One line of the estimate.

    Attributes:
        part: Part of the platform.
        item: What is paid for.
        price: Its key in the price table.
        quantity: How much of it a month.
        unit: What the quantity counts.
        unit_usd: Price of one, in USD.
        because: Where the quantity comes from.
    """

    part: str
    item: str
    price: str
    quantity: float
    unit: str
    unit_usd: float
    because: str

    @property
    def monthly_usd(self) -> float:
        return self.quantity * self.unit_usd


@dataclass(frozen=True)
class Subject:
    """What is priced: settings and use, with the prices of a region."""

    settings: Settings
    use: ExpectedUse
    prices: PriceTable
    region: str

    def line(
        self, part: str, item: str, price: str, quantity: float, because: str, share: float = 1
    ) -> Line:
        """A line; ``share`` is the part of the price that is paid."""
        usd = self.prices.usd(price, self.region) * share
        return Line(part, item, price, quantity, self.prices.prices[price].unit, usd, because)


def lines(subject: Subject) -> list[Line]:
    """Every line with a quantity."""
    return [line for part in PARTS for line in part(subject) if line.quantity]


def network(subject: Subject) -> Iterator[Line]:
    """The way out: NAT gateways, endpoints, public addresses. An adopted VPC is paid elsewhere."""
    settings, use = subject.settings.network, subject.use
    nat = None if settings.adopt else settings.nat
    gateways = settings.zones if nat is NatStrategy.ONE_PER_ZONE else int(nat is NatStrategy.SINGLE)
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
        crossing = use.traffic_gb * (settings.zones - 1) / settings.zones
        because = "from zones without the gateway"
        yield subject.line("network", "data between zones", "cross_zone_gb", crossing, because)
    if services := interface_services(subject.settings):
        hours = len(services) * settings.zones * HOURS_A_MONTH
        because = f"{', '.join(services)}: one in each of {settings.zones} zones"
        yield subject.line("network", "interface endpoints", "endpoint_hour", hours, because)
    if nat is NatStrategy.NONE:
        yield subject.line("network", "endpoint data", "endpoint_gb", use.traffic_gb, "traffic_gb")
    yield from _task_addresses(subject, nat is NatStrategy.PUBLIC_SUBNETS)


def _task_addresses(subject: Subject, public: bool) -> Iterator[Line]:
    hours = subject.use.awake_hours if public else 0.0
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


def entrance(subject: Subject) -> Iterator[Line]:
    """The load balancer that people come through. It never sleeps."""
    settings = subject.settings
    yield subject.line(
        "entrance", "Application Load Balancer", "alb_hour", HOURS_A_MONTH, "always there"
    )
    yield subject.line(
        "entrance",
        "its capacity",
        "alb_lcu_hour",
        subject.use.entrance_gb,
        "entrance_gb: a unit takes 1 GB an hour",
    )
    if settings.entrance.scheme is Scheme.INTERNET_FACING:
        adopted = settings.network.adopt
        zones = len(adopted.public_subnet_ids) if adopted else settings.network.zones
        yield subject.line(
            "entrance",
            "its public addresses",
            "public_ipv4_hour",
            zones * HOURS_A_MONTH,
            f"one in each of {zones} zones",
        )


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
    settings, hours = subject.settings.controller, subject.use.awake_hours
    yield from _task(subject, "controller", settings, settings.architecture, hours, "awake_hours")


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


@dataclass(frozen=True)
class Builds:
    """The builds of one label.

    Attributes:
        template: What they run on.
        plain: The label without its form for one kind of capacity.
        label: The label itself.
        spot: Whether it is Spot.
        hours: Hours a month.
    """

    template: AgentTemplate
    plain: str
    label: str
    spot: bool
    hours: float


def builds(subject: Subject) -> Iterator[Builds]:
    """The builds of each label that is used."""
    hours = subject.use.hours_by_label(subject.settings.agents)
    for template in subject.settings.agents:
        for plain in template.plain_labels:
            _, spot, on_demand = label_forms(plain)
            kinds = {plain: template.capacity is Capacity.SPOT, spot: True, on_demand: False}
            for label, is_spot in kinds.items():
                if hours.get(label):
                    yield Builds(template, plain, label, is_spot, hours[label])


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


def backup(subject: Subject) -> Iterator[Line]:
    """Recovery points of the home, here and in another region, and a replica of it."""
    settings, use = subject.settings, subject.use
    if settings.backup.enabled:
        plain = (settings.backup.cold_storage_after_days, settings.backup.delete_after_days)
        yield from _recovery_points(subject, "recovery points", *plain)
    if settings.backup.enabled and settings.backup.copy_to:
        yield from _recovery_points(subject, "copied points", *settings.backup.copy_lifecycle)
    if settings.storage.replication:
        because = "home_gb; another region's price may differ"
        price = "efs_standard_gb_month"
        yield subject.line("storage", "replica in another region", price, use.home_gb, because)


def _recovery_points(subject: Subject, what: str, cold: int, delete: int) -> Iterator[Line]:
    """One full recovery point, and in each of the others what was written since the last one."""
    use = subject.use
    kept = delete or DAYS_A_YEAR
    warm = min(cold or kept, kept)
    changed_gb = use.home_written_gb / DAYS_A_MONTH
    for kind, price, quantity in (
        ("warm", "backup_warm_gb_month", use.home_gb + changed_gb * warm),
        ("cold", "backup_cold_gb_month", changed_gb * (kept - warm)),
    ):
        days = warm if kind == "warm" else kept - warm
        because = f"home_gb and home_written_gb, {days} days {kind}"
        yield subject.line("backup", f"{what}, {kind}", price, quantity, because)


def monitoring(subject: Subject) -> Iterator[Line]:
    """Logs and Container Insights."""
    settings, use = subject.settings, subject.use
    days = max(settings.controller.log_retention_days, settings.agent_cloud.log_retention_days)
    because = "log_gb"
    yield subject.line("monitoring", "logs taken in", "logs_ingested_gb", use.log_gb, because)
    kept = use.log_gb * LOG_COMPRESSION * days / DAYS_A_MONTH
    because = f"{days} days, compressed"
    yield subject.line("monitoring", "logs kept", "logs_stored_gb_month", kept, because)
    families: dict[str, float] = {}
    for group in builds(subject):
        families[group.template.name] = families.get(group.template.name, 0.0) + group.hours
    metric_hours = (
        2 * CLUSTER_METRICS * HOURS_A_MONTH
        + (SERVICE_METRICS + FAMILY_METRICS) * use.awake_hours
        + sum(FAMILY_METRICS * min(hours, HOURS_A_MONTH) for hours in families.values())
    )
    yield subject.line(
        "monitoring",
        "Container Insights",
        "metric_month",
        metric_hours / HOURS_A_MONTH,
        "metrics of two clusters, one service and each family of tasks, while they run",
    )


def security(subject: Subject) -> Iterator[Line]:
    """Secrets and keys of the platform's own; a template's secrets are paid for anyway."""
    yield subject.line("security", "secrets", "secret_month", 1, "the administrator's password")
    settings = subject.settings
    keys = {
        "home": settings.storage.encryption_key,
        "replica": settings.storage.replication and settings.storage.replication.encryption_key,
        "recovery points": settings.backup.encryption_key,
        "copies": settings.backup.copy_to and settings.backup.copy_to.encryption_key,
        "logs": settings.watch.log_key,
    }
    made = [what for what, key in keys.items() if key and key.create]
    if settings.watch.on and not settings.watch.topic.adopt:
        made.append("messages")
    yield subject.line("security", "keys", "kms_key_month", len(made), f"of {', '.join(made)}")


def images(subject: Subject) -> Iterator[Line]:
    """The platform's own images in ECR; adopted ones are paid for elsewhere."""
    own = subject.settings.images
    if any(getattr(getattr(own, role), "adopt", 1) is None for role in type(own).model_fields):
        yield subject.line("images", "ECR", "ecr_gb_month", subject.use.image_gb, "image_gb")


PARTS: tuple[Callable[[Subject], Iterator[Line]], ...] = (
    *(network, entrance, connection, controller, agents),
    *(storage, backup, monitoring, security, images),
)
