"""Unit tests of programs that use ``JenkinsPlatform``, without an engine and without an account.

    from jenkins_platform import JenkinsPlatform
    from jenkins_platform.testing import register

    def test_agents_run_on_arm64():
        registered = register(lambda: JenkinsPlatform("jenkins", {...}))
        (family,) = [r for r in registered if r.name == "jenkins-agent-linux"]
        assert family.inputs["runtimePlatform"]["cpuArchitecture"] == "ARM64"

``register`` runs the program against Pulumi's mocks: every resource gets an id and the outputs that
the platform reads, and every data source that the platform calls gets an answer. Whether AWS
accepts the resources is not checked.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import SETTINGS

from .settings.facts.regions import dns_suffix

REGION = "eu-central-1"
ACCOUNT = "123456789012"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
LOAD_BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/shared/0a1b2c3d"
STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Registration:
    """One resource as the program registered it.

    Attributes:
        urn: URN of the resource, in project and stack ``test``.
        parent: URN of its parent.
        custom: Whether a provider manages it; False for components.
        inputs: Its inputs by their camel-cased names, secrets unwrapped.
        dependencies: URNs of the resources it depends on.
        protect: Whether it is protected from deletion.
        retain: Whether it stays in AWS when it is removed from the state.
        ignore_changes: Inputs whose changes are ignored.
        delete_before_replace: Whether a replacement deletes it first.
        secrets: Names of the inputs that Pulumi encrypts in the state.
        timeouts: Timeouts of its operations, such as ``{"update": "40m"}``.
    """

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
    timeouts: Mapping[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """Type of the resource, such as ``aws:ecs/service:Service``."""
        return self.urn.split("::")[2].rsplit("$", 1)[-1]

    @property
    def name(self) -> str:
        """Logical name of the resource."""
        return self.urn.split("::")[3]


def register(
    program: Callable[[], object],
    ids: Mapping[str, str] | None = None,
    calls: Mapping[str, dict[str, Any]] | None = None,
    outputs: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Registration]:
    """Run a program against mocks.

    Args:
        program: Creates the resources.
        ids: Ids of resources by their logical names. Default: the name and ``-id``.
        calls: Results of data sources by their tokens, such as ``aws:ec2/getVpc:getVpc``, for those
            that the program itself calls.
        outputs: Outputs of resources by their logical names, in place of the mocks' own.

    Returns:
        What the program registered, in order, without the stack.

    Raises:
        Exception: whatever the program raises, ``SettingsError`` for wrong inputs.
    """
    monitor = _Monitor(_Mocks(ids or {}, calls or {}, outputs or {}))
    # An earlier program that failed may have left these behind.
    SETTINGS.rpc_manager.clear()
    SETTINGS.outputs.clear()
    mocks.set_mocks(monitor.mocks, project="test", stack="test", preview=False, monitor=monitor)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def run() -> None:
        # An error is raised; asyncio would log it again for every output that waited for it.
        loop = asyncio.get_event_loop()
        loop.set_exception_handler(lambda *_: None)
        loop.set_default_executor(_SameThread())
        program()

    try:
        run()
    except BaseException:
        _finish_pending_tasks()
        raise
    return [r for r in monitor.registrations if r.token != STACK]


class _Monitor(mocks.MockMonitor):
    mocks: _Mocks

    def __init__(self, answers: _Mocks) -> None:
        super().__init__(answers)
        self.registrations: list[Registration] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        """Records a registration and answers it, quicker than Pulumi's monitor, which
        serializes the inputs once more on a second event loop."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        found = rpc.deserialize_properties(request.object)
        self.registrations.append(
            Registration(
                urn,
                request.parent,
                request.custom,
                {key: rpc.unwrap_rpc_secret(value) for key, value in found.items()},
                tuple(request.dependencies),
                request.protect,
                request.retainOnDelete,
                tuple(request.ignoreChanges),
                request.deleteBeforeReplace,
                tuple(key for key, value in found.items() if rpc.is_rpc_secret(value)),
                {
                    operation: getattr(request.customTimeouts, operation)
                    for operation in ("create", "update", "delete")
                    if getattr(request.customTimeouts, operation)
                },
            )
        )
        identity, state = self.mocks.new_resource(
            mocks.MockResourceArgs(
                request.type, request.name, found, request.provider, custom=request.custom
            )
        )
        answer = struct_pb2.Struct()
        answer.CopyFrom(request.object)
        answer.update({key: value for key, value in state.items() if value is not found.get(key)})
        return resource_pb2.RegisterResourceResponse(urn=urn, id=identity, object=answer)


class _SameThread(concurrent.futures.ThreadPoolExecutor):
    """Answers in the thread of the program: changing threads takes longer than the answers."""

    def submit(self, call: Any, /, *args: Any, **named: Any) -> Any:
        answer: concurrent.futures.Future[Any] = concurrent.futures.Future()
        try:
            answer.set_result(call(*args, **named))
        except BaseException as error:
            answer.set_exception(error)
        return answer


class _Mocks(mocks.Mocks):
    """Gives every resource an id and the outputs that others use."""

    def __init__(
        self,
        ids: Mapping[str, str],
        calls: Mapping[str, dict[str, Any]],
        outputs: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self._ids, self._outputs = ids, outputs
        self._calls = _CALLS | dict(calls)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        partition = self._calls["aws:index/getPartition:getPartition"]["partition"]
        region = self._calls["aws:index/getRegion:getRegion"]["region"]
        outputs = {
            "name": args.name,
            "arn": f"arn:{partition}:{_service(args.typ)}:{region}:{ACCOUNT}:{args.name}",
            "allocationId": f"{args.name}-allocation",
            "bucket": f"{args.name}-bucket",
            "keyId": f"{args.name}-key",
            "arnSuffix": f"suffix-of/{args.name}",
            "dnsName": f"{args.name}.example.com",
            "functionUrl": f"https://{args.name}.lambda-url.{region}.on.aws/",
            "hex": "abcdef",
            "ipv6CidrBlock": "2001:db8:0:1c00::/56",
            "result": "a-generated-value" if "Password" in args.typ else "a1b2c3",
            "repositoryUrl": (
                f"{ACCOUNT}.dkr.ecr.{region}.{dns_suffix(region)}/{args.inputs.get('name')}"
            ),
            "repoDigest": f"{args.inputs.get('imageName')}@sha256:{'0' * 64}",
            # A stash returns what it was first given.
            "output": args.inputs.get("input"),
            "versionId": "a-version",
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "latestVersion": 1,
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
        own = self._outputs.get(args.name, {})
        return self._ids.get(args.name, f"{args.name}-id"), {**outputs, **args.inputs, **own}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        if args.token == "aws:secretsmanager/getSecretVersion:getSecretVersion":  # noqa: S105
            secret = f'{{"secret": "value of {args.args.get("secretId")}"}}'
            return {"secretString": secret, **self._calls.get(args.token, {})}, []
        if args.token not in self._calls:
            raise ValueError(f"no result for {args.token}: add it to `calls` of register()")
        return self._calls[args.token], []


_CALLS: dict[str, dict[str, Any]] = {
    "aws:index/getRegion:getRegion": {"region": REGION},
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT},
    "aws:index/getPartition:getPartition": {"partition": "aws"},
    "aws:index/getAvailabilityZones:getAvailabilityZones": {
        "names": [f"{REGION}{zone}" for zone in "abc"]
    },
    "aws:s3/getObject:getObject": {
        "body": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "contentType": "text/plain",
    },
    "aws:ssm/getParameter:getParameter": {"insecureValue": "ami-0a1b2c3d4e5f60718"},
    "aws:ecs/getCluster:getCluster": {"status": "ACTIVE"},
    "aws:lb/getLbs:getLbs": {"arns": []},
    "aws:lb/getListener:getListener": {
        "arn": f"{LOAD_BALANCER.replace(':loadbalancer/', ':listener/')}/4e5f6071",
        "loadBalancerArn": LOAD_BALANCER,
        "protocol": "HTTPS",
        "port": 443,
    },
    "aws:lb/getLoadBalancer:getLoadBalancer": {
        "arn": LOAD_BALANCER,
        "arnSuffix": "app/shared/0a1b2c3d",
        "dnsName": "shared.eu-central-1.elb.amazonaws.com",
        "zoneId": "Z215JYRZR1TBD5",
        "vpcId": "vpc-0a1b2c3d",
        "securityGroups": ["sg-0a1b2c3d"],
        "idleTimeout": 60,
        "ipAddressType": "dualstack",
    },
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": {
        "userName": "AWS",
        "password": "a-token-for-some-hours",
    },
}
"""Results of the data sources that the platform calls."""


def _service(token: str) -> str:
    """The service in ARNs: the real one only where the platform's policies depend on it."""
    return "secretsmanager" if token.endswith(":Secret") else "mock"


def _finish_pending_tasks() -> None:
    """Tasks that a failed program left pending must not fail the next one."""
    # asyncio knows all tasks, but looks for them among those of earlier programs too.
    pending = [*SETTINGS.outputs, *SETTINGS.rpc_manager.rpcs]
    asyncio.get_event_loop().run_until_complete(asyncio.gather(*pending, return_exceptions=True))
