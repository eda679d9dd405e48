"""The tests and files that docs/security.md names exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "security.md").read_text()
TESTS = {
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", file.read_text(), re.M)
}


def test_tests_named_on_the_page_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) >= 25
    assert named - TESTS == set()


def test_files_named_on_the_page_exist() -> None:
    named = re.findall(r"`((?:tests|policies|docs)/[\w./]*)`", PAGE)
    links = [f"docs/{name}" for name in re.findall(r"\]\((\w+\.md)\)", PAGE)]
    assert [name for name in (*named, *links) if not (ROOT / name).exists()] == []
