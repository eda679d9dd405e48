"""``docs/comparison.md``: the names in it exist, and every claim has a test."""

from __future__ import annotations

import pytest

from harness.documentation.named import exists, is_test
from harness.documentation.pages import ROOT, Page

ROWS = {cells[0].text: cells for cells in Page(ROOT / "docs" / "comparison.md").rows}


def test_the_page_has_all_that_users_ask_for() -> None:
    assert len(ROWS) == 40


@pytest.mark.parametrize("feature", ROWS)
def test_what_the_platform_has_exists_and_is_tested(feature: str) -> None:
    _, here, ours, shown = ROWS[feature]
    assert here.text in ("yes", "partly", "no")
    assert len(ours.text) > 10, "an input, or a reason"
    assert [test for test in shown.code if not is_test(test)] == []
    assert bool(shown.code) == (here.text != "no")
    names = [name for name in ours.code if name != "jobs"]
    assert [name for name in names if not exists(name)] == []
    assert names or here.text == "no"
