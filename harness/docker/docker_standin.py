"""A stand-in for the image of the Docker daemon that builds on instances use."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from harness.docker.engine import Engine
from harness.docker.standins import HERE

IMAGE = "standin/docker:latest"
_PROGRAMS = (
    *("containerd", "containerd-shim-runc-v2", "docker", "docker-init", "docker-proxy"),
    *("dockerd", "runc"),
)
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def make(engine: Engine) -> None:
    """Make the image on an engine, from Debian's Docker on this machine."""
    context = engine.folder / "standin-docker"
    shutil.copytree(HERE / "docker", context)
    for folder in ("programs", "libraries"):
        (context / folder).mkdir()
    for name in _PROGRAMS:
        program = Path(shutil.which(name, path=_PATH) or name)
        shutil.copy(program, context / "programs" / name)
        for library in _libraries(program):
            shutil.copy(library, context / "libraries")
    engine.build(context, IMAGE)


def _libraries(program: Path) -> list[str]:
    """The shared libraries of a program, without the C library, which the image has."""
    listed = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    found = re.findall(r"=> (/\S+)", listed)
    return [path for path in found if not re.search(r"/(libc|libm|libpthread|libdl)\.so", path)]
