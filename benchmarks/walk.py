"""How long the platform takes on the embedded cloud, and where the time goes.

    python -m benchmarks.walk [--rounds 5]

It prints one page and writes it to ``docs/benchmarks.md``. Everything is measured in one run on
one machine; times differ between machines, ratios less so. AWS takes longer than the
emulator, so the results are about the engine, the program and the embedded cloud.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from jenkins_platform import JenkinsPlatform
from jenkins_platform.controller import jcasc
from jenkins_platform.settings import Settings
from jenkins_platform.testing import register
from jenkins_platform_cli.pulumi_cli.toolchain import build, pulumi_cli
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.stacks.engine import Stack, environment, platform_program
from harness.stacks.user import project_user

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
START, END = "<!-- walk: start -->", "<!-- walk: end -->"
TEMPLATES = (10, 100, 1000)

Times = dict[str, list[float]]


class _Silent:
    def say(self, message: str) -> None: ...

    def advance(self, label: str, done: int, total: int) -> None: ...


@contextmanager
def clock(times: Times, name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    times.setdefault(name, []).append(time.perf_counter() - started)


@contextmanager
def shares(times: Times, name: str, cloud: LocalCloud) -> Iterator[None]:
    """An operation's time, and whose CPU time is in it. They work at once, on several cores."""

    def spent() -> dict[str, float]:
        mine, ended = time.process_time(), resource.getrusage(resource.RUSAGE_CHILDREN)
        # The fields after the process's name: user and system time are the 14th and the 15th.
        fields = Path(f"/proc/{cloud.pid}/stat").read_text().rpartition(")")[2].split()
        clouds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        engines = ended.ru_utime + ended.ru_stime
        return {"program and its SDK": mine, "engine": engines, "embedded cloud": clouds}

    before = spent()
    with clock(times, name):
        yield
    for who, seconds in spent().items():
        times.setdefault(f"{name}: CPU of the {who}", []).append(seconds - before[who])


def walk(times: Times, command: auto.PulumiCommand) -> int:
    """Deploy and destroy the default platform on a new cloud; returns its number of resources."""
    with tempfile.TemporaryDirectory() as folder:
        with clock(times, "start of the embedded cloud"):
            cloud = LocalCloud.start(Path(folder) / "cloud")
        try:
            where = Path(folder) / "stack"
            stack = Stack(cloud, where, command, platform_program(), checkpoints=True)
            with shares(times, "`up`, cold", cloud):
                stack.up()
            with shares(times, "`up`, nothing to do", cloud):
                stack.up()
            resources = len(stack.resources())
            for name, run in (
                ("`preview`, nothing to do", stack.preview),
                ("`refresh`", stack.refresh),
                ("`destroy`", stack.destroy),
                ("`up`, warm", stack.up),
            ):
                with clock(times, name):
                    run()
            first_resource(times, stack)
        finally:
            cloud.stop()
    return resources


def first_resource(times: Times, stack: Stack) -> None:
    """From the CLI's start until the engine has the first resource of the program."""
    seen: list[float] = []

    def on_event(event: auto.EngineEvent) -> None:
        step = event.resource_pre_event
        if step and "pulumi:pulumi:Stack" not in step.metadata.type:
            seen.append(time.perf_counter())

    started = time.perf_counter()
    stack.stack.preview(on_event=on_event)
    times.setdefault("until the first resource", []).append(seen[0] - started)


def command(times: Times) -> None:
    """The command as a user runs it: a separate process, with check, estimate and summary."""
    with tempfile.TemporaryDirectory() as folder, project_user(Path(folder)) as user:
        for name in ("the command `up`, with a cloud to start", "the command `up`, nothing to do"):
            with clock(times, name):
                run = user.local("up")
            if run.returncode:
                raise RuntimeError(run.stdout)


def program(times: Times) -> None:
    """The program alone: settings, resources, policies, JCasC, without an engine."""
    with clock(times, "our program without an engine"):
        register(lambda: JenkinsPlatform("jenkins"))


def imports(times: Times, memory: list[float]) -> None:
    """Import of the component in a separate process, and of the SDKs that it needs."""
    probe = (
        "import time, resource, json; s = time.perf_counter(); import pulumi, pulumi_aws;"
        "from pulumi_aws import ec2, ecs, efs, iam, lb, cloudwatch, s3;"
        "m = time.perf_counter(); import jenkins_platform; e = time.perf_counter();"
        "print(json.dumps([m - s, e - m, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))"
    )
    path = os.pathsep.join([str(ROOT / "components"), str(ROOT)])
    answer = subprocess.run(
        [sys.executable, "-c", probe],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    sdk, ours, kilobytes = json.loads(answer.stdout)
    times.setdefault("import of Pulumi's SDKs", []).append(sdk)
    times.setdefault("import of jenkins_platform on top", []).append(ours)
    memory.append(kilobytes / 1024)


def build_of_cli(times: Times) -> None:
    """What a machine that cannot download the CLI waits for, once: modules there, nothing built."""
    with (
        tempfile.TemporaryDirectory() as folder,
        environment(GOCACHE=f"{folder}/compiled"),
        clock(times, "build of the Pulumi CLI, once"),
    ):
        build(_Silent(), Path(folder))


def rendering(times: Times) -> None:
    """Settings and JCasC of many templates."""
    for number in TEMPLATES:
        args: Any = {"agents": [{"name": f"t{n}"} for n in range(number)]}
        with clock(times, f"settings of {number:,} templates"):
            settings = Settings.from_args("jenkins", args)
        with clock(times, f"JCasC of {number:,} templates"):
            jcasc.render(settings, jcasc.Resolved.placeholders(settings))


def lines(times: Times, resources: int, memory: list[float], largest: float) -> Iterator[str]:
    """The page's lines."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    rounds = len(times["`destroy`"])
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield (
        f"{date.today().isoformat()}: {os.cpu_count()} cores ({cpu}), {gib:.0f} GiB, Python "
        f"{platform.python_version()}; the default platform of {resources} resources, components "
        f"counted; {rounds} rounds. Seconds."
    )
    yield ""
    yield "| | min | median | max |"
    yield "| --- | ---: | ---: | ---: |"
    for name, found in times.items():
        low, middle, high = min(found), statistics.median(found), max(found)
        yield f"| {name} | {low:.2f} | {middle:.2f} | {high:.2f} |"
    yield ""
    medians = {name: statistics.median(found) for name, found in times.items()}
    share = medians["our program without an engine"] / medians["`up`, cold"]
    idle = medians["`up`, nothing to do"] / medians["`up`, cold"]
    growth = medians["JCasC of 1,000 templates"] / medians["JCasC of 100 templates"]
    yield f"- Our program, SDK calls in it, is {share:.0%} of a cold `up`."
    yield f"- An `up` with nothing to do takes {idle:.0%} of a cold one."
    yield f"- Ten times the templates take {growth:.1f} times as long to render."
    yield f"- Memory of a process that has imported the component: {max(memory):.0f} MiB."
    yield f"- Largest other process of the run (emulator or engine): {largest:.0f} MiB."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    times: Times = {}
    memory: list[float] = []
    cli = pulumi_cli(_Silent())
    resources = 0
    steps: list[Callable[[], object]] = [
        lambda: command(times),
        lambda: program(times),
        lambda: imports(times, memory),
        lambda: rendering(times),
    ]
    for _ in range(rounds):
        resources = walk(times, cli)
        for step in steps:
            step()
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    build_of_cli(times)
    text = "\n".join(lines(times, resources, memory, largest))
    print(text)
    before, _, rest = PAGE.read_text().partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n{text}\n{END}{after}")


if __name__ == "__main__":
    main()
