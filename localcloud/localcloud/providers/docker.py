"""The ``docker`` package: images built by the machine's own Docker Engine."""

from __future__ import annotations

import hashlib
import os
import re
from enum import Enum
from pathlib import Path

import docker
import docker.errors

from ..runner.docker_host import ENGINE_VARIABLE, NONE
from .differences import changes
from .protocol import Difference, Naming, Package, Properties, ProviderError

IMAGE = "docker:index/image:Image"
_KNOWN = {"build", "imageName", "registry", "skipPush", "buildOnPreview"}
_KNOWN_BUILD = {"context", "dockerfile", "args", "target", "platform", "network"}
_ECR = re.compile(r"^\d{12}\.dkr\.ecr\.")
_SIGN_IN = {"username", "password"}


_SILENCE_SECONDS = 600
"""How long a step of a build may print nothing, such as one that downloads."""


class Delivery(Enum):
    """What becomes of an image for ECR."""

    KEPT = "kept"
    """It is built and stays in the engine, which runs the tasks too: the emulated ECR has no
    registry behind it."""
    PUSHED = "pushed"
    """It is built on ``DOCKER_HOST`` and pushed, as by the real provider, for a registry that
    answers at ECR's address."""
    RECORDED = "recorded"
    """No tasks run, so it is not built before an `up` that finds an engine."""


class DockerPackage(Package):
    """Builds, as the real provider does, where there is something to build for."""

    name = "docker"

    def __init__(self, version: str, delivery: Delivery = Delivery.PUSHED) -> None:
        self.version, self._delivery = version, delivery

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
        # As the real provider: the credentials are new at every run and do not identify the image.
        return Difference(list(changes(_lasting(olds), _lasting(news))))

    def unfinished(self, outputs: Properties) -> bool:
        """An image that was only recorded, and can be built now."""
        return outputs.get("built") is False and self._delivery is not Delivery.RECORDED

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
        repository, _, _ = name.rpartition(":")
        digest = name
        if self._delivery is not Delivery.RECORDED:
            engine = self._engine(name)
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
                if self._delivery is Delivery.KEPT and _ECR.match(name):
                    digest = f"{repository}@{engine.images.get(name).id}"
                elif not inputs.get("skipPush"):
                    digest = self._push(engine, name, inputs)
            except docker.errors.BuildError as error:
                lines = [str(line.get("stream", line.get("error", ""))) for line in error.build_log]
                raise ProviderError(self._failed(name, error, "".join(lines[-30:]))) from error
            except docker.errors.DockerException as error:
                raise ProviderError(self._failed(name, error)) from error
        server = inputs.get("registry", {}).get("server", repository.split("/")[0])
        kept = {k: v for k, v in inputs.items() if k != "registry"}
        return kept | {
            "baseImageName": name,
            "repoDigest": digest,
            "registryServer": server,
            "built": self._delivery is not Delivery.RECORDED,
        }

    def _failed(self, name: str, error: Exception, log: str = "") -> str:
        message = f"{name}: {error}\n{log}".rstrip()
        if self._delivery is not Delivery.KEPT:
            return message
        return f"{message}\nWith {ENGINE_VARIABLE}={NONE} no images are built, and no tasks run."

    def _push(self, engine: docker.DockerClient, name: str, inputs: Properties) -> str:
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

    def _engine(self, image: str) -> docker.DockerClient:
        given = os.environ.get(ENGINE_VARIABLE, "") if self._delivery is Delivery.KEPT else ""
        address = given or os.environ.get("DOCKER_HOST", "its usual socket")
        try:
            if given:
                return docker.DockerClient(base_url=given, timeout=_SILENCE_SECONDS)
            return docker.from_env(timeout=_SILENCE_SECONDS)
        except docker.errors.DockerException as error:
            raise ProviderError(
                f"{image}: no Docker daemon answers at {address}, where it would be built"
                f" ({error}). Start one, or name it in DOCKER_HOST"
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
