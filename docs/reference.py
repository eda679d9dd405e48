"""``inputs.md`` and ``outputs.md``, from the docstrings of the component."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from jenkins_platform import JenkinsPlatform
from pulumi.provider.experimental.analyzer import (
    Analyzer,
    AnalyzeResult,
    PropertyDefinition,
    TypeDefinition,
)

COMPONENT = "JenkinsPlatform"

_INPUTS = """\
# Inputs

Every input of `JenkinsPlatform`. The same keys are used in Python and in a stack's file
(`jenkins-platform:<key>`); in other languages they are camel-cased (`memory_mib` is `memoryMib`).
Every input has a default, except where its description says that it is required within its group.
*output* marks inputs that accept an output of another resource. This page is generated from the
docstrings by `make docs`.
"""
_OUTPUTS = """\
# Outputs

The outputs of `JenkinsPlatform`. This page is generated from the docstrings by `make docs`.

| output | type | |
| --- | --- | --- |
"""


def pages() -> dict[str, str]:
    """The text of each page, by file name."""
    result = Analyzer("jenkins-platform").analyze([JenkinsPlatform])
    return {"docs/inputs.md": _inputs(result), "docs/outputs.md": _outputs(result)}


def _inputs(result: AnalyzeResult) -> str:
    component = result["component_definitions"][COMPONENT]
    sections = [_INPUTS, "## Top level\n", _table(component.inputs, component.inputs_mapping)]
    for definition in _reached(result, component.inputs):
        sections.append(f"## {definition.name}\n\n{_plain(definition.description)}\n")
        if definition.enum:
            rows = [f"| `{v.value}` | {_plain(v.description)} |" for v in definition.enum]
            sections.append("\n".join(["| value | |", "| --- | --- |", *rows, ""]))
        else:
            sections.append(_table(definition.properties, definition.properties_mapping))
    return "\n".join(sections)


def _outputs(result: AnalyzeResult) -> str:
    component = result["component_definitions"][COMPONENT]
    names = component.outputs_mapping
    rows = [
        f"| `{names[key]}` | {_type(definition)} | {_plain(definition.description)} |"
        for key, definition in component.outputs.items()
    ]
    return _OUTPUTS + "\n".join([*rows, ""])


def _reached(
    result: AnalyzeResult, properties: dict[str, PropertyDefinition]
) -> Iterator[TypeDefinition]:
    """The types in order of first reference, each once."""
    pending, seen = list(properties.values()), set[str]()
    while pending:
        name = _reference(pending.pop(0))
        if not name or name in seen:
            continue
        seen.add(name)
        definition = result["type_definitions"][name]
        yield definition
        pending = [*definition.properties.values(), *pending]


def _table(properties: dict[str, PropertyDefinition], names: dict[str, str]) -> str:
    rows = [
        f"| `{names[key]}` | {_type(definition)} | {_plain(definition.description)} |"
        for key, definition in properties.items()
    ]
    return "\n".join(["| key | type | |", "| --- | --- | --- |", *rows, ""])


def _reference(definition: PropertyDefinition) -> str | None:
    inner = definition.items or definition.additional_properties or definition
    return inner.ref.rsplit(":", 1)[-1] if inner.ref and inner.ref.startswith("#") else None


def _type(definition: PropertyDefinition) -> str:
    inner = definition.items or definition.additional_properties or definition
    named = _reference(definition)
    kind = (
        f"[{named}](#{named.lower()})" if named else str(inner.type.value if inner.type else "any")
    )
    if definition.items:
        kind = f"list of {kind}"
    elif definition.additional_properties:
        kind = f"map of {kind}"
    return kind if inner.plain else f"{kind}, *output*"


def _plain(text: str | None) -> str:
    """A docstring on one line, with Markdown's marks for code."""
    one_line = " ".join(inspect.cleandoc(text or "").split())
    return one_line.replace("``", "`").replace("|", "\\|")
