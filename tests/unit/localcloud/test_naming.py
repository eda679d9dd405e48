"""Automatic names in all modes of ``pulumi:autonaming``."""

from __future__ import annotations

import re
from typing import Any

import pytest
from localcloud.providers.naming import automatic_name
from localcloud.providers.protocol import Naming, ProviderError
from pulumi.runtime.proto import provider_pb2

MODES = provider_pb2.CheckRequest.AutonamingOptions


def naming(name: str = "Logical", **others: Any) -> Naming:
    return Naming(name, b"seed", **others)


def test_names_end_with_seven_digits_from_the_seed() -> None:
    name = automatic_name(naming(), 40)
    assert re.fullmatch(r"Logical-[0-9a-f]{7}", name)
    assert name == automatic_name(naming(), 40)
    assert name != automatic_name(Naming("Logical", b"other seed"), 40)


def test_without_a_seed_each_name_differs() -> None:
    assert automatic_name(Naming("a", b""), 40) != automatic_name(Naming("a", b""), 40)


def test_a_name_that_is_too_long_is_refused() -> None:
    assert len(automatic_name(naming("a" * 24), 32)) == 32
    with pytest.raises(ProviderError, match=r"longer than the 32 characters"):
        automatic_name(naming("a" * 25), 32)


def test_names_can_be_lower_case_with_prefix_and_suffix() -> None:
    assert automatic_name(naming(), 40, lower=True).startswith("logical-")
    assert automatic_name(naming(), 40, prefix="alias/").startswith("alias/Logical-")
    assert automatic_name(naming("a"), 40, separator="_", suffix=".fifo").endswith(".fifo")
    proposed = naming(proposed="alias/mine.fifo")
    assert automatic_name(proposed, 40, prefix="alias/", suffix=".fifo") == "alias/mine.fifo"


def test_a_name_proposed_by_the_engine_is_used() -> None:
    assert automatic_name(naming(proposed="Mine"), 40) == "Mine"
    assert automatic_name(naming(proposed="Mine"), 40, lower=True) == "mine"
    with pytest.raises(ProviderError, match="'Mine' is longer than the 3 characters"):
        automatic_name(naming(proposed="Mine"), 3)


def test_a_name_enforced_by_the_engine_is_used_unchanged() -> None:
    enforced = naming(proposed="Mine", mode=MODES.ENFORCE)
    assert automatic_name(enforced, 40, lower=True, prefix="alias/") == "Mine"
    with pytest.raises(ProviderError, match="longer than"):
        automatic_name(enforced, 3)


def test_a_name_is_required_when_autonaming_is_disabled() -> None:
    with pytest.raises(ProviderError, match="'Logical' has no name and pulumi:autonaming is"):
        automatic_name(naming(mode=MODES.DISABLE), 40)
