"""What a provider package is: a handful of methods over dictionaries, which `servicer` serves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.rpc import UNKNOWN

Properties = dict[str, Any]


class ProviderError(Exception):
    """What the user did cannot work; the message is shown as it is."""


class InitError(Exception):
    """The resource exists, but a later step of its creation or update failed.

    The engine keeps it in the state with the reason, and the next ``up`` continues from there.
    """

    def __init__(self, resource_id: str, outputs: Properties, reason: str) -> None:
        super().__init__(reason)
        self.resource_id, self.outputs, self.reason = resource_id, outputs, reason


@dataclass(frozen=True)
class Naming:
    """How the engine wants a resource to be named when the program gives no name."""

    logical_name: str
    seed: bytes
    proposed: str = ""
    mode: int = provider_pb2.CheckRequest.AutonamingOptions.PROPOSE


@dataclass(frozen=True)
class Change:
    """One property path that differs between the last inputs and the new ones."""

    path: str
    kind: str  # "add" | "delete" | "update"
    replaces: bool = False


@dataclass(frozen=True)
class Difference:
    changes: list[Change] = field(default_factory=list)
    delete_before_replace: bool = False


class Package:
    """One provider package. ``instance`` identifies a provider configured in a program."""

    name: str
    version: str

    def schema(self) -> dict[str, Any]:
        """What YAML programs and generators of SDKs need to know of the package."""
        return {"name": self.name, "version": self.version}

    def check_config(self, inputs: Properties) -> dict[str, str]:
        """Reasons, by property, why a provider cannot be configured so."""
        return {}

    def config_replaces(self, changed: set[str]) -> set[str]:
        """Of the changed options, those that replace all resources."""
        return set()

    def configure(self, instance: str, inputs: Properties) -> None: ...

    def check(
        self, instance: str, token: str, inputs: Properties, olds: Properties, naming: Naming
    ) -> tuple[Properties, dict[str, str]]:
        """The inputs with defaults filled in, and reasons by property why they are wrong."""
        raise NotImplementedError

    def diff(self, token: str, olds: Properties, news: Properties) -> Difference:
        raise NotImplementedError

    def unfinished(self, outputs: Properties) -> bool:
        """Whether a resource in the state needs an update though its inputs are the same."""
        return False

    def create(
        self, instance: str, token: str, inputs: Properties, preview: bool
    ) -> tuple[str, Properties]:
        raise NotImplementedError

    def read(
        self, instance: str, token: str, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        """The inputs and outputs as they are out there; None where it is gone."""
        raise NotImplementedError

    def update(
        self,
        instance: str,
        token: str,
        resource_id: str,
        olds: Properties,
        news: Properties,
        outputs: Properties,
        preview: bool,
    ) -> Properties:
        raise NotImplementedError

    def delete(
        self, instance: str, token: str, resource_id: str, inputs: Properties, outputs: Properties
    ) -> None:
        raise NotImplementedError

    def invoke(self, instance: str, token: str, arguments: Properties) -> Properties:
        raise NotImplementedError

    def cancel(self) -> None:
        """End what waits; the engine was interrupted."""


def holds_unknown(value: Any) -> bool:
    """Whether a value is, or holds, something that a preview does not know yet."""
    if isinstance(value, dict):
        return any(holds_unknown(v) for v in value.values())
    if isinstance(value, list):
        return any(holds_unknown(v) for v in value)
    return bool(value == UNKNOWN)
