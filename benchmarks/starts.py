"""How long each part of an agent's start takes, on the embedded cloud with real task containers.

    python -m benchmarks.starts

Needs root and what the image tests need (`benchmarks.images`). Jenkins is the stand-in of the
tests, which calls RunTask as soon as a build is queued; the registry is on this machine. It varies
what a user can change: the size of the task, the image, and where the image is.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import shutil
import statistics
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jenkins_platform_cli.engine.jenkins_api import JenkinsApi

from harness.docker import platform_images as images
from harness.docker import standins
from harness.docker.engine import Engine, Registry
from harness.docker.user import administrator, docker_user
from harness.stacks.engine import environment
from harness.stacks.user import ROOT, User

PAGE = ROOT / "docs" / "benchmarks.md"
START, END = "<!-- starts: start -->", "<!-- starts: end -->"
BUILDS = 4
PULLED, LARGE = (f"{images.REGISTRY}/{name}:1" for name in ("agent", "agent-large"))
EXTRA = ("usr/lib/jvm", "usr/lib/x86_64-linux-gnu/perl", "usr/share/perl", "usr/share/doc")
"""Files of a full Debian with a JDK, which the large image has in addition."""
CONFIGURATION = (
    "USER jenkins",
    "WORKDIR /home/jenkins",
    "ENV JAVA_HOME=/opt/java/openjdk",
    "ENV PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "ENV AGENT_WORKDIR=/home/jenkins/agent",
    'ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/start-agent"]',
)
PARTS = ("requested", "placed", "pulled", "containers", "connected", "first step", "together")


@dataclass(frozen=True)
class Variation:
    """Agents whose start is measured.

    Attributes:
        title: What is different, as in the table.
        template: Inputs of the template.
        pulls: Whether the image is deleted from the engine before each build.
    """

    title: str
    template: dict[str, Any]
    pulls: bool = False

    @property
    def name(self) -> str:
        return str(self.template["name"])


VARIATIONS = [
    Variation("0.25 vCPU", {"name": "quarter", "cpu": 256, "memory_mib": 1024}),
    Variation("0.5 vCPU (default)", {"name": "half"}),
    Variation("1 vCPU", {"name": "one", "cpu": 1024, "memory_mib": 2048}),
    Variation("0.5 vCPU, agent image pulled", {"name": "small", "image": PULLED}, pulls=True),
    Variation("0.5 vCPU, large image pulled", {"name": "large", "image": LARGE}, pulls=True),
]


def make_images(engine: Engine) -> dict[str, int]:
    """Push the agent image and a large one, each as a single layer that no other image has.

    Returns:
        The unpacked sizes in bytes by image.
    """
    engine.build(ROOT / "images" / "agent", "agent", BASE=images.base_of("inbound-agent"))
    layer = engine.folder / "agent.tar"
    made = engine.client.containers.create("agent")
    with layer.open("wb") as file:
        file.writelines(made.export())  # type: ignore[arg-type]  # bytes, not str
    made.remove(v=True)
    large = engine.folder / "large.tar"
    shutil.copy(layer, large)
    root = standins.debian() / "root"
    there = [path for path in EXTRA if (root / path).exists()]
    with tarfile.open(large, "a") as tar:
        for path in there:
            tar.add(root / path, f"extra/{path}")
    sizes = {}
    for image, content in ((PULLED, layer), (LARGE, large)):
        repository, tag = image.rsplit(":", 1)
        engine.client.api.import_image_from_file(
            str(content), repository, tag, changes=list(CONFIGURATION)
        )
        engine.push(image, images.SIGN_IN)
        sizes[image] = content.stat().st_size
    return sizes


def starts(user: User, engine: Engine) -> Iterator[tuple[Variation, list[dict[str, float]]]]:
    """Seconds of each part of every start, by variation."""
    templates = [{"name": "linux"}, *(v.template for v in VARIATIONS)]
    user.set(agents=templates)
    user.patience_seconds = 1800
    admin = administrator(user, user.document("up"))
    for variation in VARIATIONS:
        start(admin, user, engine, variation)  # what the first one fills is not measured
        yield variation, [start(admin, user, engine, variation) for _ in range(BUILDS)]


def start(admin: JenkinsApi, user: User, engine: Engine, variation: Variation) -> dict[str, float]:
    """One build on a new agent; the seconds of each part."""
    if variation.pulls:
        engine.client.images.remove(variation.template["image"], force=True)
    begun, queued = time.monotonic(), time.time()
    place = admin.start("start", variation.name, "#!/bin/sh\necho first step at $(date +%s.%N)")
    build = admin.finish("start", place, begun, begun + 180)
    if build.result != "SUCCESS":
        raise SystemExit(f"{variation.title}: {build.result} {build.log}")
    first_step = float(re.findall(r"^first step at (\S+)", build.log, re.MULTILINE)[0])
    arn, connected = log_of(engine, build.agent)
    ecs = user.cloud.client("ecs")
    (task,) = ecs.describe_tasks(cluster=arn.split("/")[1], tasks=[arn])["tasks"]
    states = ("created", "pullStarted", "pullStopped", "started")
    times = [task[f"{state}At"].timestamp() for state in states]
    moments = [queued, *times, connected, first_step]
    parts = [end - start for start, end in itertools.pairwise(moments)]
    return dict(zip(PARTS, [*parts, first_step - queued], strict=True))


def log_of(engine: Engine, agent: str) -> tuple[str, float]:
    """The task of an agent and when it connected, from the log of the controller."""
    (controller,) = [
        c for c in engine.client.containers.list() if str(c.name).endswith("-controller")
    ]
    log = controller.logs(timestamps=True).decode()
    (task,) = re.findall(rf"\[{re.escape(agent)}\]: Agent created, task (\S+)", log)
    (moment,) = re.findall(rf"^(\S+)Z .*\[{re.escape(agent)}\]: Agent connected", log, re.MULTILINE)
    return task, datetime.fromisoformat(f"{moment[:26]}+00:00").timestamp()


def percentile(values: list[float], share: float) -> float:
    """A percentile by interpolation, as CloudWatch has it."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


def start_table(found: Iterator[tuple[Variation, list[dict[str, float]]]]) -> str:
    rows = [f"| p50 / p95 in seconds | {' | '.join(PARTS)} |", "| --- |" + " ---: |" * len(PARTS)]
    for variation, measured in found:
        columns = ([one[part] for one in measured] for part in PARTS)
        cells = [f"{percentile(c, 0.5):.1f} / {percentile(c, 0.95):.1f}" for c in columns]
        rows.append(f"| {variation.title} | {' | '.join(cells)} |")
        print(rows[-1], flush=True)
    return "\n".join(rows)


def signed_in(folder: Path) -> Path:
    """A Docker configuration with which tasks can pull from the registry."""
    token = base64.b64encode(":".join(images.SIGN_IN.values()).encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {images.REGISTRY: {"auth": token}}}))
    return folder


def main() -> None:
    with (
        Registry.running(images.REGISTRY, "AWS", images.TOKEN_HASH) as registry,
        Engine.running(registry) as engine,
        tempfile.TemporaryDirectory() as folder,
    ):
        images.make_bases(engine)
        sizes = make_images(engine)
        (engine.folder / "user").mkdir()
        with (
            environment(DOCKER_CONFIG=str(signed_in(Path(folder)))),
            docker_user(engine, engine.folder / "user") as user,
        ):
            table = start_table(starts(user, engine))
    unpacked = " and ".join(f"{size / 1e6:.0f} MB" for size in sizes.values())
    note = f"{BUILDS} builds each; the pulled images have {unpacked}, not compressed."
    result = f"{note}\n\n{table}"
    print(result)
    text = PAGE.read_text()
    head, rest = text.split(START)
    PAGE.write_text(f"{head}{START}\n{result}\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()
