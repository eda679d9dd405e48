"""Diagrams of the platform, generated from its code.

``deployment.svg`` shows what the default platform is on AWS. ``packages.svg`` shows which packages
import which. The other two show which sub-components use
resources of which others, read from what the default platform registers: ``components.svg`` with
the purpose of each, ``resources.svg`` with its resources.
"""

from __future__ import annotations

import inspect
import itertools
import textwrap
from collections import Counter
from html import escape

import grimp
import networkx
from jenkins_platform import JenkinsPlatform
from jenkins_platform.base.context import SubComponent
from jenkins_platform.testing import REGION, Registration, register
from jenkins_platform_cli.picture.deployment import Deployment, Resource

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
        "docs/deployment.svg": _deployment(found),
        "docs/packages.svg": _svg(_packages()),
        "docs/components.svg": _svg(_components(found)),
        "docs/resources.svg": _svg(_resources(found)),
    }


def _deployment(found: list[Registration]) -> str:
    """The default platform on AWS."""
    resources = [Resource(r.token, r.name, f"{r.name}-id", r.inputs) for r in found if r.custom]
    return Deployment("jenkins", REGION, resources).svg() + "\n"


def _packages() -> str:
    """Packages of the component, each after those that it imports."""
    imports = grimp.build_graph("jenkins_platform", cache_dir=None)
    children = imports.find_children("jenkins_platform")
    graph = networkx.DiGraph()
    for importer, imported in itertools.permutations(children, 2):
        if imports.direct_import_exists(importer=importer, imported=imported, as_packages=True):
            graph.add_edge(imported.split(".")[-1], importer.split(".")[-1])
    return _dot(graph)


def _components(found: list[Registration]) -> str:
    """The sub-components, each with its summary, after those whose resources it uses."""
    graph = _dependencies(found)
    classes = {kind.__name__: kind for kind in SubComponent.__subclasses__()}
    for name in graph:
        summary = inspect.cleandoc(classes[name].__doc__ or "").split("\n\n")[0]
        graph.nodes[name]["rows"] = _wrapped(summary.replace("\n", " "))
    return _dot(graph)


def _resources(found: list[Registration]) -> str:
    """What each sub-component registers, by type, behind those whose resources it uses."""
    graph = _dependencies(found)
    for _, data in graph.nodes(data=True):
        data["rows"] = [f"{k} x {n}" if n > 1 else k for k, n in sorted(data["kinds"].items())]
    return _dot(graph)


def _dependencies(found: list[Registration]) -> networkx.DiGraph:
    """Sub-components with the types of their resources, and which uses which."""
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
    # All names depend on the platform's own resource, which would only clutter the picture.
    graph.remove_node("JenkinsPlatform")
    return graph


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
