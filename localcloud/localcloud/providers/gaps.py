"""What the embedded cloud cannot do, as `README.md` lists it.

``python -m localcloud.providers.gaps`` updates the list; a test checks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .table import Step, Table, load

README = Path(__file__).parents[2] / "README.md"
START, END = "<!-- gaps: start -->", "<!-- gaps: end -->"


def markdown(table: Table) -> str:
    """The rows and steps that are only recorded, and the properties that cannot be read back."""
    rows = {t: r.recorded_only for t, r in table.resources.items() if r.recorded_only}
    lines = ["### Resource types that are only recorded", "", "| Type | Why |", "| --- | --- |"]
    lines += [f"| `{_short(token)}` | {why} |" for token, why in sorted(rows.items())]
    lines += ["", "### Calls that are only recorded", ""]
    lines += ["| Type | Call | Why |", "| --- | --- | --- |"]
    lines += sorted({f"| {where} | `{s.call}` | {s.recorded_only} |" for where, s in _steps(table)})
    lines += ["", "### Properties that cannot be read back, or not always", ""]
    lines += ["| Type | Property | Why |", "| --- | --- | --- |"]
    for token, row in sorted(table.resources.items()):
        lines += [f"| `{_short(token)}` | `{name}` | {why} |" for name, why in row.forgets.items()]
    return "\n".join(lines)


def _steps(table: Table) -> Iterator[tuple[str, Step]]:
    for token, row in table.resources.items():
        for step in (*row.create, *row.read, *row.update, *row.delete):
            if step.recorded_only:
                yield f"`{_short(token)}`", step
    for service, tagging in table.tagging.items():
        for step in (tagging.add, tagging.remove):
            if step.recorded_only:
                yield f"tags of `{service}`", step


def _short(token: str) -> str:
    """``aws:ec2/vpc:Vpc`` -> ``ec2.Vpc``."""
    _, module, name = token.split(":")
    return f"{module.split('/')[0]}.{name}"


def main() -> None:
    before, _, rest = README.read_text().partition(START)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{START}\n{markdown(load())}\n{END}{after}")


if __name__ == "__main__":
    main()
