"""Automatic names, as Pulumi's bridged providers make them."""

from __future__ import annotations

import hashlib
import os

from pulumi.runtime.proto import provider_pb2

from .protocol import Naming, ProviderError

_MODES = provider_pb2.CheckRequest.AutonamingOptions


def automatic_name(naming: Naming, maximum: int, separator: str = "-") -> str:
    """``<logical name>-<7 hex digits>``, cut to ``maximum``; the engine's wish comes first.

    Raises:
        ProviderError: automatic naming is switched off, or the wished name is too long.
    """
    if naming.mode == _MODES.DISABLE:
        raise ProviderError(
            f"'{naming.logical_name}' has no name and pulumi:autonaming is 'disabled'"
        )
    if naming.proposed and (naming.mode == _MODES.ENFORCE or len(naming.proposed) <= maximum):
        if len(naming.proposed) > maximum:
            raise ProviderError(f"name '{naming.proposed}' is longer than {maximum} characters")
        return naming.proposed
    digits = hashlib.sha256(naming.seed or os.urandom(16)).hexdigest()[:7]
    return naming.logical_name[: maximum - 8] + separator + digits
