"""What the resources and outputs of whole platforms refer to, and what updates may do to them.

``pytest tests/unit/test_references.py --snapshot-update`` accepts a change; the diff shows which
resource is connected to another one now, or is no longer protected.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pulumi
import pytest
import yaml
from jenkins_platform import JenkinsPlatform
from jenkins_platform.testing import Registration, _Mocks, register
from pulumi.runtime.mocks import MockResourceArgs
from syrupy.assertion import SnapshotAssertion

from harness.stacks.registered import ACCOUNT, EVERYTHING, IN_PUBLIC, OF_A_COMPANY, OPTIONAL

REFERENCE = re.compile(
    r"jenkins-[^\s:/]*\w [A-Z]\w+|jenkins-abcdef|arn:aws:|\b(vpc|subnet|sg|fs|fsap|pl)-0|central-"
)
"""A resource of the platform, or an identifier in its inputs."""
IMAGE_TAG = re.compile(r":[\w.-]+-a1b2c3(@sha256:0+)?")
"""It contains a hash of the files that an image is built from."""
MOCK_ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}:"
OF_ALL = {"jenkins-id", "jenkins-platform-choices", "jenkins-existing-cluster"}
"""What every resource waits for."""


@pytest.fixture(autouse=True)
def _types_in_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs name the type too: a file system and its access point have the same name."""
    create = _Mocks.new_resource

    def new_resource(mocks: _Mocks, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        identity, outputs = create(mocks, args)
        named = f"{args.name} {kind(args.typ)}"
        for key in outputs.keys() - args.inputs.keys():
            if isinstance(outputs[key], str):
                outputs[key] = outputs[key].replace(args.name, named)
        return identity.replace(args.name, named), outputs

    monkeypatch.setattr(_Mocks, "new_resource", new_resource)


def kind(token: str) -> str:
    return token.rsplit(":", 1)[-1]


def references(value: Any) -> Any:
    """Those parts of a value that name resources, also in JSON; None if there are none."""
    if isinstance(value, str) and value.startswith(('{"', '[{"', '["')):
        value = json.loads(value)
    if isinstance(value, dict):
        return {key: part for key, inner in value.items() if (part := references(inner))} or None
    if isinstance(value, list):
        return [_named(inner, part) for inner in value if (part := references(inner))] or None
    if not isinstance(value, str):
        return None
    lines = [line.strip() for line in value.splitlines() if REFERENCE.search(line)]
    texts = [IMAGE_TAG.sub("", line).replace(MOCK_ARN, "arn of ") for line in lines]
    return texts[0] if len(texts) == 1 else texts or None


def _named(item: Any, part: Any) -> Any:
    """What is left of an item of a list, under the name of the item if it has one."""
    keys = [item[k] for k in ("Sid", "name") if k in item] if isinstance(item, dict) else []
    return {keys[0]: part} if keys else part


def described(resource: Registration) -> dict[str, Any]:
    """The inputs that name other resources or the platform, and the resource's options."""
    inputs = {key: value for key, value in resource.inputs.items() if key != "tags"}
    found = references(inputs) or {}
    waits = {f"{urn.split('::')[-1]} {kind(urn.split('::')[2])}" for urn in resource.dependencies}
    options = {
        "waits for": sorted(
            name for name in waits if name.split()[0] not in OF_ALL and name not in str(found)
        ),
        "protect": resource.protect,
        "retain": resource.retain,
        "ignore changes": list(resource.ignore_changes),
        "delete before replace": resource.delete_before_replace,
    }
    return found | {f"({key})": value for key, value in options.items() if value}


@pytest.mark.parametrize(
    "args",
    [EVERYTHING, OPTIONAL, IN_PUBLIC, OF_A_COMPANY],
    ids=["everything", "optional", "in-public", "of-a-company"],
)
def test_the_references_of_a_platform_stay_as_they_are(
    args: Any, text_file: SnapshotAssertion, lookups: set[str]
) -> None:
    outputs: dict[str, Any] = {}

    def program() -> None:
        created = JenkinsPlatform("jenkins", args)
        names = JenkinsPlatform.__annotations__
        pulumi.Output.all(**{n: getattr(created, n) for n in names}).apply(outputs.update)

    found: dict[str, Any] = {
        f"{resource.name} {kind(resource.token)}": described(resource)
        for resource in register(program)
        if resource.custom
    }
    found |= {"(outputs)": outputs, "(lookups)": sorted(lookups)}
    assert yaml.safe_dump(found, width=100, default_flow_style=None) == text_file
