"""The ``docker`` package: images built and pushed by the machine's own Docker Engine."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

import docker
import docker.errors

from .differences import changes
from .protocol import Difference, Naming, Package, Properties, ProviderError

IMAGE = "docker:index/image:Image"
_KNOWN = {"build", "imageName", "registry", "skipPush", "buildOnPreview"}
_KNOWN_BUILD = {"context", "dockerfile", "args", "target", "platform", "network"}
_ECR = re.compile(r"^\d{12}\.dkr\.ecr\.")
_SIGN_IN = {"username", "password"}


class DockerPackage(Package):
    """Builds on ``DOCKER_HOST``, as the real provider does."""

    name = "docker"

    def __init__(self, version: str, *, keeps_images: bool = False) -> None:
        """``keeps_images``: images for ECR are not pushed. They stay in the engine, which runs the
        tasks too: the emulated ECR has no registry behind it."""
        self.version, self._keeps_images = version, keeps_images

    def check(
        self, instance: str, token: str, inputs: Properties, olds: Properties, naming: Naming
    ) -> tuple[Properties, dict[str, str]]:
        if token != IMAGE:
            raise ProviderError(f"The embedded cloud has no resource type '{token}'")
        checked = {k: v for k, v in inputs.items() if v is not None}
        unknown = checked.keys() - _KNOWN
        build = checked.get("build")
        nested = build.keys() - _KNOWN_BUILD if isinstance(build, dict) else set()
        failures = {k: f"{token} has no property '{k}' here" for k in unknown | nested}
        if "imageName" not in checked:
            failures["imageName"] = f"{token} needs an 'imageName'"
        if not failures and isinstance(build, dict):
            checked["build"] = build | {"contextDigest": _context_digest(build)}
        return checked, failures

    def diff(self, token: str, olds: Properties, news: Properties) -> Difference:
        # As the real provider: a sign-in is new at every run and says nothing about the image.
        return Difference(list(changes(_lasting(olds), _lasting(news))))

    def create(
        self, instance: str, token: str, inputs: Properties, preview: bool
    ) -> tuple[str, Properties]:
        if preview:
            return "", inputs
        return inputs["imageName"], self._build(inputs)

    def update(
        self,
        instance: str,
        token: str,
        resource_id: str,
        olds: Properties,
        news: Properties,
        outputs: Properties,
        preview: bool,
    ) -> Properties:
        return news if preview else self._build(news)

    def read(
        self, instance: str, token: str, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        return inputs, outputs

    def delete(
        self, instance: str, token: str, resource_id: str, inputs: Properties, outputs: Properties
    ) -> None:
        """As the real provider: what was pushed stays."""

    def _build(self, inputs: Properties) -> Properties:
        name, build = inputs["imageName"], inputs.get("build", {})
        engine = _engine(name)
        try:
            context = Path(build["context"]).resolve()
            engine.images.build(
                path=str(context),
                dockerfile=str(Path(build.get("dockerfile", context / "Dockerfile")).resolve()),
                buildargs=build.get("args", {}),
                target=build.get("target"),
                platform=build.get("platform"),
                network_mode=build.get("network"),
                tag=name,
                rm=True,
            )
            if inputs.get("skipPush"):
                digest = name
            elif self._keeps_images and _ECR.match(name):
                digest = f"{name.rpartition(':')[0]}@{engine.images.get(name).id}"
            else:
                digest = self._push(engine, name, inputs)
        except docker.errors.BuildError as error:
            lines = [str(line.get("stream", line.get("error", ""))) for line in error.build_log]
            raise ProviderError(f"{name}: {error}\n{''.join(lines[-30:])}") from error
        except docker.errors.DockerException as error:
            raise ProviderError(f"{name}: {error}") from error
        repository, _, _ = name.rpartition(":")
        server = inputs.get("registry", {}).get("server", repository.split("/")[0])
        kept = {k: v for k, v in inputs.items() if k != "registry"}
        return kept | {
            "baseImageName": name,
            "repoDigest": digest,
            "registryServer": server,
        }

    def _push(self, engine: Any, name: str, inputs: Properties) -> str:
        registry = inputs.get("registry", {})
        login = {k: registry[k] for k in ("username", "password") if k in registry}
        repository, _, tag = name.rpartition(":")
        for line in engine.images.push(
            repository, tag=tag, auth_config=login or None, stream=True, decode=True
        ):
            if "error" in line:
                raise ProviderError(f"{name}: {line['error']}")
            if "aux" in line and "Digest" in line["aux"]:
                return f"{repository}@{line['aux']['Digest']}"
        raise ProviderError(f"{name}: the registry gave no digest")


def _engine(image: str) -> docker.DockerClient:
    address = os.environ.get("DOCKER_HOST", "its usual socket")
    try:
        return docker.from_env()
    except docker.errors.DockerException as error:
        raise ProviderError(
            f"{image}: no Docker daemon answers at {address}, where it would be built ({error}). "
            "Start one, or name it in DOCKER_HOST"
        ) from error


def _lasting(inputs: Properties) -> Properties:
    registry = {k: v for k, v in inputs.get("registry", {}).items() if k not in _SIGN_IN}
    return inputs | {"registry": registry}


def _context_digest(build: Properties) -> str:
    """A hash of the files of a build context, with which the real provider finds that the context
    has changed although its path has not."""
    digest, context = hashlib.sha256(), Path(build["context"])
    if not (context / "Dockerfile").is_file() and "dockerfile" not in build:
        raise ProviderError(f"There is no Dockerfile in '{context}'")
    for file in sorted(f for f in context.rglob("*") if f.is_file()):
        name = str(file.relative_to(context))
        digest.update(f"{name}\0{file.stat().st_mode:o}\0".encode() + file.read_bytes())
    return digest.hexdigest()
