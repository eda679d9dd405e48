"""The table uses the names of the real package for types and properties."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from localcloud.providers import table

TABLE = table.load()
OURS = {"region", "tagsAll"}
"""Outputs that the provider adds."""


def sdk_class(token: str) -> Any:
    """The class of the SDK that registers a token, or the function that invokes it."""
    _, module, name = token.split(":")
    folder = module.split("/")[0]
    folder = {"lambda": "lambda_", "index": ""}.get(folder, folder)
    found = importlib.import_module(f"pulumi_aws.{folder}".rstrip("."))
    if name[0].islower():
        snake = re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), name)
        return getattr(found, snake)
    return getattr(found, name)


def pulumi_name(property_: property) -> str:
    """The wire name of a property of an SDK class."""
    return str(getattr(property_.fget, "_pulumi_name", None) or property_.fget.__name__)  # type: ignore[union-attr]


def properties(cls: Any) -> dict[str, property]:
    return {pulumi_name(p): p for p in vars(cls).values() if isinstance(p, property)}


def args_class(cls: Any) -> Any:
    """The class of a resource's inputs; another class may have the same name."""
    hints = re.findall(r"\w+Args", str(inspect.signature(cls.__init__)))
    candidates = {f"{cls.__name__}Args", f"{cls.__name__}InitArgs", *hints}
    module = importlib.import_module(cls.__module__)
    return next(getattr(module, c) for c in sorted(candidates) if c in module.__all__[0])


def nested(property_: property, module: Any) -> Any:
    """The class of a property's objects; None for plain values."""
    hint = str(inspect.signature(property_.fget).return_annotation)  # type: ignore[arg-type]
    names = re.findall(r"'(?:outputs\.|_\w+\.)?(\w+Args)'", hint) or re.findall(
        r"(\w+Args)\b", hint
    )
    return next((getattr(module, n) for n in names if hasattr(module, n)), None)


def wrong_paths(token: str) -> Iterator[str]:
    """The input paths of a row that the SDK does not have."""
    row, cls = TABLE.resources[token], sdk_class(token)
    package = importlib.import_module(cls.__module__.rsplit(".", 1)[0])
    inputs = properties(args_class(cls))
    spoken: set[tuple[str, ...]] = {
        (p,) for p in (*row.inputs, *row.left_out, *row.defaults, "region")
    }
    spoken |= {tuple(p.split(".")) for p in (*row.forgets, *row.sets, *row.replace, *row.maps)}
    for path in sorted({p for p in row.sent if not p[0].startswith("_")} | spoken):
        known: dict[str, property] | None = inputs
        for depth, part in enumerate(path):
            if known is None:
                break
            if part not in known:
                if path != ("region",):
                    yield ".".join(path[: depth + 1])
                break
            below = nested(known[part], package)
            known = properties(below) if below else None


@pytest.mark.parametrize("token", sorted(TABLE.resources))
def test_inputs_and_outputs_of_a_row_exist_in_the_sdk(token: str) -> None:
    cls = sdk_class(token)
    assert cls.pulumi_type == token
    assert list(wrong_paths(token)) == []
    outputs = properties(cls).keys()
    assert TABLE.resources[token].outputs.keys() - outputs == set()


@pytest.mark.parametrize("token", sorted(TABLE.resources))
def test_required_inputs_are_sent_and_automatic_names_match_the_sdk(token: str) -> None:
    """A name is automatic where the SDK does not require one."""
    row, args = TABLE.resources[token], args_class(sdk_class(token))
    parameters = list(inspect.signature(args.__init__).parameters.values())[1:]
    named = {p.fget.__name__: name for name, p in properties(args).items()}  # type: ignore[union-attr]
    required = {named[p.name] for p in parameters if p.default is inspect.Parameter.empty}
    assert required <= row.properties
    if row.autoname:
        assert row.autoname.property not in required
    elif "name" in row.properties:
        assert "name" in required


@pytest.mark.parametrize("token", sorted(TABLE.functions))
def test_a_data_source_has_the_output_names_of_the_sdk(token: str) -> None:
    function = sdk_class(token)
    result = inspect.signature(function).return_annotation
    name = re.sub(r"^.*?(\w+)(?:'.*)?$", r"\1", str(result)).removeprefix("Awaitable")
    module = importlib.import_module(function.__module__)
    names = properties(getattr(module, name))
    assert TABLE.functions[token].result.keys() - names.keys() == set()


def test_every_call_of_the_table_is_an_aws_operation() -> None:
    """Or one of the emulator's own actions."""
    import botocore.session
    from botocore import xform_name
    from localcloud.providers import actions

    session = botocore.session.Session()
    known: dict[str, set[str]] = {}

    def calls(service: str) -> set[str]:
        if service not in known:
            model = session.get_service_model(service)
            known[service] = {xform_name(name) for name in model.operation_names}
        return known[service]

    wrong = []
    for token, row in TABLE.resources.items():
        for step in (*row.create, *row.read, *row.update, *row.delete):
            there = hasattr(actions, step.action) if step.action else step.call in calls(row.client)
            if not there:
                wrong.append(f"{token}: {step.call}")
    for key, tagging in TABLE.tagging.items():
        service = key.split(".")[0]
        wrong += [s.call for s in (tagging.add, tagging.remove) if s.call not in calls(service)]
    assert wrong == []


def test_the_sdk_classes_have_pulumi_names() -> None:
    """Otherwise the tests above would pass without comparing names."""
    aws = importlib.import_module("pulumi_aws")
    assert "cidrBlock" in properties(aws.ec2.VpcArgs)
    assert issubclass(aws.ec2.Vpc, pulumi.CustomResource)
