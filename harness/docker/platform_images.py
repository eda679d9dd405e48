"""The platform's own images, built and pushed by a real ``up`` on stand-in bases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jenkins_platform.container_images import builds
from jenkins_platform.settings import images as versions
from jenkins_platform_cli.pulumi_cli.toolchain import pulumi_cli
from localcloud.cloud import REGION, LocalCloud

from harness.docker import standins
from harness.docker.engine import Engine
from harness.stacks import go_tools
from harness.stacks.engine import Stack, platform_program

ACCOUNT = "123456789012"
"""The account that moto emulates."""
TOKEN = f"{ACCOUNT}-auth-token"
"""The password that moto's ECR returns."""
TOKEN_HASH = "$2b$05$qnxhwHDDl0pD1rTHfqozYemOK4mblbgC38zVao6IeLk.CVM5FNnd."
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
SIGN_IN = {"username": "AWS", "password": TOKEN}
BASES = {"controller": "jenkins", "agent": "inbound-agent", "kaniko": "kaniko"}
"""The stand-in base of each image."""
_TAGS = {
    "jenkins": f"{versions.JENKINS_VERSION}-lts-jdk21",
    "inbound-agent": f"{versions.AGENT_VERSION}-jdk21",
    "kaniko": f"v{versions.KANIKO_VERSION}",
}


@dataclass(frozen=True)
class Built:
    """What ``up`` built and pushed.

    Attributes:
        references: Image by role, pulled from the registry by its digest.
        contexts: The build contexts, a copy of ``images/`` that a test may change.
        cache: Repository of Kaniko's cache.
        applications: Repository for the images of pipelines.
        printed: Output of the engine.
    """

    stack: Stack
    references: dict[str, str]
    contexts: Path
    cache: str
    applications: str
    printed: list[str]


def make_bases(engine: Engine) -> None:
    standins.make(engine, **_TAGS)


def base_of(name: str) -> str:
    """Reference of a stand-in base."""
    return f"standin/{name}:{_TAGS[name]}"


def images_on_standins() -> dict[str, Any]:
    """The input `images` of a platform that builds on the stand-in bases."""
    return {role: {"base_repository": f"standin/{base}"} for role, base in BASES.items()} | {
        "update_center_url": standins.UPDATE_CENTER_URL,
        "commons_lang_url": standins.COMMONS_LANG_URL,
    }


def stack_of_images(
    cloud: LocalCloud, folder: Path, patch: pytest.MonkeyPatch, **more: Any
) -> Stack:
    """A stack of the platform that builds a copy of ``images/`` on the stand-in bases; ``more``
    are other inputs."""
    standins.contexts(folder / "images")
    patch.setattr(builds, "folder", lambda name: folder / name)
    agents = [{"name": "linux"}, {"name": "kaniko", "platform_image": "kaniko"}]
    program = platform_program({"images": images_on_standins(), "agents": agents})
    return Stack(cloud, folder / "stack", pulumi_cli(go_tools.Preparation()), program)


def as_built(stack: Stack, engine: Engine, contexts: Path) -> Built:
    return Built(
        stack=stack,
        references={role: _pulled(engine, reference(stack, role)) for role in BASES},
        contexts=contexts,
        cache=repository(stack, "kaniko-cache/kaniko"),
        applications=repository(stack, "applications"),
        printed=stack.printed,
    )


def reference(stack: Stack, role: str) -> str:
    """The image of a role by digest, as the platform uses it."""
    architecture = "x86-64"
    digest: str = outputs(stack, "Image", f"{role}-{architecture}")["repoDigest"]
    return digest


def repository(stack: Stack, role: str) -> str:
    url: str = outputs(stack, "Repository", role)["repositoryUrl"]
    return url


def outputs(stack: Stack, kind: str, role: str) -> dict[str, Any]:
    """Outputs of one resource in the state."""
    end = f":{kind}::jenkins-{role}"
    (found,) = [r for r in stack.resources() if r["urn"].endswith(end)]
    values: dict[str, Any] = found["outputs"]
    return values


def _pulled(engine: Engine, image: str) -> str:
    """Pull an image from the registry, so that the pushed image is tested."""
    engine.client.images.remove(str(engine.client.images.get(image).id), force=True)
    engine.client.images.pull(image, auth_config=SIGN_IN)
    return image
