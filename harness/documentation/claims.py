"""Sentences of the documentation that promise something which could become untrue unnoticed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.documentation.pages import Page

GENERATED = {
    f"docs/{name}.md" for name in ("command", "inputs", "limits", "outputs", "permissions")
}
OTHERWISE_CHECKED = {
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/benchmarks.md",  # written by the benchmarks
    "docs/comparison.md",  # test_comparison_page.py
    "docs/cost.md",  # test_cost_docs.py
    "docs/coverage.md",  # test_coverage_page.py
    "docs/decisions.md",  # says why, and docs/architecture.md says what
}
_UNITS = r"s|seconds?|minutes?|hours?|days?|weeks?|months?|times|characters|[KMG]i?B|vCPUs?|USD|%"
_CLAIM = re.compile(rf"\b(?:never|always)\b|\b\d[\d.,]*\s?(?:{_UNITS})(?!\w)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.:;])\s+|\s*\|\s*")


def sentences(page: Page) -> Iterator[str]:
    """The sentences of a page that say never or always, or name a number with a unit."""
    for text in page.texts:
        yield from (part for part in _SENTENCE.split(text) if _CLAIM.search(part) and " " in part)
