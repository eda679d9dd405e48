"""Time and memory as the number of agent templates grows.

    python -m benchmarks.scale [--templates 1 100 1000] [--checkpoints 1 100] [--no-engine]

Two parts, in one run on one machine: validating inputs and rendering the configuration, for up to
1000 templates; and `up` on the embedded cloud, with the engine's snapshots of the state switched
off and, for the numbers after ``--checkpoints``, switched on, which shows what they cost. Compare
the ratios; seconds depend on the machine.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jenkins_platform.controller import jcasc
from jenkins_platform.settings import Settings
from jenkins_platform_cli.pulumi_cli.toolchain import pulumi_cli
from localcloud.cloud import LocalCloud

from harness.stacks.engine import Stack, platform_program

CHECKED = (10, 100, 1000)


class _Silent:
    def say(self, message: str) -> None: ...

    def advance(self, label: str, done: int, total: int) -> None: ...


def inputs(count: int) -> dict[str, Any]:
    agents = [{"name": f"t{i}", "labels": [f"label-{i}", f"team-{i}"]} for i in range(count)]
    return {"agents": agents, "monitoring": {"level": "none"}}


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def check_and_render(count: int) -> str:
    settings = Settings.from_args("jenkins", inputs(count))  # type: ignore[arg-type]
    jcasc.check(settings)
    return jcasc.render(settings, jcasc.Resolved.placeholders(settings))


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


def up(count: int, checkpoints: bool) -> tuple[int, float]:
    """Resources, and wall seconds of `up` with so many templates, on a new cloud."""
    with tempfile.TemporaryDirectory() as folder:
        cloud = LocalCloud.start(Path(folder) / "cloud")
        try:
            stack = Stack(
                cloud,
                Path(folder) / "stack",
                pulumi_cli(_Silent()),
                platform_program(inputs(count)),
                checkpoints=checkpoints,
            )
            started = time.perf_counter()
            stack.up()
            return len(stack.changes), time.perf_counter() - started
        finally:
            cloud.stop()


def peak(who: int) -> float:
    """Most memory so far, in MiB, of this process or of the largest that it has started."""
    return resource.getrusage(who).ru_maxrss / 1024


def engine(counts: Sequence[int], checkpoints: bool) -> None:
    print(
        f"\n`up` with the state written {'at each step' if checkpoints else 'once, at the end'}\n"
        f"{'templates':>9}  {'resources':>9}  {'up s':>6}  {'ms a resource':>13}  "
        f"{'program MiB':>11}  engine or emulator MiB"
    )
    for count in sorted(counts):  # the reported memory is the maximum so far
        made, spent = up(count, checkpoints)
        program, others = peak(resource.RUSAGE_SELF), peak(resource.RUSAGE_CHILDREN)
        print(
            f"{count:>9}  {made:>9}  {spent:>6.1f}  {1000 * spent / made:>13.0f}  "
            f"{program:>11.0f}  {others:>22.0f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--templates", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--checkpoints", type=int, nargs="*", default=[1, 10, 100])
    parser.add_argument("--no-engine", action="store_true", help="only checking and rendering")
    given = parser.parse_args()
    pure()
    if not given.no_engine:
        engine(given.templates, checkpoints=False)
        engine(given.checkpoints, checkpoints=True)


if __name__ == "__main__":
    main()
