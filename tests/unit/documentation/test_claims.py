"""Sentences with "never", "always" or a number name what keeps them true, in ``claims.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.documentation.claims import GENERATED, OTHERWISE_CHECKED, sentences
from harness.documentation.named import is_test
from harness.documentation.pages import Page, page, pages

CLAIMS: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("claims.yaml").read_text()
)
CHECKED = [p for p in pages() if p.name not in GENERATED | OTHERWISE_CHECKED]


@pytest.mark.parametrize("checked", CHECKED, ids=lambda p: str(p.name))
def test_every_claim_of_a_page_names_what_keeps_it_true(checked: Page) -> None:
    known = CLAIMS.get(checked.name, {})
    assert [s for s in sentences(checked) if not any(phrase in s for phrase in known)] == []


@pytest.mark.parametrize("name", CLAIMS)
def test_what_is_named_exists_and_is_claimed(name: str) -> None:
    claimed = list(sentences(page(next(p.file for p in CHECKED if p.name == name))))
    for phrase, kept_by in CLAIMS[name].items():
        assert any(phrase in sentence for sentence in claimed), f"not on the page: {phrase}"
        if isinstance(kept_by, dict):
            assert list(kept_by) in (["source"], ["measured"], ["instruction"]), phrase
        else:
            assert is_test(kept_by), kept_by
