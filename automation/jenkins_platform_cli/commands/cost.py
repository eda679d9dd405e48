"""``jenkins-platform cost``: the monthly cost of a stack, estimated from its configuration.

Needs neither the engine nor an AWS account.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Optional

import typer
from jenkins_platform.cost import Estimate, estimate
from jenkins_platform.settings import Problem, Settings, SettingsError
from localcloud.cloud import REGION
from rich.console import Console
from rich.table import Table

from ..app import (
    CloudOption,
    JsonOption,
    StackOption,
    app,
    print_json,
    region_name,
    report_errors,
)
from ..engine.configuration import Configuration
from ..engine.progress import Reporter
from ..engine.project import Project
from ..engine.session import Cloud

UseOption = Annotated[
    Optional[list[str]],
    typer.Option(
        metavar="KEY=VALUE",
        help="Override a key of the stack's usage_estimate, such as running_hours=217 or "
        "build_hours.linux=400. May be repeated.",
    ),
]
RegionOption = Annotated[
    Optional[str], typer.Option(callback=region_name, help="Default: the stack's region.")
]
WIDTH = 130
"""Columns if the output is not a terminal."""


@app.command()
def cost(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    use: UseOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Estimate the monthly cost of the platform, item by item, with possible savings."""
    reporter = Reporter(Console(stderr=True))
    with report_errors(reporter):
        project = Project.find(Path.cwd())
        settings = _settings(project.configuration(stack, reporter), use or [])
        found = estimate(settings, region or _region(project, stack, cloud))
    if as_json:
        print_json({"stack": stack, **as_data(found)})
    else:
        show(Console(), found)


def _settings(configuration: Configuration, use: list[str]) -> Settings:
    """The stack's settings, with the given overrides of its usage estimate."""
    expected: dict[str, Any] = dict(configuration.values.get("usage_estimate", {}))
    for text in use:
        key, equals, value = text.partition("=")
        if not equals:
            raise SettingsError([Problem("--use", text, "must be KEY=VALUE")])
        name, dot, label = key.partition(".")
        if dot:
            expected[name] = {**(expected.get(name) or {}), label: value}
        else:
            expected[name] = value
    return configuration.settings(usage_estimate=expected)


def _region(project: Project, stack: str, cloud: Cloud) -> str:
    try:
        return project.region(stack)
    except FileNotFoundError:
        if cloud is Cloud.LOCAL:
            return REGION
        raise


def as_data(found: Estimate) -> dict[str, Any]:
    """The estimate as printed by ``--json``: USD rounded to cents; sums are of unrounded lines."""
    return {
        "region": found.region,
        "monthly_usd": round(found.monthly_usd, 2),
        "parts": {part: round(usd, 2) for part, usd in found.parts.items()},
        "lines": [
            {**asdict(line), "monthly_usd": round(line.monthly_usd, 2)} for line in found.lines
        ],
        "savings": [
            {**asdict(saving), "monthly_usd": round(saving.monthly_usd, 2)}
            for saving in found.savings
        ],
        "notes": list(found.notes),
    }


def show(console: Console, found: Estimate) -> None:
    """Print the estimate, part by part, then the possible savings."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_footer=True)
    table.add_column("", "Total", footer_style="bold", no_wrap=True)
    for title in ("quantity", "", "USD each "):
        table.add_column(title, justify="right" if title else "left")
    total = f"{found.monthly_usd:,.2f}"
    table.add_column("USD a month", total, justify="right", footer_style="bold")
    table.add_column("basis", style="dim", overflow="fold")
    part = ""
    for line in found.lines:
        if line.part != part:
            part = line.part
            table.add_row(f"[bold]{part}", "", "", "", f"[bold]{found.parts[part]:,.2f}", "")
        table.add_row(
            f"  {line.item}",
            f"{line.quantity:,.5g}",
            line.unit,
            f"{line.unit_usd:.5g}{' ' if line.confirmed else '*'}",
            f"{line.monthly_usd:,.2f}",
            line.because,
        )
    if not console.is_terminal:
        console.width = WIDTH
    console.print(f"Monthly cost in {found.region}", style="bold", highlight=False)
    console.print(table, highlight=False)
    if found.savings:
        console.print("\nPossible savings, each on its own", style="bold", highlight=False)
        cheaper = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        cheaper.add_column(justify="right")
        for saving in found.savings:
            cheaper.add_row(f"{saving.monthly_usd:,.2f}", saving.setting, saving.advice)
        console.print(cheaper, highlight=False)
    console.print()
    for note in ("Set quantities such as traffic_gb in usage_estimate.", *found.notes):
        console.print(note, style="dim", highlight=False)
