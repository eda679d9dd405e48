"""Hourly cost of a Fargate task, for metrics that are calculated while tasks run."""

from __future__ import annotations

from typing import Any

from ..inputs import Architecture
from ..settings.facts.fargate import INCLUDED_DISK_GIB
from .prices import PriceTable, shipped

_KEYS = {Architecture.X86_64: "x86", Architecture.ARM64: "arm64"}


def task_prices(region: str, table: PriceTable | None = None) -> dict[str, Any]:
    """USD per vCPU-hour and GB-hour by architecture, and the fraction that Spot costs."""
    prices = table or shipped()
    found: dict[str, Any] = {
        architecture.value: [
            prices.usd(f"fargate_{key}_vcpu_hour", region),
            prices.usd(f"fargate_{key}_gb_hour", region),
        ]
        for architecture, key in _KEYS.items()
    }
    found["spot"] = prices.usd("fargate_spot_share", region)
    return found


def hourly_usd(
    region: str,
    architecture: Architecture,
    cpu: int,
    memory_mib: int,
    table: PriceTable | None = None,
) -> float:
    """Cost of one hour of an on-demand task in USD."""
    per_vcpu, per_gb = task_prices(region, table)[architecture.value]
    return float(cpu / 1024 * per_vcpu + memory_mib / 1024 * per_gb)


def storage_hourly_usd(region: str, disk_gib: int | None, table: PriceTable | None = None) -> float:
    """Cost of one hour of a task's ephemeral storage in USD; ``None`` is the included amount."""
    additional = (disk_gib or INCLUDED_DISK_GIB) - INCLUDED_DISK_GIB
    return additional * (table or shipped()).usd("fargate_storage_gb_hour", region)


def prices_as_of(region: str, table: PriceTable | None = None) -> str:
    """Date of the oldest Fargate price."""
    prices = table or shipped()
    keys = [f"fargate_{key}_{unit}_hour" for key in _KEYS.values() for unit in ("vcpu", "gb")]
    return min(prices.regional(key, region).as_of for key in keys)
