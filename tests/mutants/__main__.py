"""Applies wrong changes to a copy of the project, and reports those that no unit test notices.

``python -m tests.mutants [--count N] [--seed N] [PATH ...]``: PATH limits the modules, such as
``network/vpc.py``. The choice is random but repeatable, with the same number from every module.

Our own, since the known tools find no tests for a package below a folder that is not ``src``, or
start an interpreter for each change, which takes seconds with this SDK. Here each change runs in a
fork of a process that has loaded the SDK, one on each core.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.generate import Mutant, mutants

ROOT = Path(__file__).parents[2]
COMPONENT = Path("components/jenkins_platform")
NOT_COPIED = (".git", ".venv", ".tools", "dist", "__pycache__", ".pytest_cache", "*_cache")
NOT_MUTATED = {"inputs", "testing"}
"""Types without code, and code that only tests use."""
QUICK = ("iam", "base", "webhooks", "cost", "controller", "agents", "storage", "monitoring")
"""Folders whose tests are asked first of those outside of a module's package."""
NO_TESTS = ("conftest.py", "localcloud")
"""What holds no tests of the component."""
TIMEOUT_SECONDS = 1800
_copy: Path
"""The copy of the project in which this process changes modules."""


def modules(only: Sequence[str]) -> list[Path]:
    """The modules to change, relative to the project."""
    found = [p.relative_to(ROOT) for p in sorted((ROOT / COMPONENT).rglob("*.py"))]
    return [
        path
        for path in found
        if path.relative_to(COMPONENT).parts[0] not in NOT_MUTATED
        and path.name != "__init__.py"
        and (not only or any(str(path).endswith(name) for name in only))
    ]


def chosen(paths: Sequence[Path], count: int, seed: int) -> list[Mutant]:
    """As many mutants as wanted, taken from the modules in turn, in random order."""
    pick = random.Random(seed)
    piles = [_shuffled(path, pick) for path in pick.sample(paths, min(count, len(paths)))]
    in_turn = itertools.chain.from_iterable(itertools.zip_longest(*piles))
    found = itertools.islice(filter(None, in_turn), count)
    return sorted(found, key=lambda mutant: (str(mutant.path), mutant.start))


def _shuffled(path: Path, pick: random.Random) -> Iterator[Mutant]:
    source = (ROOT / path).read_text()
    found = mutants(source, path)
    pick.shuffle(found)
    return (mutant for mutant in found if mutant.is_valid(source))


def tests_of(path: Path, root: Path) -> tuple[list[str], list[str]]:
    """The tests near a module, its own first, and then all other unit tests, quick ones first."""
    unit = root / "tests/unit"
    package = unit / path.relative_to(COMPONENT).parts[0].removesuffix(".py")
    own = f"test_{path.name}"
    near = sorted(package.glob("test_*.py"), key=lambda test: (test.name != own, test.name))
    near = near or [test for test in [unit / own] if test.exists()]
    others = [
        test
        for test in [*unit.glob("test_*.py"), *(unit / name for name in QUICK), *unit.iterdir()]
        if test.exists() and test.name[0] not in "_." and test.name not in NO_TESTS
    ]
    rest = [test for test in dict.fromkeys(others) if test != package and test not in near]
    return _relative(near, root), _relative(rest, root)


def _relative(paths: Sequence[Path], root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in paths]


def is_killed(mutant: Mutant, stage: int) -> bool:
    """Whether a test of a stage fails for a mutant, in this process's copy of the project."""
    tests = tests_of(mutant.path, _copy)[stage]
    target = _copy / mutant.path
    source = target.read_text()
    target.write_text(mutant.apply(source))
    try:
        return bool(tests) and not _passes(_copy, tests)
    finally:
        target.write_text(source)


def _take_copy(copies: Any) -> None:
    global _copy
    _copy = copies.get()


def _passes(copy: Path, tests: list[str]) -> bool:
    child = os.fork()
    if child == 0:
        _run_tests(copy, tests)
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _run_tests(copy: Path, tests: list[str]) -> None:
    """Runs in the child and never returns."""
    status = 1
    try:
        os.chdir(copy)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        options = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
        status = int(pytest.main([*options, *tests]))
    finally:
        os._exit(status)


@contextlib.contextmanager
def copy_of_project() -> Iterator[Path]:
    """A copy in which modules may be changed."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
        subprocess.run(["git", "init", "--quiet", str(copy)], check=True)  # a test asks Git
        yield copy


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=240, help="how many; default: 240")
    parser.add_argument("--seed", type=int, default=0, help="of the choice; default: 0")
    parser.add_argument("paths", nargs="*", help="ends of module paths; default: all modules")
    options = parser.parse_args(arguments)
    picked = chosen(modules(options.paths), options.count, options.seed)
    sys.dont_write_bytecode = True
    import pulumi_aws  # noqa: F401  loaded once, for all forks

    cores, fork = os.cpu_count() or 1, multiprocessing.get_context("fork")
    with contextlib.ExitStack() as stack:
        copies = fork.SimpleQueue()
        for copy in [stack.enter_context(copy_of_project()) for _ in range(cores)]:
            copies.put(copy)
        if not _passes(copy, ["tests/unit"]):
            print("The unit tests fail without any change")
            return 2
        pool = stack.enter_context(ProcessPoolExecutor(cores, fork, _take_copy, (copies,)))
        survivors = picked
        for number, name in enumerate(("tests of its package", "all other unit tests")):
            print(f"\n{len(survivors)} mutants and the {name}", flush=True)
            left = []
            results = pool.map(is_killed, survivors, [number] * len(survivors))
            for mutant, killed in zip(survivors, results, strict=True):
                print(f"{'killed  ' if killed else 'SURVIVED'} {mutant}", flush=True)
                left += [] if killed else [mutant]
            survivors = left
    print(f"\n{len(picked) - len(survivors)} of {len(picked)} mutants killed by unit tests")
    for mutant in survivors:
        print(f"  {mutant}")
    return 0 if len(survivors) <= 0.05 * len(picked) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
