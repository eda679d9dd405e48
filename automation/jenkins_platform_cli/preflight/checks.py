"""``jenkins-platform check``: what would go wrong, found before it does, with advice."""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import Iterator, Mapping
from importlib.metadata import version

import botocore.exceptions
from jenkins_platform.settings import Settings
from jenkins_platform.settings.regions import supported
from pulumi import Output

from . import account_checks
from .findings import GET_CREDENTIALS, ClientOf, Finding, Status

PLUGINS = ("aws", "docker", "random")
"""Provider plugins that the platform needs."""


def examine(
    settings: Settings,
    client_of: ClientOf,
    region: str,
    cli: str,
    plugins: Mapping[str, str] | None = None,
) -> Iterator[Finding]:
    """All findings, the ones of this machine first.

    Args:
        settings: The stack's.
        client_of: Makes a client of a service where the stack lives.
        region: Where the stack lives.
        cli: Version of the Pulumi CLI.
        plugins: Versions of the provider plugins that the CLI has, by name. None: the embedded
            cloud brings its own.
    """
    yield Finding("configuration", Status.OK, f"valid, {len(settings.agents)} agent templates")
    yield Finding(
        "versions",
        Status.OK,
        f"Python {platform.python_version()}, Pulumi CLI {cli}, "
        f"pulumi {version('pulumi')}, pulumi-aws {version('pulumi-aws')}",
    )
    if plugins is not None:
        yield _plugins(plugins)
        yield from _docker(settings)
    yield _region(region)
    yield from _images(settings)
    credentials = _credentials(client_of, region)
    yield credentials
    if credentials.status is Status.PROBLEM:
        return
    for check in account_checks.ALL:
        try:
            yield from check(settings, client_of, region)
        except botocore.exceptions.ClientError as error:
            yield _not_allowed(check.__name__.replace("_", " "), error)


def _plugins(installed: Mapping[str, str]) -> Finding:
    """The CLI gets what is missing by itself, where it may; a newer major version is no match."""
    needed = {name: version(f"pulumi-{name}") for name in PLUGINS}
    found = ", ".join(f"{n} {installed[n]}" for n in PLUGINS if n in installed) or "none yet"
    missing = [
        n for n, v in needed.items() if installed.get(n, "").split(".")[0] != v.split(".")[0]
    ]
    if not missing:
        return Finding("plugins", Status.OK, found)
    commands = "; ".join(f"pulumi plugin install resource {n} v{needed[n]}" for n in missing)
    return Finding(
        "plugins",
        Status.WARNING,
        f"{found}; missing: {', '.join(missing)}",
        f"The first run downloads them. Where it must not: {commands}",
    )


def _docker(settings: Settings) -> Iterator[Finding]:
    """Images that are not adopted are built on this machine."""
    agents = {kind.value: given for kind, given in settings.agent_images.items()}
    used = {"controller": settings.images.controller, **agents}
    built = [role for role, given in used.items() if given.existing is None]
    if not built:
        return
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if not host.startswith("unix://"):
        yield Finding("docker", Status.OK, f"{host}, as DOCKER_HOST says")
        return
    try:
        with socket.socket(socket.AF_UNIX) as daemon:
            daemon.connect(host.removeprefix("unix://"))
    except OSError as error:
        ready = ", ".join(f"images.{role}.existing" for role in built)
        yield Finding(
            "docker",
            Status.PROBLEM,
            f"no Docker daemon answers at {host} ({error.strerror}), and images are to be built",
            f"Start Docker, or set DOCKER_HOST, or take ready images: {ready}",
        )
        return
    yield Finding("docker", Status.OK, f"a daemon answers at {host}")


def _region(region: str) -> Finding:
    try:
        return Finding("region", Status.OK, supported(region))
    except ValueError as error:
        return Finding("region", Status.PROBLEM, str(error), "Take another region.")


def _credentials(client_of: ClientOf, region: str) -> Finding:
    try:
        identity = client_of("sts").get_caller_identity()
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        return Finding(
            "credentials",
            Status.PROBLEM,
            str(error),
            GET_CREDENTIALS,
        )
    return Finding(
        "credentials", Status.OK, f"{identity['Arn']} in account {identity['Account']}, {region}"
    )


def _images(settings: Settings) -> Iterator[Finding]:
    """Adopted images that may change under the same name."""
    named = {f"agents.{t.name}.image": t.image for t in settings.agents if t.image is not None}
    for key, image in named.items():
        if not isinstance(image, Output) and "@sha256:" not in str(image):
            yield Finding(
                key,
                Status.WARNING,
                f"{image} is named by tag",
                "Name it by digest (repository@sha256:…): a tag may become another image.",
            )


def _not_allowed(subject: str, error: botocore.exceptions.ClientError) -> Finding:
    return Finding(
        subject,
        Status.WARNING,
        f"could not be looked at: {error}",
        "Allow the reading calls, or look yourself.",
    )
