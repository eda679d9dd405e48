"""The summary at the end of a command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..invocation import command_line
from .progress import COMPONENT
from .session import Outcome

_DONE = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "create-replacement": "replaced",
    "refresh": "changed outside of Pulumi",
}
_PLANNED = {
    "create": "to create",
    "update": "to update",
    "delete": "to delete",
    "create-replacement": "to replace",
}


def by_module(types: Iterable[str]) -> Counter[str]:
    """Number of resources per package and module, without components."""
    kinds = [t for t in types if not t.startswith((COMPONENT, "pulumi:"))]
    return Counter(kind.split("/")[0].replace(":index", "").replace(":", ".") for kind in kinds)


def counts(outcome: Outcome) -> str:
    """``3 created, 1 updated``, in a preview ``3 to create``; ``No change.`` if there are none."""
    words = _PLANNED if outcome.operation == "preview" else _DONE
    found = Counter(words[c.op] for c in outcome.changes if c.op in words)
    return ", ".join(f"{n} {word}" for word, n in sorted(found.items())) or "No change."


def show(console: Console, rows: Mapping[str, Any]) -> None:
    """Print a summary of labels and texts."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for label, text in rows.items():
        # As Text: markup would turn the `:secret:` of an ARN into an emoji.
        table.add_row(label, Text(str(text)))
    console.print()
    console.print(table, highlight=False, width=max(console.width, 100))


def platform_rows(types: Iterable[str], outcome: Outcome) -> dict[str, Any]:
    """The summary of a deployed platform."""
    kinds, outputs, usd = by_module(types), outcome.outputs, outcome.monthly_usd
    listed = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    rows = {
        "Jenkins": outputs.get("url"),
        "Sign in as": outputs.get("admin_user_name") or "any user of the identity provider",
        "Controller": _last(outputs.get("controller_cluster_arn")),
        "Agents": _last(outputs.get("agent_cluster_arn")),
        "Labels": " ".join(outputs.get("agent_labels") or []),
        "Resources": f"{kinds.total()}: {listed}",
    }
    if usd is not None:
        details = command_line("cost", "--stack", outcome.stack)
        rows["Cost"] = f"about {usd:,.0f} USD per month, {details}"
    return rows


def markdown(outcome: Outcome) -> str:
    """The outcome in Markdown, for a pull request."""
    lines = [f"### `{outcome.operation}` of stack `{outcome.stack}`: {counts(outcome)}", ""]
    if outcome.changes:
        lines += ["| | resource | name | properties |", "| --- | --- | --- | --- |"]
        lines += [
            f"| {c.op} | `{c.type}` | `{c.name}` | {', '.join(c.properties)} |"
            for c in outcome.changes
        ]
    messages_by_title = {
        "Errors": outcome.errors,
        "Warnings": outcome.warnings,
        "Notes": outcome.notes,
    }
    for title, messages in messages_by_title.items():
        if messages:
            lines += ["", f"**{title}**", "", *(f"```\n{m}\n```" for m in messages)]
    return "\n".join([*lines, ""])


def _last(arn: Any) -> str:
    return str(arn).rsplit("/", 1)[-1]
