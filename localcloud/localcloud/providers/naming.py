"""Automatic names, as Pulumi's bridged providers make them."""

from __future__ import annotations

import hashlib
import os

from pulumi.runtime.proto import provider_pb2

from .protocol import Naming, ProviderError

_MODES = provider_pb2.CheckRequest.AutonamingOptions


def automatic_name(
    naming: Naming,
    maximum: int,
    separator: str = "-",
    *,
    lower: bool = False,
    prefix: str = "",
    suffix: str = "",
) -> str:
    """``<logical name>-<7 hex digits>``; the engine's configuration comes first.

    Nothing is cut: like the real providers, this refuses what would come out too long.

    Args:
        lower: Write the logical name in lower case.
        prefix, suffix: Put around the name unless it has them.

    Raises:
        ProviderError: automatic naming is switched off, or the name would be too long.
    """
    if naming.mode == _MODES.DISABLE:
        raise ProviderError(
            f"'{naming.logical_name}' has no name and pulumi:autonaming is 'disabled'"
        )
    if naming.proposed:
        name = naming.proposed
        if naming.mode == _MODES.PROPOSE:
            name = name.lower() if lower else name
    else:
        digits = hashlib.sha256(naming.seed or os.urandom(16)).hexdigest()[:7]
        stem = naming.logical_name.lower() if lower else naming.logical_name
        name = stem + separator + digits
    if len(name) > maximum:
        raise ProviderError(
            f"automatic name '{name}' is longer than the {maximum} characters that are possible; "
            f"name the resource yourself or give it a shorter logical name"
        )
    if naming.mode == _MODES.ENFORCE:
        return name
    return prefix + name.removeprefix(prefix).removesuffix(suffix) + suffix
