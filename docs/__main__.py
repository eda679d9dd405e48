"""Writes the pages and pictures that are made from the code.

python -m docs          writes them
python -m docs --check  ends with 1 where they are not fresh
"""

from __future__ import annotations

import sys
from pathlib import Path

from . import diagrams, permissions, reference

HERE = Path(__file__).parent


def main() -> int:
    made = {**reference.pages(), **permissions.pages(), **diagrams.pages()}
    stale = {n: text for n, text in made.items() if not _same(HERE / n, text)}
    check = "--check" in sys.argv
    for name, text in stale.items():
        print(f"docs/{name} is not fresh: run `make docs`" if check else f"wrote docs/{name}")
        if not check:
            (HERE / name).write_text(text)
    return 1 if check and stale else 0


def _same(file: Path, text: str) -> bool:
    return file.exists() and file.read_text() == text


if __name__ == "__main__":
    sys.exit(main())
