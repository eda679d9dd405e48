"""The tables in ``docs/cost.md``, calculated from the price table. `python -m benchmarks.cost`
writes them; a test finds tables that are out of date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jenkins_platform.cost import Estimate, estimate, shipped
from jenkins_platform.cost.prices import UNSURE, PriceTable, RegionalPrice
from jenkins_platform.cost.savings import OFFICE_HOURS
from jenkins_platform.settings import Settings

DOCUMENT = Path(__file__).parent.parent / "docs" / "cost.md"
REGION = "us-east-1"
TRAFFIC_GB = (10, 100, 1000)
NATS = ("one-per-zone", "single", "none", "public-subnets")


def markdown(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; every column but the first that holds only numbers is aligned to the right."""
    cells = [list(row) for row in rows]
    numeric = [
        index > 0 and all(re.fullmatch(r"[-+*]*[\d,.]*( ?%)?\**", row[index]) for row in cells)
        for index in range(len(titles))
    ]
    line = ["---:" if right else "---" for right in numeric]
    return "\n".join(f"| {' | '.join(row)} |" for row in (titles, line, *cells))


def priced(args: Mapping[str, Any] | None = None, **use: Any) -> Estimate:
    settings = Settings.from_args("jenkins", {**(args or {}), "usage_estimate": use})  # type: ignore[arg-type]
    return estimate(settings, REGION)


def nat() -> str:
    """The network's part for each strategy and traffic, with the default use otherwise."""

    def usd(strategy: str, gigabytes: float) -> float:
        found = priced({"network": {"nat": strategy}}, traffic_gb=gigabytes)
        return found.parts["network"]

    titles = ["`network.nat`", *(f"{gb:,} GB" for gb in TRAFFIC_GB)]
    rows = [[f"`{n}`", *(f"{usd(n, gb):.2f}" for gb in TRAFFIC_GB)] for n in NATS]
    rise = {n: usd(n, 1) - usd(n, 0) for n in ("single", "none")}
    even = (usd("none", 0) - usd("single", 0)) / (rise["single"] - rise["none"])
    return (
        markdown(titles, rows)
        + f"\n\nEndpoints (`none`) cost less than one NAT gateway from {even:,.0f} GB a month on."
    )


def parts() -> str:
    """The default platform, part by part."""
    found = priced()
    rows = [[part, f"{usd:.2f}"] for part, usd in found.parts.items()]
    return markdown(["part", "USD a month"], [*rows, ["**total**", f"**{found.monthly_usd:.2f}**"]])


def hours() -> str:
    """The controller by size, architecture and hours awake."""
    rows = []
    for cpu, memory in ((512, 2048), (1024, 4096), (2048, 8192)):
        row = [f"{cpu / 1024:g} vCPU, {memory // 1024} GB"]
        for awake in (730.0, OFFICE_HOURS):
            for architecture in ("x86_64", "arm64"):
                size = {"cpu": cpu, "memory_mib": memory, "architecture": architecture}
                found = priced({"controller": size}, running_hours=awake)
                row.append(f"{found.parts['controller']:.2f}")
        rows.append(row)
    office = f"{OFFICE_HOURS:.0f} hours"
    return markdown(["size", "always", "always, ARM", office, f"{office}, ARM"], rows)


def agents() -> str:
    """A hundred build hours by size, architecture and capacity."""
    rows = []
    for cpu, memory in ((512, 1024), (1024, 4096), (4096, 16384)):
        row = [f"{cpu / 1024:g} vCPU, {memory // 1024} GB"]
        for label in ("linux-on-demand", "linux-spot"):
            for architecture in ("x86_64", "arm64"):
                template = {"name": "linux", "cpu": cpu, "memory_mib": memory}
                args = {"agents": [{**template, "architecture": architecture}]}
                found = priced(args, build_hours={label: 100})
                row.append(f"{found.parts[f'agents {label}']:.2f}")
        rows.append(row)
    return markdown(["size", "on demand", "on demand, ARM", "Spot", "Spot, ARM"], rows)


def storage() -> str:
    """A GB in each class of EFS, and what it takes to move or read it."""
    table = shipped()

    def usd(key: str) -> str:
        return f"{table.usd(key, REGION):g}"

    rows = [
        ["Standard", usd("efs_standard_gb_month"), ""],
        [
            "Infrequent Access",
            usd("efs_infrequent_gb_month"),
            usd("efs_infrequent_access_gb"),
        ],
        ["Archive", usd("efs_archive_gb_month"), usd("efs_archive_access_gb")],
    ]
    return markdown(["class", "USD a GB-month", "USD for each GB moved or read"], rows)


def throughput() -> str:
    """A home of 25 GB in each throughput mode, at three levels of reads and writes."""
    modes: dict[str, dict[str, Any]] = {
        "elastic": {},
        "bursting": {},
        "provisioned, 10 MiB/s": {"provisioned_throughput_mibps": 10},
    }
    rows = []
    for mode, more in modes.items():
        group = {"throughput_mode": mode.split(",")[0], **more}
        row = [mode]
        for gigabytes in TRAFFIC_GB:
            use = {"home_read_gb": gigabytes, "home_written_gb": gigabytes * 0.4}
            row.append(f"{priced({'storage': group}, **use).parts['storage']:.2f}")
        rows.append(row)
    return markdown(
        ["mode", *(f"{gb:,} GB read, {gb * 0.4:,.0f} written" for gb in TRAFFIC_GB)], rows
    )


def prices() -> str:
    """All prices with their sources."""
    table = shipped()
    regions = table.regions()
    rows = []
    for key, price in table.prices.items():
        found = [table.regional(key, region) for region in regions]
        rows.append([price.what, price.unit, *(cell for f in found for cell in _price(table, f))])
    titles = [cell for region in regions for cell in (region, "source")]
    return markdown(["what", "unit", *titles], rows)


def _price(table: PriceTable, found: RegionalPrice) -> tuple[str, str]:
    """A price, marked if it is not confirmed, and its source with its date."""
    source = table.sources[found.source].confidence
    usd = f"{found.usd:.10f}".rstrip("0").rstrip(".")
    return f"{usd} *" if source in UNSURE else usd, f"{source.value}, {found.as_of}"


def tables() -> dict[str, str]:
    """All tables of this module, by their marks in the document."""
    return {
        "parts": parts(),
        "nat": nat(),
        "hours": hours(),
        "agents": agents(),
        "storage": storage(),
        "throughput": throughput(),
        "prices": prices(),
    }


def with_tables(text: str, new: Mapping[str, str]) -> str:
    """The document with updated tables.

    Raises:
        ValueError: a table has no mark in the document, or a mark no table.
    """
    marks = re.findall(r"<!-- table: (\S+) -->", text)
    if sorted(marks) != sorted(new):
        raise ValueError(f"marks {sorted(marks)}, tables {sorted(new)}")
    return re.sub(
        r"(<!-- table: (\S+) -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}\n{new[found[2]]}\n\n{found[3]}",
        text,
        flags=re.DOTALL,
    )


def write_tables(more: Mapping[str, str]) -> None:
    """Write all tables into the document."""
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text(), {**tables(), **more}))
