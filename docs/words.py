"""Words that this project does not use: names, messages, comments and pages are in plain English.

python -m docs.words [PATH ...]  exits with 1 if a tracked file (below PATH) uses one of them

A word matches whole words in any case, also inside of snake_case names.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent

WORDS = {
    "adopt(s|ed|ing|ion)?": "use an existing …, existing",
    "anew": "again, from scratch",
    "at the (most|least)": "at most, at least",
    "by a slip": "accidentally",
    "by themselves": "automatically",
    "comes? by (websocket|dns|cloud map)": "connect over …",
    "dear(er|est)?": "expensive",
    "entrances?": "load balancer",
    "figures?": "metrics, numbers, prices",
    "for ever": "forever",
    "(gone|goes|go|going) on": "resume, continue",
    "goes (with|without)": "is only valid with, cannot be combined with",
    "(the )?house": "package, conventions, project",
    "is no(?! (longer|more|different|better|such)\\b)": "is not a valid …, is not a …",
    "is not possible": "is not supported",
    "is there (twice|already)": "is listed more than once, exists",
    "(known )?late": "output, unknown until deployment",
    "mend(s|ed|ing)?": "fix, patch",
    "names one twice": "lists one more than once",
    "nobody|somebody|whoever": "no one, someone, the caller",
    "(of|for) (its|their|our) own(?! [a-z])": "a dedicated …, its own …",
    "of yours": "your own …",
    "proved": "validated, shown",
    "reckon(s|ed|ing)?": "estimate, calculate",
    "rooms?": "package",
    "says nothing|told nothing": "has no effect, is empty",
    "seldom": "rarely",
    "takes? no (other|more)": "accepts only …",
    "tells?|told|telling": "report, notify, show, print",
    "ways? out": "egress; fix, remedy",
    "wholly": "completely",
    "wish(es|ed)?": "desired state",
}
"""What to write instead, by a regular expression of the word."""

ALLOWED = {
    "docs/words.py": ".*",
    "tests/unit/documentation/test_words.py": ".*",
    # Generated: the words come from docstrings, where they are reported.
    "docs/inputs.md": ".*",
    "docs/outputs.md": ".*",
    "plugin/schema.json": ".*",
    "*.svg": ".*",
    "locks/*": ".*",
    # Names of modules.
    "tools/*/go.*": ".*",
    # Old names of inputs.
    "CHANGELOG.md": "adopt.*|entrance",
    "components/jenkins_platform/base/renames.py": "entrance",
    "components/jenkins_platform/settings/validation/renamed.py": "adopt|entrance",
    "tests/data/former_urns.txt": "entrance",
    "tests/engine/test_upgrades.py": "entrance",
    "tests/unit/base/test_renames.py": "entrance",
    "tests/unit/settings/wrong/network.yaml": "adopt",
}
"""Which words (a regular expression) are allowed in which files (a pattern)."""

_THERE_IS = re.compile(r"\b(there|this|that|it|where|if) $", re.IGNORECASE)
_PATTERN = re.compile(
    "|".join(f"(?P<w{n}>(?<![a-z])(?:{word})(?![a-z]))" for n, word in enumerate(WORDS)),
    re.IGNORECASE,
)
_INSTEAD = list(WORDS.values())


@dataclass(frozen=True)
class Finding:
    """A word in a file."""

    file: str
    line: int
    word: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: '{self.word}': write {self.instead}"


def findings(file: str, text: str) -> Iterator[Finding]:
    """The words in a text that its file may not use."""
    allowed = [re.compile(w, re.IGNORECASE) for f, w in ALLOWED.items() if fnmatch(file, f)]
    for number, line in enumerate(text.splitlines(), 1):
        for match in _PATTERN.finditer(line):
            word = match[0]
            if word.lower() == "is no" and _THERE_IS.search(line[: match.start()]):
                continue
            if word.lower() == "late" and line[: match.start()].lower().endswith("too "):
                continue
            if any(a.fullmatch(word) for a in allowed):
                continue
            instead = _INSTEAD[int((match.lastgroup or "w0")[1:])]
            yield Finding(file, number, word, instead)


def main(paths: Iterable[str]) -> int:
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--", *paths]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    count = 0
    for name in filter(None, names):
        try:
            text = (ROOT / name).read_text()
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        for finding in findings(name, text):
            print(finding)
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
