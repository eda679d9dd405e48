"""An agent image with the library Testcontainers, which users' builds would install."""

from __future__ import annotations

import shutil
import subprocess
import sys

from harness.docker.engine import Engine
from harness.docker.platform_images import base_of
from harness.docker.standins import HERE

IMAGE = "standin/testcontainers:latest"


def make(engine: Engine) -> None:
    """Make the image on an engine. The library comes from the package registry, with the hashes of
    ``tests/images/standins/testcontainers/requirements.txt``."""
    context = engine.folder / "standin-testcontainers"
    shutil.copytree(HERE / "testcontainers", context)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes"]
    install += ["--only-binary=:all:", "--python-version=3.13"]
    install += [f"--platform=manylinux{version}_x86_64" for version in ("2014", "_2_28")]
    install += ["--target", str(context / "packages"), "-r", str(context / "requirements.txt")]
    subprocess.run(install, check=True)
    engine.build(context, IMAGE, BASE=base_of("inbound-agent"))
