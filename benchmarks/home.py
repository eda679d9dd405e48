"""How many system calls of Git reach the Jenkins home in one pipeline run, with what Jenkins can
fill again in the home and on the disk of the task.

    python -m benchmarks.home

It runs the commands of the git plugin with the real Git under strace, in a folder that stands for
the home and, with the links of the controller's start script, in one beside it. Jenkins's own
records of a build are the same in both and are not measured here: they need a real Jenkins.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
START, END = "<!-- home: start -->", "<!-- home: end -->"
FETCH = ("fetch", "--tags", "--force", "--prune", "--")
REFS = "+refs/heads/*:refs/remotes/origin/*"
FILES, COMMITS = 200, 50
_CALL = re.compile(r"^(?:\d+ +)?(?:[\d.]+ )?(\w+)\((.*)$")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
_OPENED = re.compile(r"(?:AT_FDCWD|\d+)<([^>]*)>")


@dataclass(frozen=True)
class Places:
    """Where Jenkins has what it can fill again.

    Attributes:
        home: The Jenkins home.
        caches: Git caches of branch sources, as Jenkins names the folder.
        libraries: Clones of libraries.
    """

    home: Path
    caches: Path
    libraries: Path

    @classmethod
    def in_home(cls, home: Path) -> Places:
        """As Jenkins has it by itself."""
        return cls(home, home / "caches", home / "workspace")

    @classmethod
    def on_disk(cls, home: Path, disk: Path) -> Places:
        """As the start script of the controller leaves it."""
        home.mkdir(parents=True, exist_ok=True)
        (disk / "caches").mkdir(parents=True)
        (home / "caches").symlink_to(disk / "caches")
        return cls(home, home / "caches", disk / "libraries")


def git(folder: Path, *words: str) -> str:
    """Run Git in a folder."""
    author = ["-c", "user.name=benchmark", "-c", "user.email=benchmark@example.com"]
    command = ["git", *author, "-C", str(folder), *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def repository(folder: Path, files: int, commits: int) -> Path:
    """A repository with some files and commits."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    for number in range(files):
        file = folder / "src" / f"package{number % 10}" / f"file{number}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{number}\n" * 100)
    for number in range(commits):
        change(folder, number)
    return folder


def change(folder: Path, number: int) -> None:
    """Add a commit."""
    (folder / "version.txt").write_text(f"{number}\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", f"Version {number}")


class Counter:
    """Counts system calls that name a path in the home or use a file that is open there."""

    def __init__(self, places: Places, folder: Path) -> None:
        self._home = str(places.home)
        self._trace = folder / "trace"

    def run(self, folder: Path, *words: str) -> int:
        """Run Git in a folder; how many of its calls reach the home."""
        command = ["strace", "-f", "-y", "-qq", "-e", "trace=%file,%desc", "-o", str(self._trace)]
        subprocess.run(
            [*command, "git", *words], cwd=folder, check=True, capture_output=True, text=True
        )
        # The folder itself is opened by its name, as Jenkins opens it.
        entering = 1 if self._inside(str(folder)) else 0
        here = str(folder.resolve())
        lines = self._trace.read_text(errors="replace").splitlines()
        return entering + sum(self._reaches(line, here) for line in lines)

    def _inside(self, path: str) -> bool:
        return path == self._home or path.startswith(f"{self._home}/")

    def _reaches(self, line: str, here: str) -> bool:
        call = _CALL.match(line)
        if not call or call[1] in ("execve", "close"):
            return False
        arguments = call[2]
        opened = _OPENED.search(arguments)
        path = _PATH.search(arguments) if _names_a_path(call[1]) else None
        if path and path[1].startswith("/"):
            return self._inside(path[1])
        if opened:
            return self._inside(opened[1])
        return bool(path) and self._inside(here)


def _names_a_path(call: str) -> bool:
    return call not in ("read", "write", "pread64", "pwrite64", "readv", "writev", "sendto")


def pipeline_run(places: Places, sources: Path, work: Path) -> dict[str, int]:
    """What one run of a pipeline does after a push to its repository and its library.

    Args:
        sources: Folder of repositories ``application`` and ``library``.
        work: A folder for the trace.

    Returns:
        Calls by operation.
    """
    counter = Counter(places, work)
    application, library = sources / "application", sources / "library"
    cache, clone = places.caches / "git-0123", places.libraries / "application@libs" / "4567"
    for folder, source in ((cache, application), (clone, library)):
        folder.mkdir(parents=True)
        git(folder, "init", "-q")
        git(folder, *FETCH, str(source), REFS)
        git(folder, "checkout", "-q", "-f", "--detach", "refs/remotes/origin/main")
    change(application, 1000)
    change(library, 1000)
    found = {
        "fetch into the cache of the branch source": counter.run(
            cache, *FETCH, str(application), REFS
        ),
        "fetch into the clone of the library": counter.run(clone, *FETCH, str(library), REFS),
    }
    head = git(library, "rev-parse", "HEAD")
    checkout = counter.run(clone, "checkout", "-f", head)
    found["checkout of the library"] = checkout
    return found


def measured(folder: Path, files: int = FILES, commits: int = COMMITS) -> dict[str, list[int]]:
    """Calls by operation: in the home, and with it on the disk."""
    found: dict[str, list[int]] = {}
    for name in ("before", "after"):
        here = folder / name
        for role in ("application", "library"):
            repository(here / "sources" / role, files, commits)
        home, disk = here / "home", here / "disk"
        before = name == "before"
        places = Places.in_home(home) if before else Places.on_disk(home, disk)
        for operation, calls in pipeline_run(places, here / "sources", here).items():
            found.setdefault(operation, []).append(calls)
    return found


def page(found: dict[str, list[int]]) -> str:
    before, after = (sum(calls[n] for calls in found.values()) for n in (0, 1))
    rows = [f"| {name} | {a:,} | {b:,} |" for name, (a, b) in found.items()]
    head = ["| system calls of Git on the home | in the home | now |", "| --- | ---: | ---: |"]
    return "\n".join([*head, *rows, f"| together | {before:,} | {after:,} |"])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        table = page(measured(Path(folder)))
    print(table)
    text = PAGE.read_text()
    head, rest = text.split(START)
    PAGE.write_text(f"{head}{START}\n{table}\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()
