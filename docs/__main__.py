"""Generates the pages and diagrams that come from the code.

python -m docs          writes them
python -m docs --check  exits with 1 if one of them is out of date
"""

from __future__ import annotations

import sys
from pathlib import Path

from . import commands, diagrams, limits, permissions, reference, schema

ROOT = Path(__file__).parent.parent
SOURCES = (reference, permissions, limits, diagrams, schema, commands)


def main() -> int:
    generated = {name: text for source in SOURCES for name, text in source.pages().items()}
    stale = {name: text for name, text in generated.items() if not _same(ROOT / name, text)}
    check = "--check" in sys.argv
    for name, text in stale.items():
        print(f"{name} is out of date: run `make docs`" if check else f"wrote {name}")
        if not check:
            (ROOT / name).write_text(text)
    return 1 if check and stale else 0


def _same(file: Path, text: str) -> bool:
    return file.exists() and file.read_text() == text


if __name__ == "__main__":
    sys.exit(main())
