"""The component as a Pulumi package for programs in TypeScript, Go, C#, Java, YAML and Python."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from pulumi import InputPropertiesError, Inputs
from pulumi.provider.experimental.analyzer import ComponentDefinition, PropertyDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.provider import ConstructResult
from pulumi.provider.server import ComponentInitError

from .platform import JenkinsPlatform
from .settings import SettingsError

NAME = "jenkins-platform"
"""Name of the package, and the first part of its type tokens."""

_IDENTITY = {
    "displayName": "Jenkins Platform",
    "description": "A complete Jenkins on AWS: controller on Fargate, home on EFS, agents on "
    "Fargate and Fargate Spot.",
    "publisher": "jenkins-platform maintainers",
    "namespace": "jenkins-platform",
    "license": "Apache-2.0",
    "keywords": ["jenkins", "aws", "fargate", "ci", "kind/component", "category/infrastructure"],
}
_LANGUAGES: dict[str, dict[str, Any]] = {
    "nodejs": {"packageName": "@jenkins-platform/aws"},
    "python": {"packageName": "pulumi_jenkins_platform", "pyproject": {"enabled": True}},
    "go": {"importBasePath": "jenkins-platform/sdk/go/jenkinsplatform"},
    "csharp": {"rootNamespace": "JenkinsPlatform", "namespaces": {NAME: "Aws"}},
    "java": {"basePackage": "jenkinsplatform", "packages": {NAME: "aws"}},
}
"""Names of the generated SDKs: not in the namespaces of Pulumi itself."""
_TYPE_REFERENCE = re.compile(rf"#/types/({NAME}:index:\w+?)Args$")

_DEPRECATED = re.compile(r"\s*Deprecated: (.+)")
"""Start of the docstring of an input that a later version removes."""


class PlatformProvider(ComponentProvider):
    """The SDK's host with the identity of this package; invalid inputs are reported as such instead
    of as a crash."""

    def __init__(self) -> None:
        super().__init__([JenkinsPlatform], NAME, None, version(NAME))
        self.schema = json.dumps(_named(json.loads(str(self.schema))))

    def construct(self, *args: Any, **kwargs: Any) -> ConstructResult:
        try:
            return super().construct(*args, **kwargs)
        except ComponentInitError as error:
            if isinstance(error.inner, SettingsError):
                # Without paths of properties: the engine would print the values at them, which may
                # be secrets given by mistake. The message shows those that are safe to show.
                raise InputPropertiesError(str(error.inner), []) from None
            raise

    def map_inputs(self, inputs: Inputs, component_def: ComponentDefinition) -> Inputs:
        """The inputs under their names in Python, with everything else as the program gave it, so
        that the component reports it. The SDK would leave out unknown names, and take a group that
        is not a mapping, such as a secret, for an empty one."""
        return self._in_python(inputs, component_def.inputs, component_def.inputs_mapping)

    def _in_python(
        self,
        given: Mapping[str, Any],
        properties: Mapping[str, PropertyDefinition],
        names: Mapping[str, str],
    ) -> dict[str, Any]:
        return {
            names.get(name, name): self._value(value, properties.get(name))
            for name, value in given.items()
        }

    def _value(self, value: Any, definition: PropertyDefinition | None) -> Any:
        if isinstance(value, list):
            return [self._value(v, definition.items if definition else None) for v in value]
        if isinstance(value, float) and value.is_integer():
            # All numbers arrive as floats.
            return int(value)
        if not isinstance(value, dict):
            return value
        group = self.get_type_definition(definition) if definition and definition.ref else None
        if group is None:
            return {k: self._value(v, None) for k, v in value.items()}
        return self._in_python(value, group.properties, group.properties_mapping)


def _named(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the package's identity, and types without the suffix that SDKs add."""
    languages = {k: {**schema["language"][k], **v} for k, v in _LANGUAGES.items()}
    types = {name.removesuffix("Args"): body for name, body in schema["types"].items()}
    named: dict[str, Any] = _rewritten({**schema, "types": types})
    head = {"name": schema["name"], "version": schema["version"], **_IDENTITY}
    return {**head, **{k: v for k, v in named.items() if k not in head}, "language": languages}


def _rewritten(value: Any) -> Any:
    """A part of the schema with the new names in its references, descriptions without the
    indentation of docstrings, and names of choices in the case that schemas use."""
    if isinstance(value, list):
        return [_rewritten(v) for v in value]
    if not isinstance(value, dict):
        return value
    if found := _DEPRECATED.match(str(value.get("description", ""))):
        value = {**value, "deprecationMessage": found[1]}
    if "enum" in value:
        named = [{**choice, "name": _choice(choice["name"])} for choice in value["enum"]]
        value = {**value, "enum": named}
    return {k: _text(k, v) if isinstance(v, str) else _rewritten(v) for k, v in value.items()}


def _choice(name: str) -> str:
    """`ON_DEMAND` as `OnDemand`, which generators adapt to each language."""
    return re.sub(r"(?<!\d)_|_(?!\d)", "", name.title())


def _text(key: str, text: str) -> str:
    if key == "$ref":
        return _TYPE_REFERENCE.sub(r"#/types/\1", text)
    return inspect.cleandoc(text).replace("``", "`") if key == "description" else text
