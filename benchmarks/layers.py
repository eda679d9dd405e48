"""One image layer, compressed with gzip as Docker does and with zstd: size, and time to unpack.

    python -m benchmarks.layers

Needs root, ``zstd`` and Debian's ``debootstrap``. The layer is that of the base image of the tests:
Debian with a Java runtime, Git and curl, as in an agent image. CPU time is measured, which depends
less than the duration on what else the machine does; the best of three runs.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from harness.docker import standins
from harness.stacks.user import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
START, END = "<!-- layers: start -->", "<!-- layers: end -->"
LEVELS = {"gzip": 6, "zstd": 3}
"""Default levels of Docker and BuildKit."""


def table(layer: Path, folder: Path) -> str:
    """Size and time by program.

    Args:
        layer: A tar archive.
        folder: Where the compressed layers are written.
    """
    rows = ["| layer | MB | unpacking, CPU s |", "| --- | ---: | ---: |"]
    rows.append(f"| not compressed | {megabytes(layer)} | - |")
    for program, level in LEVELS.items():
        packed = folder / program
        with packed.open("wb") as file:
            subprocess.run([program, f"-{level}", "-q", "-c", layer], stdout=file, check=True)
        seconds = min(unpacking_seconds(program, packed) for _ in range(3))
        rows.append(f"| {program} -{level} | {megabytes(packed)} | {seconds:.2f} |")
    return "\n".join(rows)


def unpacking_seconds(program: str, packed: Path) -> float:
    before = os.times()
    with packed.open("rb") as file:
        subprocess.run([program, "-d", "-c"], stdin=file, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.0f}"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = table(standins.debian() / "image.tar", Path(folder))
    print(found)
    text = PAGE.read_text()
    head, rest = text.split(START)
    PAGE.write_text(f"{head}{START}\n{found}\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()
