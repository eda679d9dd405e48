"""One workload's monthly bill with the settings of the original modules ("seeds") and with ours.

    python -m benchmarks.cost

It prints the tables, draws ``benchmarks/results/cost.svg`` and updates the tables in
``docs/cost.md``.

The workload: the controller is needed 50 hours a week, there are 25 GB of home, and 2,000 build
hours a month at 0.5 vCPU and 1 GB, four fifths of them interruptible. Assumptions and
their sources:

- The seeds, as they behave (`SEEDS`): a controller of 2 vCPU and 4 GB that always runs, a public
  load balancer, EFS in bursting mode, and a "spot" cloud that sends a launch type and so is billed
  on demand. They need a NAT gateway and have no VPC endpoint, so every image layer that an agent
  task pulls passes the gateway: their agents run an image from Docker Hub.
- Builds of 30 minutes, hence 4,000 starts, each with 0.32 GB of layers: the size of a slim agent
  image according to another module's README. Fargate caches no images. Both are assumptions,
  so the ratio is also calculated without layers and for other durations.
- Equal on both sides: usage of the home, logs, traffic, Container Insights, the region. On neither
  side: backup, WAF.
- Only ours: alarms and the key of their topic; the seeds have no monitoring. The seeds' password is
  an SSM parameter, which is free; ours is a secret.

Each step from the seeds' settings to ours is added to the previous ones, so that its savings are
visible, and whether it is a default.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jenkins_platform.cost import Line, estimate, shipped
from jenkins_platform.settings import Settings
from rich.bar import Bar
from rich.console import Console
from rich.table import Table

from benchmarks.cost_tables import DOCUMENT, markdown, write_tables

REGION = "us-east-1"
WEEKS_A_MONTH = 365 / 7 / 12
NEEDED_HOURS = 50 * WEEKS_A_MONTH
WORKING_HOURS = {"time_zone": "UTC", "windows": [{"start": "08:00", "end": "18:00"}]}
BUILD_HOURS = 2000.0
INTERRUPTIBLE = 0.8
BUILD_MINUTES = 30.0
LAYER_GB = 0.32
TARGET = 0.35
CHART = Path(__file__).parent / "results" / "cost.svg"


@dataclass(frozen=True)
class Way:
    """One way to run the workload.

    Attributes:
        args: The platform's inputs, but for the use.
        spot: Share of the builds that really run on Spot.
        layers_through_nat: Whether the layers of images pass the NAT gateway.
        free_password: Whether the password is kept where it costs nothing.
    """

    args: dict[str, Any]
    spot: float = 0.0
    layers_through_nat: bool = False
    free_password: bool = False

    def with_args(self, **groups: dict[str, Any]) -> dict[str, Any]:
        return {**self.args, **{k: {**self.args.get(k, {}), **v} for k, v in groups.items()}}


SEEDS = Way(
    args={
        "backup": {"enabled": False},
        "controller": {"cpu": 2048, "memory_mib": 4096},
        "storage": {"throughput_mode": "bursting"},
        "monitoring": {"level": "none"},
        "load_balancer": {
            "scheme": "internet-facing",
            "certificate": {"existing": "arn:aws:acm:us-east-1:123456789012:certificate/abc"},
        },
    },
    layers_through_nat=True,
    free_password=True,
)


def steps() -> list[tuple[str, str, Way]]:
    """From the seeds' settings to ours: what changes, how to get it, and what then runs."""
    way = SEEDS
    found = [("the seeds", "", way)]

    def step(what: str, how: str, **changes: Any) -> None:
        nonlocal way
        way = replace(way, **changes)
        found.append((what, how, way))

    elastic = {"throughput_mode": "elastic"}
    step("layers by the S3 endpoint", "default, images in ECR", layers_through_nat=False)
    step("Spot that is Spot", "labels with -spot", spot=INTERRUPTIBLE)
    step("a secret for the password", "default", free_password=False)
    step("elastic throughput", "default", args=way.with_args(storage=elastic))
    step("alarms", "default", args=way.with_args(monitoring={"level": "alarms"}))
    small = {"cpu": 1024, "memory_mib": 4096}
    step("controller of 1 vCPU, 4 GB", "default", args=way.with_args(controller=small))
    asleep = f"controller awake {NEEDED_HOURS:.0f} of 730 hours"
    step(asleep, "working hours", args=way.with_args(schedule=WORKING_HOURS))
    arm = way.with_args(
        controller={"architecture": "arm64"}, agent_defaults={"architecture": "arm64"}
    )
    step("ARM", "architecture: arm64", args=arm)
    open_network = way.with_args(network={"nat": "public-subnets"})
    step("no NAT gateway", "nat: public-subnets", args=open_network)
    return found


def bill(way: Way, region: str = REGION, minutes: float | None = BUILD_MINUTES) -> list[Line]:
    """The lines of a month's bill; builds of None minutes pull no layers."""
    hours = {"linux-spot": BUILD_HOURS * way.spot, "linux-on-demand": BUILD_HOURS * (1 - way.spot)}
    use = {"home_gb": 25, "build_hours": hours}
    settings = Settings.from_args("jenkins", {**way.args, "usage_estimate": use})  # type: ignore[arg-type]
    lines = list(estimate(settings, region).lines)
    if way.free_password:
        lines = [line for line in lines if line.part != "security"]
    if way.layers_through_nat and minutes is not None:
        gigabytes = BUILD_HOURS * 60 / minutes * LAYER_GB
        crossing = (
            settings.network.availability_zone_count - 1
        ) / settings.network.availability_zone_count
        prices = shipped()
        for item, price, amount in (
            ("image layers through NAT", "nat_gb", gigabytes),
            ("image layers between zones", "cross_zone_gb", gigabytes * crossing),
        ):
            usd = prices.usd(price, region)
            because = "every start pulls"
            lines.append(Line("network", item, price, amount, "GB", usd, because, "", "", True))
    return lines


def total(lines: Iterable[Line]) -> float:
    return sum(line.monthly_usd for line in lines)


def items(lines: Iterable[Line]) -> dict[str, float]:
    """Sums of what belongs together, in the words of a bill."""
    sums: dict[str, float] = {}
    for line in lines:
        name = "agents" if line.part.startswith("agents") else line.part
        if "layers" in line.item:
            name = "image layers"
        sums[name] = sums.get(name, 0.0) + line.monthly_usd
    return sums


def ratio(
    region: str = REGION, minutes: float | None = BUILD_MINUTES, way: Way | None = None
) -> float:
    ours = way or steps()[-1][2]
    return total(bill(ours, region, minutes)) / total(bill(SEEDS, region, minutes))


def step_rows() -> list[list[str]]:
    """Each step with what it saves."""
    rows, before = [], total(bill(SEEDS))
    first = before
    for what, how, way in steps():
        now = total(bill(way))
        rows.append(
            [what, how, f"{now - before:+.2f}" if how else "", f"{now:.2f}", f"{now / first:.0%}"]
        )
        before = now
    return rows


def item_rows() -> list[list[str]]:
    """The two bills item by item."""
    seeds, ours = items(bill(SEEDS)), items(bill(steps()[-1][2]))
    rows = [
        [name, f"{seeds.get(name, 0):.2f}", f"{ours.get(name, 0):.2f}"]
        for name in sorted(seeds | ours, key=lambda n: -seeds.get(n, 0.0))
    ]
    sums = [f"{sum(side.values()):.2f}" for side in (seeds, ours)]
    return [*rows, ["**total**", *(f"**{s}**" for s in sums)]]


def sensitivity_rows() -> list[list[str]]:
    """The ratio where the assumptions are others, with public subnets and with a NAT gateway."""
    ours = steps()[-1][2]
    private = replace(ours, args=ours.with_args(network={"nat": "single"}))
    lengths: list[tuple[str, float | None]] = [
        ("no layers counted", None),
        *((f"builds of {m} minutes", float(m)) for m in (60, 30, 10)),
    ]
    return [
        [
            f"{name}, {region}",
            f"{total(bill(SEEDS, region, minutes)):.0f}",
            f"{ratio(region, minutes):.0%}",
            f"{ratio(region, minutes, private):.0%}",
        ]
        for region in ("us-east-1", "eu-central-1")
        for name, minutes in lengths
    ]


STEP_TITLES = ["step", "how", "USD a month", "the bill", "of the seeds'"]
ITEM_TITLES = ["item", "seeds, USD", "ours, USD"]
SENSITIVITY_TITLES = ["assumption", "seeds, USD", "ours, public subnets", "ours, one NAT gateway"]


def tables() -> dict[str, str]:
    """The benchmark's tables as the document has them."""
    return {
        "benchmark-items": markdown(ITEM_TITLES, item_rows()),
        "benchmark-steps": markdown(STEP_TITLES, step_rows()),
        "benchmark-ratios": markdown(SENSITIVITY_TITLES, sensitivity_rows()),
    }


def chart(console: Console) -> None:
    """Two bars for each item."""
    seeds, ours = items(bill(SEEDS)), items(bill(steps()[-1][2]))
    scale = max(*seeds.values(), *ours.values())
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name in sorted(seeds | ours, key=lambda n: -seeds.get(n, 0.0)):
        for label, side, colour in ((name, seeds, "red"), ("", ours, "green")):
            usd = side.get(name, 0.0)
            table.add_row(label, Bar(scale, 0, usd, width=50, color=colour), f"{usd:.2f}")
    console.print(table)
    console.print(
        f"[red]seeds[/red] {sum(seeds.values()):.2f}, [green]ours[/green] {sum(ours.values()):.2f} "
        f"USD a month in {REGION}: {ratio():.0%}, target at most {TARGET:.0%}",
        highlight=False,
    )


def draw(file: Path = CHART) -> None:
    """Save the chart; the fonts are the viewer's own, nothing is loaded from anywhere."""
    console = Console(record=True, width=90, file=io.StringIO())
    chart(console)
    text = console.export_svg(title="One workload, two bills", unique_id="cost")
    file.parent.mkdir(exist_ok=True)
    file.write_text(re.sub(r"(@font-face \{.*?\}|<!--.*?-->)\s*", "", text, flags=re.DOTALL))


def show(
    title: str, titles: Sequence[str], rows: Iterable[Sequence[str]], console: Console
) -> None:
    table = Table(title=title, title_justify="left")
    for index, name in enumerate(titles):
        table.add_column(name, justify="right" if index and name != "how" else "left")
    for row in rows:
        table.add_row(*(cell.replace("**", "") for cell in row))
    console.print(table, highlight=False)


def main() -> None:
    console = Console(width=110)
    show("Item by item", ITEM_TITLES, item_rows(), console)
    show("Step by step", STEP_TITLES, step_rows(), console)
    show("Other assumptions", SENSITIVITY_TITLES, sensitivity_rows(), console)
    chart(console)
    draw()
    write_tables(tables())
    console.print(f"Written: {CHART.name}, and the tables in {DOCUMENT.name}", highlight=False)


if __name__ == "__main__":
    main()
