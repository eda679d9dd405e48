"""``jenkins-platform prices``: the price table, updated from the AWS Price List API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Optional

import boto3
import typer
from jenkins_platform.cost.prices import (
    FILE,
    Confidence,
    Price,
    PriceTable,
    Query,
    RegionalPrice,
    Source,
)
from rich.console import Console
from rich.table import Table

from ..app import FAILED, JsonOption, app, print_json, region_name, report_errors
from ..engine.progress import Reporter

API_REGION = "us-east-1"
"""One of the few regions with a Price List API endpoint; it returns the prices of all regions."""
SOURCE_KEY = "price-list-api"
SOURCE = Source(
    what="AWS Price List API, read by `jenkins-platform prices refresh`", confidence=Confidence.READ
)
_REGION_MARK = r"(?:[A-Z]{2,3}\d?-|[a-z]{2}(?:-[a-z]+)+-\d-)?"
"""Region prefix of usage types: ``EUC1-``, ``EU-``, ``eu-central-1-`` (KMS) or none."""

prices = typer.Typer(no_args_is_help=True, help="The price table behind the estimates.")
app.add_typer(prices, name="prices")


@dataclass(frozen=True)
class Reading:
    """What the API returned for one price in one region.

    Attributes:
        key: Key of the price.
        region: The region.
        before: The price in the table so far; None if there was none.
        after: The price that was read; None unless exactly one was found.
        problem: Why ``after`` is None.
    """

    key: str
    region: str
    before: float | None
    after: float | None
    problem: str = ""


def _regions(names: list[str] | None) -> list[str] | None:
    for name in names or ():
        region_name(name)
    return names


@prices.command()
def refresh(
    region: Annotated[
        Optional[list[str]],
        typer.Option(
            callback=_regions, help="Region to read; may be repeated. Default: those in the table."
        ),
    ] = None,
    file: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, writable=True, help="File of the price table."),
    ] = FILE,
    as_json: JsonOption = False,
) -> None:
    """Read all prices from AWS. Requires credentials with pricing:GetProducts."""
    with report_errors(Reporter(Console(stderr=True))):
        table = PriceTable.load(file)
        client = boto3.client("pricing", region_name=API_REGION)
        readings = list(read(table, client, region or table.regions()))
        new = updated(table, readings, date.today())
        file.write_text(new.text())
    if as_json:
        print_json([asdict(reading) for reading in readings])
    else:
        _show(Console(), readings)
    if all(reading.after is None for reading in readings):
        raise typer.Exit(FAILED)


def read(table: PriceTable, client: Any, regions: Sequence[str]) -> Iterator[Reading]:
    """Query the API for every price that it publishes, in each region."""
    for key, price in table.prices.items():
        if price.api is None:
            continue
        for region in regions:
            known = price.by_region.get(region)
            before = known.usd if known else None
            found = sorted(set(_prices(client, price.api, region)))
            if len(found) == 1:
                yield Reading(key, region, before, found[0])
            else:
                problem = f"several: {', '.join(map(str, found))}" if found else "none found"
                yield Reading(key, region, before, None, problem)


def updated(table: PriceTable, readings: Sequence[Reading], today: date) -> PriceTable:
    """The table with the prices that were read; the others are unchanged."""
    by_region = {key: dict(price.by_region) for key, price in table.prices.items()}
    for reading in readings:
        if reading.after is not None:
            by_region[reading.key][reading.region] = RegionalPrice(
                usd=reading.after, as_of=today.isoformat(), source=SOURCE_KEY
            )
    new: dict[str, Price] = {
        key: price.model_copy(update={"by_region": by_region[key]})
        for key, price in table.prices.items()
    }
    named = {f.source for found in by_region.values() for f in found.values()}
    sources = {**table.sources, SOURCE_KEY: SOURCE}
    kept = {key: source for key, source in sources.items() if key in named}
    return PriceTable.model_validate({"sources": kept, "prices": new})


def _prices(client: Any, query: Query, region: str) -> Iterator[float]:
    """The prices of all products that match a query."""
    fields = {"productFamily": query.family, **query.where}
    if not query.worldwide:
        fields["regionCode"] = region
    filters = [
        {"Type": "TERM_MATCH", "Field": field, "Value": value}
        for field, value in sorted(fields.items())
        if value
    ]
    usage = re.compile(_REGION_MARK + re.escape(query.usage))
    pages = client.get_paginator("get_products").paginate(
        ServiceCode=query.service, Filters=filters, FormatVersion="aws_v1"
    )
    for product in (json.loads(text) for page in pages for text in page["PriceList"]):
        if usage.fullmatch(product["product"]["attributes"].get("usagetype", "")):
            yield round(_first_tier(product) * query.scale, 10)


def _first_tier(product: dict[str, Any]) -> float:
    """The price of the first tier that is not free."""
    tiers = sorted(
        (float(tier.get("beginRange", 0)), float(tier["pricePerUnit"]["USD"]))
        for term in product["terms"].get("OnDemand", {}).values()
        for tier in term["priceDimensions"].values()
    )
    return next((usd for _, usd in tiers if usd), 0.0)


def _show(console: Console, readings: Sequence[Reading]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("price", "region", "before", "now"):
        table.add_column(title, justify="right" if title in ("before", "now") else "left")
    same = 0
    for reading in readings:
        if reading.after is not None and reading.after == reading.before:
            same += 1
            continue
        before = "" if reading.before is None else f"{reading.before:g}"
        now = f"kept ({reading.problem})" if reading.after is None else f"{reading.after:g}"
        table.add_row(reading.key, reading.region, before, now)
    if table.row_count:
        console.print(table)
    console.print(f"{same} of {len(readings)} prices are unchanged.")
