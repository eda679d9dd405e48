"""Writes the pages and pictures that are made from the code.

python -m docs          writes them
python -m docs --check  ends with 1 where they are not fresh
"""

from __future__ import annotations

import sys
from pathlib import Path

from . import diagrams, permissions, reference, schema

ROOT = Path(__file__).parent.parent
SOURCES = (reference, permissions, diagrams, schema)


def main() -> int:
    made = {name: text for source in SOURCES for name, text in source.pages().items()}
    stale = {name: text for name, text in made.items() if not _same(ROOT / name, text)}
    check = "--check" in sys.argv
    for name, text in stale.items():
        print(f"{name} is not fresh: run `make docs`" if check else f"wrote {name}")
        if not check:
            (ROOT / name).write_text(text)
    return 1 if check and stale else 0


def _same(file: Path, text: str) -> bool:
    return file.exists() and file.read_text() == text


if __name__ == "__main__":
    sys.exit(main())
