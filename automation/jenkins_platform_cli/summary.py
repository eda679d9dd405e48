"""The short account at the end: what is there, what it took, what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pulumi import automation as auto
from rich.console import Console
from rich.table import Table


def resources_by_kind(stack: auto.Stack) -> Counter[str]:
    """How many resources of each package and module are in the state, components apart."""
    resources = (stack.export_stack().deployment or {}).get("resources", [])
    kinds = [r["type"] for r in resources if r.get("custom") and "pulumi:" not in r["type"]]
    return Counter(kind.split("/")[0].replace(":index", "").replace(":", ".") for kind in kinds)


def show(
    console: Console,
    stack: auto.Stack,
    outputs: Mapping[str, auto.OutputValue],
    seconds: float,
    recorded: int,
    password_hint: str,
) -> None:
    """Print the summary of a stack that is up."""
    plain: dict[str, Any] = {
        key: "(secret)" if value.secret else value.value for key, value in outputs.items()
    }
    kinds = resources_by_kind(stack)
    listed = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    rows = {
        "Jenkins": plain.get("url"),
        "Sign in as": plain.get("admin_user_name"),
        "Password": password_hint,
        "Controller": _tail(plain.get("controller_cluster_arn")),
        "Agents": _tail(plain.get("agent_cluster_arn")),
        "Labels": " ".join(plain.get("agent_labels") or []),
        "Resources": f"{kinds.total()}: {listed}",
        "Time": f"{seconds:.1f} s",
    }
    if recorded:
        rows["Recorded"] = f"{recorded} calls that the emulator cannot take; localcloud/README.md"
    for label, text in rows.items():
        table.add_row(label, str(text))
    console.print()
    console.print(table, highlight=False, width=max(console.width, 100))


def _tail(arn: Any) -> str:
    return str(arn).rsplit("/", 1)[-1]
