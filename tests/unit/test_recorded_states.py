"""What is kept of a release's state: no secrets, no times, no paths of the machine."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.stacks.recorded_states import FOLDER, PLACEHOLDER, Record, records, scrubbed

MARK = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
KEPT = {**MARK, "plaintext": json.dumps(PLACEHOLDER)}


def secrets(value: Any) -> list[Any]:
    """Every secret in a part of a state."""
    if isinstance(value, dict):
        inner = [found for item in value.values() for found in secrets(item)]
        return [value, *inner] if value.items() >= MARK.items() else inner
    return [found for item in value for found in secrets(item)] if isinstance(value, list) else []


def test_secrets_times_and_paths_are_removed() -> None:
    secret = {**MARK, "ciphertext": "v1:abc:def"}
    state = {
        "created": "2026-11-28T00:00:00Z",
        "inputs": {"password": secret, "list": [secret, {"sourcePosition": "project:///a.py#1"}]},
        "stackTrace": [{"sourcePosition": "project:///b.py#2"}],
    }
    assert scrubbed(state) == {"inputs": {"password": KEPT, "list": [KEPT, {}]}}


@pytest.mark.parametrize("record", records(), ids=lambda r: f"{r.version}/{r.name}")
def test_a_recorded_state_has_placeholders_for_secrets(record: Record) -> None:
    found = secrets(record.deployment)
    assert len(found) >= 3, "the password, and the version of its secret"
    assert [secret for secret in found if secret != KEPT] == []
    assert "ciphertext" not in (FOLDER / record.version / f"{record.name}.json").read_text()
