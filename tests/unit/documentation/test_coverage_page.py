"""``docs/coverage.md`` has every feature of the original modules, and the names in it exist."""

from __future__ import annotations

import pytest

from harness.documentation.named import exists, is_test
from harness.documentation.pages import ROOT, Page

PAGE = Page(ROOT / "docs" / "coverage.md")
COUNTS = {
    "NET": 10,
    "STO": 13,
    "CTL": 14,
    "LB": 11,
    "AGT": 17,
    "DIS": 4,
    "IMG": 10,
    "PLG": 1,
    "DAT": 7,
    "JOB": 3,
    "IAM": 11,
    "SEC": 5,
    "MON": 3,
    "KMS": 1,
    "ECR": 3,
    "OPS": 9,
    "CST": 3,
    "JVM": 2,
    "REG": 1,
    "K8S": 1,
}
"""Number of features in each chapter of the original list."""
FEATURES = [f"{chapter}-{n}" for chapter, count in COUNTS.items() for n in range(1, count + 1)]
ROWS = {cells[0].text: cells for cells in PAGE.rows}
NOT_OURS = "Not ours: "


def test_every_feature_has_exactly_one_row() -> None:
    named = [cells[0].text for cells in PAGE.rows]
    assert sorted(named) == sorted(FEATURES)


@pytest.mark.parametrize("feature", FEATURES)
def test_names_in_rows_exist(feature: str) -> None:
    _, _, ours, shown = ROWS[feature]
    if ours.text.startswith(NOT_OURS):
        assert len(ours.text) > len(NOT_OURS) + 20, "a reason"
        return
    assert ours.code
    assert [n for n in ours.code if not exists(n)] == []
    assert shown.code
    assert [n for n in shown.code if not is_test(n)] == []


def test_missing_names_are_detected() -> None:
    assert exists("storage.throughput_mode")
    assert exists("agents.volumes.efs.file_system_id")
    assert exists("output url")
    wrong = ["storage.thruput", "agents.nothing", "output nothing", "docs/nothing.md"]
    assert [n for n in (*wrong, "jenkins-platform upp") if exists(n)] == []
    here = "tests/unit/documentation/test_coverage_page.py"
    assert is_test(f"{here}::test_missing_names_are_detected")
    assert not is_test(f"{here}::test_nothing")
    assert not is_test("tests/unit/test_nothing.py::test_it")
