"""What agent templates cost as they grow in number.

    python -m benchmarks.scale [--templates 10 20 40] [--no-engine]

Two parts, in one run on one machine: checking inputs and rendering the configuration, for up to
1000 templates; and `up` on the embedded cloud, once as it is and once with the engine's snapshots
of the state switched off, which shows what those take. Read the ratios; seconds are the machine's.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jenkins_platform import jcasc
from jenkins_platform.settings import Settings

from localcloud.cloud import LocalCloud
from localcloud.toolchain import pulumi_cli
from tests.support.engine import Stack, environment, platform_program

CHECKED = (10, 100, 1000)
NO_SNAPSHOTS = {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_EXPERIMENTAL": "true"}


class _Silent:
    def say(self, message: str) -> None: ...

    def advance(self, label: str, done: int, total: int) -> None: ...


def inputs(count: int) -> dict[str, Any]:
    agents = [{"name": f"t{i}", "labels": [f"label-{i}", f"team-{i}"]} for i in range(count)]
    return {"agents": agents, "watch": {"scope": "none"}}


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def check_and_render(count: int) -> str:
    settings = Settings.from_args("jenkins", inputs(count))  # type: ignore[arg-type]
    jcasc.check(settings)
    return jcasc.render(settings, jcasc.Resolved.made_up(settings))


def pure() -> None:
    print(
        f"{'templates':>9}  {'check+render s':>14}  {'ms each':>7}  {'document KiB':>12}  peak MiB"
    )
    check_and_render(1)
    for count in CHECKED:
        spent = seconds(lambda count=count: check_and_render(count))  # type: ignore[misc]
        tracemalloc.start()
        size = len(check_and_render(count)) / 1024
        peak = tracemalloc.get_traced_memory()[1] / 1024**2
        tracemalloc.stop()
        each = 1000 * spent / count
        print(f"{count:>9}  {spent:>14.2f}  {each:>7.2f}  {size:>12.0f}  {peak:>8.1f}")


def up(count: int) -> float:
    """Wall seconds of `up` with so many templates, on a cloud of its own."""
    with tempfile.TemporaryDirectory() as folder:
        cloud = LocalCloud.start(Path(folder) / "cloud")
        try:
            program = platform_program(inputs(count))
            stack = Stack(cloud, Path(folder) / "stack", pulumi_cli(_Silent()), program)
            started = time.perf_counter()
            stack.up()
            return time.perf_counter() - started
        finally:
            cloud.stop()


def engine(counts: Sequence[int]) -> None:
    print(f"\n{'templates':>9}  {'up s':>6}  {'s each':>6}  {'without snapshots s':>19}  ratio")
    for count in counts:
        usual = up(count)
        with environment(**NO_SNAPSHOTS):
            without = up(count)
        ratio = usual / without
        print(f"{count:>9}  {usual:>6.1f}  {usual / count:>6.2f}  {without:>19.1f}  {ratio:>5.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--templates", type=int, nargs="+", default=[10, 20, 40, 80])
    parser.add_argument("--no-engine", action="store_true", help="only checking and rendering")
    given = parser.parse_args()
    pure()
    if not given.no_engine:
        engine(given.templates)


if __name__ == "__main__":
    main()
