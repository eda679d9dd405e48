"""The Pulumi provider protocol over gRPC, turned into plain calls of a `protocol.Package`.

Secrets never reach a package: it does not declare ``accept_secrets``, so the engine strips the
marks before a call and puts them back on what returns.
"""

from __future__ import annotations

import datetime
import functools
import json
import logging
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import (
    ResourceProviderServicer,
    plugin_pb2,
    provider_pb2,
    status_pb2,
)

from .protocol import InitError, Naming, Package, Properties, ProviderError

log = logging.getLogger("localcloud")


def unmarshal(struct: struct_pb2.Struct) -> Properties:
    """A protobuf struct as a dict; whole numbers, which the wire makes floats, as ints."""
    plain: Properties = _whole_numbers(json_format.MessageToDict(struct))
    return plain


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _whole_numbers(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(v) for v in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def marshal(properties: Properties) -> struct_pb2.Struct:
    """A dict as a protobuf struct; points in time as ISO texts, which the wire can hold."""
    struct = struct_pb2.Struct()
    struct.update(_sendable(properties))
    return struct


def _sendable(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _sendable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_sendable(v) for v in value]
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def _answers(method: Callable[..., Any]) -> Callable[..., Any]:
    """Turn exceptions into gRPC statuses with a message a person can act on."""

    @functools.wraps(method)
    def answer(self: Servicer, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except InitError as failure:
            detail = provider_pb2.ErrorResourceInitFailed(
                id=failure.resource_id,
                properties=marshal(failure.outputs),
                reasons=[failure.reason],
            )
            status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(failure))
            status.details.add().Pack(detail)
            context.set_trailing_metadata(
                (("grpc-status-details-bin", status.SerializeToString()),)
            )
            context.abort(grpc.StatusCode.UNKNOWN, str(failure))
        except ProviderError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:
            log.exception("%s failed", method.__name__)
            context.abort(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}")

    return answer


class Servicer(ResourceProviderServicer):
    """Serves one `Package`. Each provider that a program configures is one connection."""

    def __init__(self, package: Package) -> None:
        self.package = package

    # --- the plugin itself -------------------------------------------------------------

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(supports_autonaming_configuration=True)

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:
        self.package.cancel()
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self.package.version)

    def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema=json.dumps(self.package.schema()))

    def GetMapping(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetMappingResponse()

    def GetMappings(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetMappingsResponse()

    # --- configuration -----------------------------------------------------------------

    @_answers
    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        failures = self.package.check_config(unmarshal(request.news))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures))

    @_answers
    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        olds, news = unmarshal(request.old_inputs or request.olds), unmarshal(request.news)
        changed = {k for k in olds.keys() | news.keys() if olds.get(k) != news.get(k)}
        kinds = provider_pb2.DiffResponse
        return provider_pb2.DiffResponse(
            changes=kinds.DIFF_SOME if changed else kinds.DIFF_NONE,
            diffs=sorted(changed),
            replaces=sorted(self.package.config_replaces(changed)),
        )

    @_answers
    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.package.configure(context.peer(), unmarshal(request.args))
        return provider_pb2.ConfigureResponse(
            supportsPreview=True, supports_autonaming_configuration=True
        )

    # --- resources ---------------------------------------------------------------------

    @_answers
    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        options = request.autonaming
        naming = Naming(
            logical_name=request.name or request.urn.rsplit("::", 1)[-1],
            seed=request.randomSeed,
            proposed=options.proposed_name,
            mode=options.mode,
        )
        inputs, failures = self.package.check(
            context.peer(),
            _type(request),
            unmarshal(request.news),
            unmarshal(request.olds),
            naming,
        )
        return provider_pb2.CheckResponse(inputs=marshal(inputs), failures=_failures(failures))

    @_answers
    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        difference = self.package.diff(
            _type(request), unmarshal(request.old_inputs), unmarshal(request.news)
        )
        kinds = provider_pb2.PropertyDiff
        detailed = {
            change.path: kinds(
                kind=kinds.Kind.Value(
                    change.kind.upper() + ("_REPLACE" if change.replaces else "")
                ),
                inputDiff=True,
            )
            for change in difference.changes
        }
        replaces = sorted({_top(c.path) for c in difference.changes if c.replaces})
        response = provider_pb2.DiffResponse
        due = difference.changes or self.package.unfinished(unmarshal(request.olds))
        return response(
            changes=response.DIFF_SOME if due else response.DIFF_NONE,
            diffs=sorted({_top(c.path) for c in difference.changes}),
            replaces=replaces,
            deleteBeforeReplace=bool(replaces) and difference.delete_before_replace,
            detailedDiff=detailed,
            hasDetailedDiff=True,
        )

    @_answers
    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource_id, outputs = self.package.create(
            context.peer(), _type(request), unmarshal(request.properties), request.preview
        )
        return provider_pb2.CreateResponse(id=resource_id, properties=marshal(outputs))

    @_answers
    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        found = self.package.read(
            context.peer(),
            _type(request),
            request.id,
            unmarshal(request.inputs),
            unmarshal(request.properties),
        )
        if found is None:
            return provider_pb2.ReadResponse(id="")
        inputs, outputs = found
        return provider_pb2.ReadResponse(
            id=request.id, inputs=marshal(inputs), properties=marshal(outputs)
        )

    @_answers
    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        outputs = self.package.update(
            context.peer(),
            _type(request),
            request.id,
            unmarshal(request.old_inputs),
            unmarshal(request.news),
            unmarshal(request.olds),
            request.preview,
        )
        return provider_pb2.UpdateResponse(properties=marshal(outputs))

    @_answers
    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.package.delete(
            context.peer(),
            _type(request),
            request.id,
            unmarshal(request.old_inputs),
            unmarshal(request.properties),
        )
        return empty_pb2.Empty()

    @_answers
    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        result = self.package.invoke(context.peer(), request.tok, unmarshal(request.args))
        return provider_pb2.InvokeResponse(**{"return": marshal(result)})


def _type(request: Any) -> str:
    return str(request.type or request.urn.split("::")[2].rsplit("$", 1)[-1])


def _top(path: str) -> str:
    return path.split(".", 1)[0].split("[", 1)[0]


def _failures(reasons: dict[str, str]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=p, reason=r) for p, r in reasons.items()]
