"""The pages of the documentation, parsed: fenced blocks, links, headings, tables, code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
_PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Piece:
    """Something on a page.

    Attributes:
        where: Page and line, such as ``docs/cost.md:7``.
        text: Text of a block or of a code span, or target of a link.
        language: Language of a block; empty for everything else.
    """

    where: str
    text: str
    language: str = ""


class Page:
    """One page of Markdown."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.name = str(file.relative_to(ROOT))

    @cached_property
    def _tokens(self) -> list[Token]:
        return _PARSER.parse(self.file.read_text())

    @property
    def blocks(self) -> list[Piece]:
        """The fenced blocks, and indented ones, without a language."""
        found = [t for t in self._tokens if t.type in ("fence", "code_block")]
        return [self._piece(t, t.content, t.info.strip()) for t in found]

    @property
    def links(self) -> list[Piece]:
        """Targets of the links and sources of the pictures."""
        return [
            self._piece(line, str(target))
            for line, child in self._children()
            if (target := child.attrGet("href") or child.attrGet("src"))
        ]

    @property
    def code(self) -> list[Piece]:
        """The code spans."""
        return [
            self._piece(line, child.content)
            for line, child in self._children()
            if child.type == "code_inline"
        ]

    @property
    def texts(self) -> list[str]:
        """Paragraphs, items of lists and cells of tables."""
        return [t.content.replace("\n", " ") for t in self._tokens if t.type == "inline"]

    @cached_property
    def anchors(self) -> set[str]:
        """The anchors of the headings."""
        pairs = zip(self._tokens, self._tokens[1:], strict=False)
        titles = [inline.content for start, inline in pairs if start.type == "heading_open"]
        return {re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles}

    @property
    def rows(self) -> Iterator[list[Cell]]:
        """The rows of all tables, without their heads."""
        row: list[Cell] = []
        for before, token in zip(self._tokens, self._tokens[1:], strict=False):
            if token.type == "tr_open":
                row = []
            elif token.type == "inline" and before.type == "td_open":
                codes = [c.content for c in token.children or [] if c.type == "code_inline"]
                row.append(Cell(token.content, codes))
            elif token.type == "tr_close" and row:
                yield row

    def _children(self) -> Iterator[tuple[Token, Token]]:
        for token in self._tokens:
            for child in token.children or []:
                yield token, child

    def _piece(self, token: Token, *values: Any) -> Piece:
        return Piece(f"{self.name}:{(token.map or [0])[0] + 1}", *values)


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text, and the code spans in it."""

    text: str
    code: list[str]


@lru_cache
def page(file: Path) -> Page:
    """A page, parsed once."""
    return Page(file)


def pages() -> list[Page]:
    """The pages that users read first, those of examples and policies, and all of ``docs``."""
    top = (
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "examples/README.md",
        "policies/README.md",
    )
    return [page(f) for f in [*(ROOT / name for name in top), *sorted(ROOT.glob("docs/*.md"))]]
