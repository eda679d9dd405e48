"""Registers a program's resources without an engine, and remembers what it registered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from jenkins_platform import JenkinsPlatform
from pulumi.runtime import mocks, resource
from pulumi.runtime.proto import source_pb2
from pulumi.runtime.settings import SETTINGS

# Where in the program each resource stands: nobody looks at it here, and with pytest's many frames
# below the program it would take a quarter of a registration's time.
resource._get_stack_trace = source_pb2.StackTrace

REGISTRY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"


@dataclass(frozen=True)
class Registration:
    """One resource as the program registered it."""

    urn: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    dependencies: tuple[str, ...] = ()
    protect: bool = False
    retain: bool = False
    ignore_changes: tuple[str, ...] = ()
    delete_before_replace: bool = False
    secrets: tuple[str, ...] = ()
    """Names of the inputs that Pulumi keeps encrypted."""

    @property
    def token(self) -> str:
        return self.urn.split("::")[2].rsplit("$", 1)[-1]

    @property
    def name(self) -> str:
        return self.urn.split("::")[3]


class _Answers(mocks.Mocks):
    """Gives every resource an id and the outputs that others build on."""

    def __init__(self, ids: Mapping[str, str], outputs: Mapping[str, Mapping[str, Any]]) -> None:
        self._ids, self._outputs = ids, outputs

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        outputs = {
            "name": args.name,
            "arn": f"arn:aws:{_service(args.typ)}:eu-central-1:123456789012:{args.name}",
            "allocationId": f"{args.name}-allocation",
            "bucket": f"{args.name}-bucket",
            "keyId": f"{args.name}-key",
            "arnSuffix": f"suffix-of/{args.name}",
            "dnsName": f"{args.name}.example.com",
            "hex": "abcdef",
            "result": "a-generated-value" if "Password" in args.typ else "a1b2c3",
            "repositoryUrl": f"{REGISTRY}/{args.inputs.get('name')}",
            "repoDigest": f"{args.inputs.get('imageName')}@sha256:{'0' * 64}",
            # A stash puts out what it was first given.
            "output": args.inputs.get("input"),
            "versionId": "a-version",
            "fqdn": str(args.inputs.get("name")),
            "domainValidationOptions": [
                {
                    "domainName": "ci.example.com",
                    "resourceRecordName": "_proof.ci.example.com.",
                    "resourceRecordType": "CNAME",
                    "resourceRecordValue": "_value.acm-validations.aws.",
                }
            ],
        }
        return self._ids.get(args.name, f"{args.name}-id"), {
            **outputs,
            **args.inputs,
            **self._outputs.get(args.name, {}),
        }

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        answers: dict[str, dict[str, Any]] = {
            "aws:index/getRegion:getRegion": {"region": "eu-central-1"},
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
            "aws:index/getPartition:getPartition": {"partition": "aws"},
            "aws:secretsmanager/getSecretVersion:getSecretVersion": {
                "secretString": f'{{"secret": "value of {args.args.get("secretId")}"}}'
            },
            "aws:index/getAvailabilityZones:getAvailabilityZones": {
                "names": [f"eu-central-1{zone}" for zone in "abc"]
            },
            "aws:ecr/getAuthorizationToken:getAuthorizationToken": {
                "userName": "AWS",
                "password": "a-token-for-some-hours",
            },
        }
        return answers[args.token], []


def _service(token: str) -> str:
    """What stands for the service in ARNs: its own name where our policies look at it."""
    return "secretsmanager" if token == "aws:secretsmanager/secret:Secret" else "mock"


class _Monitor(mocks.MockMonitor):
    def __init__(self, ids: Mapping[str, str], outputs: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(_Answers(ids, outputs))
        self.registrations: list[Registration] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        response = super().RegisterResource(request)
        rpc = pulumi.runtime.rpc
        found = rpc.deserialize_properties(request.object)
        inputs = {key: rpc.unwrap_rpc_secret(value) for key, value in found.items()}
        self.registrations.append(
            Registration(
                response.urn,
                request.parent,
                request.custom,
                inputs,
                tuple(request.dependencies),
                request.protect,
                request.retainOnDelete,
                tuple(request.ignoreChanges),
                request.deleteBeforeReplace,
                tuple(key for key, value in found.items() if rpc.is_rpc_secret(value)),
            )
        )
        return response


def register(
    program: Callable[[], object],
    ids: Mapping[str, str] | None = None,
    outputs: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Registration]:
    """Run a program; what it registered, in order, without the stack itself.

    ``ids`` and ``outputs`` replace ids and outputs of resources, by their names.
    """
    monitor = _Monitor(ids or {}, outputs or {})
    # What a program that failed has left behind is not this one's.
    SETTINGS.rpc_manager.clear()
    SETTINGS.outputs.clear()
    mocks.set_mocks(monitor.mocks, project="test", stack="test", preview=False, monitor=monitor)

    @pulumi.runtime.test  # type: ignore[attr-defined,untyped-decorator]
    def run() -> None:
        program()

    try:
        run()
    finally:
        _finish()
    return [r for r in monitor.registrations if r.token != "pulumi:pulumi:Stack"]


def platform(args: Mapping[str, Any] | None = None, name: str = "jenkins") -> list[Registration]:
    """What a platform with these inputs registers; the same inputs are registered once."""
    key = f"{name} {args!r}"
    if key not in _REGISTERED:
        _REGISTERED[key] = register(lambda: JenkinsPlatform(name, args))  # type: ignore[arg-type]
    return _REGISTERED[key]


_REGISTERED: dict[str, list[Registration]] = {}


def _finish() -> None:
    """Let what a failed program left under way come to its end, so that it fails no other test."""
    loop = asyncio.get_event_loop()
    loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(loop), return_exceptions=True))
