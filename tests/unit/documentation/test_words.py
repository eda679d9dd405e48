"""The word list finds whole words, also inside of names, and only those."""

from __future__ import annotations

import pytest

from docs.words import findings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("is reckoned anew", ["reckoned", "anew"]),
        ("def test_a_wish_is_told() -> None:", ["wish", "told"]),
        ("Whoever is Told", ["Whoever", "Told"]),
        ("goes with cpu, 3 at the most", ["goes with", "at the most"]),
        ("'x' is no permission", ["is no"]),
        ("which is known late", ["known late"]),
        ("a key of its own", ["of its own"]),
        ("the rooms of the house", ["rooms", "the house"]),
    ],
)
def test_words_are_found(text: str, words: list[str]) -> None:
    assert [f.word for f in findings("file.py", text)] == words


@pytest.mark.parametrize(
    "text",
    [
        "latest template, later",
        "there is no backup, and it is no longer needed",
        "it is too late",
        "recompatched amendments, mushrooms, warehouse",
        "swish and foretold",
    ],
)
def test_other_words_are_accepted(text: str) -> None:
    assert list(findings("file.py", text)) == []


def test_findings_have_file_line_and_replacement() -> None:
    (finding,) = findings("a/b.py", "\nx = 1  # seldom\n")
    assert str(finding) == "a/b.py:2: 'seldom': write rarely"


def test_a_word_is_allowed_only_in_its_files() -> None:
    assert list(findings("CHANGELOG.md", "`adopt`")) == []
    assert [f.word for f in findings("CHANGELOG.md", "reckon")] == ["reckon"]
    assert [f.word for f in findings("README.md", "adopt")] == ["adopt"]
