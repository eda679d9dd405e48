"""The ``random`` package: values made once and kept in the state."""

from __future__ import annotations

import base64
import secrets
import string
import uuid
from collections.abc import Callable
from typing import Any

from .differences import changes
from .protocol import Difference, Naming, Package, Properties, ProviderError

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"


def _text(inputs: Properties) -> Properties:
    """A random string that holds at least the asked numbers of each kind of character."""
    kinds = {
        "lower": string.ascii_lowercase,
        "upper": string.ascii_uppercase,
        "numeric": string.digits,
        "special": inputs.get("overrideSpecial") or _SPECIAL,
    }
    allowed = {k: chars for k, chars in kinds.items() if inputs.get(k, True)}
    picked = [
        secrets.choice(chars)
        for kind, chars in kinds.items()
        for _ in range(inputs.get(f"min{kind.capitalize()}", 0))
    ]
    length = inputs["length"]
    if not allowed or len(picked) > length:
        raise ProviderError(f"no text of length {length} can be made from {inputs}")
    picked += [secrets.choice("".join(allowed.values())) for _ in range(length - len(picked))]
    secrets.SystemRandom().shuffle(picked)
    return {"result": "".join(picked)}


def _id(inputs: Properties) -> Properties:
    raw = secrets.token_bytes(inputs["byteLength"])
    prefix = inputs.get("prefix", "")
    return {
        "hex": prefix + raw.hex(),
        "dec": prefix + str(int.from_bytes(raw, "big")),
        "b64Url": prefix + base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "b64Std": prefix + base64.b64encode(raw).decode(),
    }


_TEXT_INPUTS = {"length", "lower", "upper", "numeric", "special", "overrideSpecial", "keepers"}
_TEXT_INPUTS |= {"minLower", "minUpper", "minNumeric", "minSpecial"}

_RESOURCES: dict[str, tuple[set[str], Callable[[Properties], Properties], str]] = {
    "random:index/randomPassword:RandomPassword": (_TEXT_INPUTS, _text, ""),
    "random:index/randomString:RandomString": (_TEXT_INPUTS, _text, "result"),
    "random:index/randomId:RandomId": ({"byteLength", "prefix", "keepers"}, _id, "b64Url"),
    "random:index/randomUuid:RandomUuid": (
        {"keepers"},
        lambda _: {"result": str(uuid.uuid4())},
        "result",
    ),
}


class RandomPackage(Package):
    """All resources of the package are replaced by any change, and nothing is out there."""

    name = "random"

    def __init__(self, version: str) -> None:
        self.version = version

    def check(
        self, instance: str, token: str, inputs: Properties, olds: Properties, naming: Naming
    ) -> tuple[Properties, dict[str, str]]:
        if token not in _RESOURCES:
            raise ProviderError(f"The embedded cloud has no resource type '{token}'")
        known = _RESOURCES[token][0]
        checked = {k: v for k, v in inputs.items() if v is not None}
        return checked, {k: f"{token} has no property '{k}'" for k in checked.keys() - known}

    def diff(self, token: str, olds: Properties, news: Properties) -> Difference:
        found = changes(olds, news)
        return Difference([type(c)(c.path, c.kind, replaces=True) for c in found])

    def create(
        self, instance: str, token: str, inputs: Properties, preview: bool
    ) -> tuple[str, Properties]:
        if preview:
            return "", inputs
        _, make, identity = _RESOURCES[token]
        made = make(inputs)
        return made.get(identity, "none"), inputs | made

    def read(
        self, instance: str, token: str, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        return inputs, outputs

    def delete(
        self, instance: str, token: str, resource_id: str, inputs: Properties, outputs: Properties
    ) -> None: ...

    def update(self, *_: Any) -> Properties:
        raise ProviderError("resources of the package 'random' are never updated")
