"""``python -m release.notes TAG``: the section of CHANGELOG.md about a version, for its release."""

from __future__ import annotations

import re
import sys
from importlib.metadata import version
from pathlib import Path

_CHANGELOG = Path(__file__).parent.parent / "CHANGELOG.md"


def notes(changelog: str, tag: str) -> str:
    """The section of a version, without its heading.

    Args:
        tag: ``v<version>``.

    Raises:
        ValueError: the changelog has no section of this version, or an empty one.
    """
    number = re.escape(tag.removeprefix("v"))
    found = re.search(rf"^## \[{number}\].*?\n(.*?)(?=^## \[|\Z)", changelog, re.M | re.S)
    if not found or not found[1].strip():
        raise ValueError(f"CHANGELOG.md has no section [{tag.removeprefix('v')}]")
    return found[1].strip() + "\n"


def main() -> None:
    tag = sys.argv[1]
    built = f"v{version('jenkins-platform')}"
    if tag != built:
        sys.exit(f"The tag is {tag}, but pyproject.toml has the version of {built}.")
    try:
        sys.stdout.write(notes(_CHANGELOG.read_text(), tag))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
