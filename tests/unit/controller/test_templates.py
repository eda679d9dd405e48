"""The templates of the configuration themselves, whatever the inputs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jenkins_platform.controller import jcasc
from jenkins_platform.settings.facts.package_data import folder
from jinja2 import nodes

TEMPLATES = sorted(path for path in folder("templates").rglob("*.j2"))
WITHOUT_FILTER = {
    "agent_port": "a number of ours",
    "kind": "group, user, login or logout",
    "grant.kind": "group or user",
    "kind.value": "an enum of ours",
    "role()": "a macro",
}


def name(node: nodes.Node) -> str:
    if isinstance(node, nodes.Call):
        return f"{name(node.node)}()"
    if isinstance(node, nodes.Getattr):
        return f"{name(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else str(node)


def unfiltered(node: nodes.Node) -> Iterator[str]:
    """What of an expression gets into the document as it is."""
    if isinstance(node, nodes.CondExpr):
        yield from (found for part in (node.expr1, node.expr2) for found in unfiltered(part))
    elif isinstance(node, nodes.Filter):
        if node.name not in ("text", "groovy"):
            yield name(node)
    elif not isinstance(node, nodes.TemplateData | nodes.Const):
        yield name(node)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_value_is_written_without_quoting_it(template: Path) -> None:
    tree = jcasc._environment().parse(template.read_text())
    written = [part for output in tree.find_all(nodes.Output) for part in output.nodes]
    found = {text for part in written for text in unfiltered(part)}
    assert found - WITHOUT_FILTER.keys() == set()
