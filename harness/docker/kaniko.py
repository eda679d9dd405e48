"""An agent with the Kaniko image, connected to a stand-in controller, and builds on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from docker.models.containers import Container
from localcloud.cloud import REGION, LocalCloud

from harness.docker import standins
from harness.docker.engine import Engine, Registry
from harness.docker.immutable_registry import Front
from harness.docker.platform_images import REGISTRY, SIGN_IN, Built
from harness.servers.web import AgentController

DEBIAN = f"{REGISTRY}/standin/debian:13"
BUSYBOX = f"{REGISTRY}/standin/busybox:1"
STAGES = f"""
FROM {DEBIAN} AS build
RUN mkdir /app && id -un >/app/builder
RUN printf '#!/bin/sh\\necho "built by $(cat /app/builder), run by $(id -un)"' >/app/hello
RUN chmod 755 /app/hello && rm -rf /usr/lib/git-core /usr/bin/curl /bin/sh
FROM {BUSYBOX} AS users
RUN echo 'app:x:1000:1000::/:/bin/sh' >>/etc/passwd && env >/variables
FROM {BUSYBOX}
COPY --from=build /app /app
COPY --from=users /etc/passwd /etc/passwd
COPY --from=users /variables /app/variables
COPY --chown=1000 given /app/given
USER app
ENTRYPOINT ["/app/hello"]
"""


@dataclass(frozen=True)
class Run:
    """One build: its output, and the digest that it wrote."""

    log: str
    digest: str


def certificate_of(registry: Registry | Front) -> str:
    """Where an agent has the certificate of a registry, one of many, like a company's certificate
    authority."""
    return f"/kaniko/ssl/certs/{registry.host}.pem"


@contextmanager
def connected(
    built: Built,
    engine: Engine,
    registries: Sequence[Registry | Front],
    cloud: LocalCloud,
    controller: AgentController,
    trust: Mapping[str, str] | None = None,
) -> Iterator[Container]:
    """An agent as the platform runs it: with Docker's default capabilities, which are Fargate's.

    Args:
        registries: Registries that it resolves and trusts.
        trust: Variables by which the agent trusts them. Default: their certificates are among the
            image's own.
    """
    hosts = {registry.host: registry.address for registry in registries}
    own = {
        str(registry.certificate): {"bind": certificate_of(registry), "mode": "ro"}
        for registry in registries
    }
    for local, there in ((standins.DEBIAN, DEBIAN), ("standin/busybox", BUSYBOX)):
        repository, tag = there.rsplit(":", 1)
        engine.client.api.tag(local, repository, tag)
        engine.push(there, SIGN_IN)
    with (
        controller.served("127.0.0.1") as url,
        engine.container(
            built.references["kaniko"],
            *("-url", url, "a-secret", "kaniko-1"),
            network_mode="host",
            extra_hosts=hosts,
            environment={
                "JENKINS_JAVA_OPTS": "-XX:MaxRAMPercentage=50",
                "KANIKO_CACHE_REPOSITORY": built.cache,
                "APPLICATION_REPOSITORY": built.applications,
                # Instead of the task's role.
                "AWS_REGION": REGION,
                "AWS_ACCESS_KEY_ID": "tests",
                "AWS_SECRET_ACCESS_KEY": "tests",
                "AWS_ENDPOINT_URL_ECR": cloud.endpoint,
                **(trust or {}),
            },
            volumes=own if trust is None else {},
        ) as container,
    ):
        controller.agent = container
        yield container


def check_out(controller: AgentController) -> None:
    """A repository with a Dockerfile of several stages, in the folder ``stages``."""
    controller.run(
        f"mkdir stages && cd stages && cat >Dockerfile <<'EOF'\n{STAGES}\nEOF\n"
        "echo from the context >given && git init -q . && git add . &&"
        " git -c user.name=x -c user.email=x@x commit -qm first"
    )


def build(controller: AgentController, script: str) -> Run:
    """Run a build as `kanikoBuild` does."""
    log = controller.run(f"#!/kaniko/bin/bash -e\n{script}")
    return Run(log, controller.run("#!/kaniko/bin/bash -e\ncat kaniko.digest").strip())
