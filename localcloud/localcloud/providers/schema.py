"""Schemas of provider packages: which properties the types have, as YAML programs need to know."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from keyword import iskeyword
from typing import Any

_ANY = {"$ref": "pulumi.json#/Any"}


def of(package: str, version: str, tokens: Iterable[str]) -> dict[str, Any]:
    """The names of all inputs and outputs of some types, from the package's Python SDK. Values have
    any type: the provider checks them.

    Args:
        package: Name of the package, such as ``aws``.
        tokens: Types, such as ``aws:ec2/vpc:Vpc``.
    """
    resources = {token: _resource(package, token) for token in tokens}
    return {"name": package, "version": version, "resources": resources}


def _resource(package: str, token: str) -> dict[str, Any]:
    _, path, name = token.split(":")
    folder = path.split("/")[0]
    module = import_module(f"pulumi_{package}.{folder}{'_' if iskeyword(folder) else ''}")
    resource = getattr(module, name)
    own = import_module(resource.__module__)
    # The SDK's name for the inputs if a nested type has the usual one.
    inputs = getattr(own, f"{name}InitArgs", None) or getattr(own, f"{name}Args")
    return {"inputProperties": _properties(inputs), "properties": _properties(resource)}


def _properties(sdk_class: type) -> dict[str, Any]:
    getters = [(k, v.fget) for k, v in vars(sdk_class).items() if isinstance(v, property)]
    return {getattr(getter, "_pulumi_name", name): _ANY for name, getter in getters}
