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


def test_seven_digits_follow_the_logical_name_and_come_from_the_seed() -> None:
    name = automatic_name(naming(), 40)
    assert re.fullmatch(r"Logical-[0-9a-f]{7}", name)
    assert name == automatic_name(naming(), 40)
    assert name != automatic_name(Naming("Logical", b"other seed"), 40)


def test_no_seed_gives_another_name_each_time() -> None:
    assert automatic_name(Naming("a", b""), 40) != automatic_name(Naming("a", b""), 40)


def test_a_name_that_comes_out_too_long_is_refused_and_not_cut() -> None:
    assert len(automatic_name(naming("a" * 24), 32)) == 32
    with pytest.raises(ProviderError, match=r"longer than the 32 characters"):
        automatic_name(naming("a" * 25), 32)


def test_names_can_be_in_lower_case_and_have_a_fixed_start_and_end() -> None:
    assert automatic_name(naming(), 40, lower=True).startswith("logical-")
    assert automatic_name(naming(), 40, prefix="alias/").startswith("alias/Logical-")
    assert automatic_name(naming("a"), 40, separator="_", suffix=".fifo").endswith(".fifo")
    proposed = naming(proposed="alias/mine.fifo")
    assert automatic_name(proposed, 40, prefix="alias/", suffix=".fifo") == "alias/mine.fifo"


def test_the_name_that_the_engine_proposes_is_taken() -> None:
    assert automatic_name(naming(proposed="Mine"), 40) == "Mine"
    assert automatic_name(naming(proposed="Mine"), 40, lower=True) == "mine"
    with pytest.raises(ProviderError, match="'Mine' is longer than the 3 characters"):
        automatic_name(naming(proposed="Mine"), 3)


def test_the_name_that_the_engine_enforces_is_taken_as_it_is() -> None:
    enforced = naming(proposed="Mine", mode=MODES.ENFORCE)
    assert automatic_name(enforced, 40, lower=True, prefix="alias/") == "Mine"
    with pytest.raises(ProviderError, match="longer than"):
        automatic_name(enforced, 3)


def test_where_names_are_not_automatic_one_must_be_given() -> None:
    with pytest.raises(ProviderError, match="'Logical' has no name and pulumi:autonaming is"):
        automatic_name(naming(mode=MODES.DISABLE), 40)
