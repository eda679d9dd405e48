"""``components.svg`` and ``resources.svg``: diagrams of the platform, generated from its code.

The first shows which sub-components depend on which others, read from their constructors; the
second the AWS resources of each and their dependencies, read from what the default platform
registers.
"""

from __future__ import annotations

import inspect
import textwrap
import typing
from collections import Counter
from html import escape

import networkx
from jenkins_platform import JenkinsPlatform, platform
from jenkins_platform.base.context import SubComponent
from jenkins_platform.testing import Registration, register

from . import node

_GRAPHVIZ = ("@viz-js/viz", "3.31.0")
_RENDER = """
const { instance } = require(process.argv[1]);
const dot = require('fs').readFileSync(0, 'utf8');
instance().then(viz => process.stdout.write(viz.renderString(dot, { format: 'svg' })));
"""
_HEAD = """\
digraph {
  graph [rankdir=LR, nodesep=0.25, ranksep=0.45, pad=0.2, bgcolor=white]
  node [shape=plaintext, fontname="Courier", fontsize=11]
  edge [color="#7a8ca3", arrowsize=0.6]
"""


def pages() -> dict[str, str]:
    """The diagrams, by file name."""
    found = register(lambda: JenkinsPlatform("jenkins"))
    return {
        "docs/components.svg": _svg(_components()),
        "docs/resources.svg": _svg(_resources(found)),
    }


def _components() -> str:
    """Sub-components, each after those that its constructor accepts."""
    parts = {
        name: kind
        for name, kind in vars(platform).items()
        if inspect.isclass(kind) and issubclass(kind, SubComponent)
    }
    graph = networkx.DiGraph()
    for name, kind in parts.items():
        summary = inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0].replace("\n", " ")
        graph.add_node(name, rows=_wrapped(summary))
        for needed in typing.get_type_hints(kind.__init__).values():
            if inspect.isclass(needed) and issubclass(needed, SubComponent):
                graph.add_edge(needed.__name__, name)
    return _dot(graph)


def _resources(found: list[Registration]) -> str:
    """What each sub-component registers, by type, and the dependencies between them."""
    by_urn = {r.urn: r for r in found}
    graph = networkx.DiGraph()
    for registration in found:
        if not registration.custom:
            continue
        owner = _owner(registration, by_urn)
        graph.add_node(owner)
        graph.nodes[owner].setdefault("kinds", Counter())[_kind(registration)] += 1
        for needed in registration.dependencies:
            other = by_urn.get(needed)
            if other and other.custom and _owner(other, by_urn) != owner:
                graph.add_edge(_owner(other, by_urn), owner)
    for _, data in graph.nodes(data=True):
        data["rows"] = [f"{k} x {n}" if n > 1 else k for k, n in sorted(data["kinds"].items())]
    # Every name depends on its random suffix, so its edges would lead everywhere.
    graph.remove_node("JenkinsPlatform")
    return _dot(graph)


def _owner(registration: Registration, by_urn: dict[str, Registration]) -> str:
    """The sub-component directly below the platform that a resource belongs to."""
    parent = by_urn[registration.parent]
    while parent.parent in by_urn and by_urn[parent.parent].parent in by_urn:
        parent = by_urn[parent.parent]
    return parent.token.split(":")[-1]


def _kind(registration: Registration) -> str:
    """``aws:ec2/subnet:Subnet`` -> ``ec2 Subnet``."""
    package, module, name = registration.token.split(":")
    return f"{module.split('/')[0] if package == 'aws' else package} {name}"


def _wrapped(text: str, width: int = 38) -> list[str]:
    return textwrap.wrap(text.replace("`", ""), width)


def _dot(graph: networkx.DiGraph) -> str:
    lines = [_HEAD]
    for name, data in sorted(graph.nodes(data=True)):
        cells = "".join(
            f'<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="9">{escape(row)}</FONT></TD></TR>'
            for row in data.get("rows", [])
        )
        lines.append(
            f'  "{name}" [label=<<TABLE BORDER="1" COLOR="#7a8ca3" CELLBORDER="0" '
            f'CELLSPACING="0" CELLPADDING="3"><TR><TD ALIGN="LEFT" BGCOLOR="#e8eef5"><B>{name}</B>'
            f"</TD></TR>{cells}</TABLE>>]"
        )
    # Edges implied by longer paths would only clutter the diagram.
    reduced = networkx.transitive_reduction(graph)
    lines += [f'  "{a}" -> "{b}"' for a, b in sorted(reduced.edges)]
    return "\n".join([*lines, "}"])


def _svg(dot: str) -> str:
    module = node.package(*_GRAPHVIZ)
    drawn = node.run("-e", _RENDER, module, given=dot)
    if drawn.returncode:
        raise RuntimeError(drawn.stderr)
    return drawn.stdout.rstrip() + "\n"
