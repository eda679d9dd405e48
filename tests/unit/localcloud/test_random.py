"""The package ``random``."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest
from localcloud.providers.protocol import Naming, ProviderError
from localcloud.providers.random import RandomPackage

PACKAGE = RandomPackage("1")
PASSWORD = "random:index/randomPassword:RandomPassword"
TEXT = "random:index/randomString:RandomString"
ID = "random:index/randomId:RandomId"
UUID = "random:index/randomUuid:RandomUuid"


def made(token: str, **inputs: Any) -> tuple[str, dict[str, Any]]:
    checked, failures = PACKAGE.check("i", token, inputs, {}, Naming("name", b""))
    assert failures == {}
    return PACKAGE.create("i", token, checked, preview=False)


def test_a_password_has_the_requested_length_and_characters() -> None:
    _, outputs = made(PASSWORD, length=40, minUpper=10, minNumeric=10, special=False, minLower=10)
    text = outputs["result"]
    assert len(text) == 40
    assert set(text) <= set(string.ascii_letters + string.digits)
    for kind in (string.ascii_uppercase, string.ascii_lowercase, string.digits):
        assert sum(c in kind for c in text) >= 10
    assert outputs["length"] == 40


def test_the_id_of_a_password_is_not_the_password() -> None:
    identity, outputs = made(PASSWORD, length=10)
    assert identity == "none"
    assert outputs["result"] not in identity


def test_special_characters_can_be_chosen() -> None:
    _, outputs = made(
        TEXT, length=30, lower=False, upper=False, numeric=False, overrideSpecial="_."
    )
    assert set(outputs["result"]) <= {"_", "."}


@pytest.mark.parametrize(
    "inputs",
    [
        {"length": 3, "minUpper": 4},
        {"length": 3, "lower": False, "upper": False, "numeric": False, "special": False},
    ],
)
def test_impossible_lengths_are_refused(inputs: dict[str, Any]) -> None:
    with pytest.raises(ProviderError, match="no text of length 3"):
        made(TEXT, **inputs)


def test_an_id_is_given_in_every_notation() -> None:
    identity, outputs = made(ID, byteLength=4, prefix="p-")
    assert re.fullmatch(r"p-[0-9a-f]{8}", outputs["hex"])
    assert outputs["dec"] == f"p-{int(outputs['hex'].removeprefix('p-'), 16)}"
    assert identity == outputs["b64Url"]


def test_a_uuid_is_valid() -> None:
    identity, outputs = made(UUID)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", outputs["result"])
    assert identity == outputs["result"]


def test_every_change_replaces_the_value() -> None:
    difference = PACKAGE.diff(TEXT, {"length": 3}, {"length": 4, "keepers": {"a": "b"}})
    assert [(c.path, c.replaces) for c in difference.changes] == [
        ("keepers", True),
        ("length", True),
    ]


def test_unknown_types_and_properties_are_refused_by_name() -> None:
    with pytest.raises(ProviderError, match="no resource type 'random:index/randomPet:RandomPet'"):
        PACKAGE.check("i", "random:index/randomPet:RandomPet", {}, {}, Naming("name", b""))
    _, failures = PACKAGE.check("i", UUID, {"colour": 1}, {}, Naming("name", b""))
    assert failures == {"colour": f"{UUID} has no property 'colour'"}
