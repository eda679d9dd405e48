"""The checks of ``jenkins-platform check``: problems before deployment, with remedies."""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import Iterator, Mapping
from importlib.metadata import version

import botocore.exceptions
from jenkins_platform.settings import Settings
from jenkins_platform.settings.checks.warnings import warnings
from jenkins_platform.settings.facts.regions import supported
from jenkins_plugins.update_center import UpdateCenter
from pulumi import Output

from . import account_checks, plugin_checks
from .findings import GET_CREDENTIALS, ClientOf, Finding, Status

PLUGINS = ("aws", "docker", "random")
"""Provider plugins that the platform requires."""


def run_checks(
    settings: Settings,
    client_of: ClientOf,
    region: str,
    cli: str,
    plugins: Mapping[str, str] | None = None,
    update_center: UpdateCenter | None = None,
) -> Iterator[Finding]:
    """All findings, those about this machine first.

    Args:
        settings: The stack's settings.
        client_of: Creates a client for a service in the stack's cloud and region.
        region: The stack's region.
        cli: Version of the Pulumi CLI.
        plugins: Versions of the installed provider plugins, by name; None for the embedded
            cloud, which has its own.
        update_center: Data about Jenkins and its plugins; None if they are not to be checked.
    """
    yield Finding("configuration", Status.OK, f"valid, {len(settings.agents)} agent templates")
    for warning in warnings(settings):
        yield Finding("inputs", Status.WARNING, *warning.split(". ", 1))
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
    if update_center is not None:
        yield from plugin_checks.check(settings, update_center)
    credentials = _credentials(client_of, region)
    yield credentials
    if credentials.status is Status.PROBLEM:
        return
    for check in account_checks.ALL:
        try:
            yield from check(settings, client_of, region)
        except botocore.exceptions.ClientError as error:
            yield _not_checked(check.__name__.replace("_", " "), error)


def _plugins(installed: Mapping[str, str]) -> Finding:
    """The CLI downloads missing plugins itself; another major version does not match."""
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
        f"The first run downloads them. To install them by hand: {commands}",
    )


def _docker(settings: Settings) -> Iterator[Finding]:
    """Images without an existing reference are built on this machine."""
    agents = {kind.value: image for kind, image in settings.agent_images.items()}
    used = {"controller": settings.images.controller, **agents}
    built = [role for role, image in used.items() if image.existing is None]
    if not built:
        return
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if not host.startswith("unix://"):
        yield Finding("docker", Status.OK, f"{host}, from DOCKER_HOST")
        return
    try:
        with socket.socket(socket.AF_UNIX) as daemon:
            daemon.connect(host.removeprefix("unix://"))
    except OSError as error:
        existing = ", ".join(f"images.{role}.existing" for role in built)
        yield Finding(
            "docker",
            Status.PROBLEM,
            f"no Docker daemon responds at {host} ({error.strerror}); images must be built",
            f"Start Docker, set DOCKER_HOST, or use existing images: {existing}",
        )
        return
    yield Finding("docker", Status.OK, f"a daemon responds at {host}")


def _region(region: str) -> Finding:
    try:
        return Finding("region", Status.OK, supported(region))
    except ValueError as error:
        return Finding("region", Status.PROBLEM, str(error), "Use another region.")


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
    """Existing images referred to by tag, which may change."""
    named = {f"agents.{t.name}.image": t.image for t in settings.agents if t.image is not None}
    for key, image in named.items():
        if not isinstance(image, Output) and "@sha256:" not in str(image):
            yield Finding(
                key,
                Status.WARNING,
                f"{image} is referenced by tag",
                "Use a digest (repository@sha256:…): a tag may be moved to another image.",
            )


def _not_checked(subject: str, error: botocore.exceptions.ClientError) -> Finding:
    denied = "AccessDenied" in error.response["Error"]["Code"]
    advice = "Grant the read permission, or check it by hand." if denied else "Check it by hand."
    return Finding(subject, Status.WARNING, f"could not be checked: {error}", advice)
