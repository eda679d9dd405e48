"""Container definitions of ECS in the words of Docker. Pure: nothing here talks to anything."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docker.types import Healthcheck, Mount, Ulimit

TRUST_FOLDER = "/run/localcloud"
"""Where containers find the authority that signs AWS's names here."""
BUNDLE, STORE = "ca.pem", "trust.p12"
TRUST = dict.fromkeys(
    (
        *("AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"),
        "SSL_CERT_FILE",
    ),
    f"{TRUST_FOLDER}/{BUNDLE}",
)
"""Variables that make the common runtimes trust it. A container's own win."""
_TRUST_OF_JAVA = (
    f"-Djavax.net.ssl.trustStore={TRUST_FOLDER}/{STORE} -Djavax.net.ssl.trustStoreType=PKCS12"
    " -Djavax.net.ssl.trustStorePassword=localcloud"
)
_NANO = 10**9
_SAME = {
    "command": "command",
    "entryPoint": "entrypoint",
    "user": "user",
    "workingDirectory": "working_dir",
}
_DEFAULT_STOP_SECONDS = 30
_LONGEST_INTERVAL_SECONDS = 3
"""Between two health checks of a container: a start is seen sooner than on AWS. What fails is
unhealthy after the same time as there."""
UNSUPPORTED = (
    *("disableNetworking", "dnsSearchDomains", "dnsServers", "environmentFiles"),
    *("firelensConfiguration", "hostname", "repositoryCredentials", "resourceRequirements"),
    *("restartPolicy", "systemControls"),
)
"""Members of a container definition that are read and do nothing."""


@dataclass(frozen=True)
class Surroundings:
    """What the containers of one task share.

    Attributes:
        variables: Environment variables that the platform sets.
        volumes: Docker volume by the name that the task definition uses.
        cpus: CPUs that the engine has.
        labels: Labels of everything that is made.
    """

    variables: Mapping[str, str]
    volumes: Mapping[str, str]
    cpus: int
    labels: Mapping[str, str]


def overridden(definition: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """A container definition with what RunTask puts over it."""
    for override in overrides.get("containerOverrides", []):
        if override.get("name") == definition["name"]:
            changed = {k: override[k] for k in ("command", "cpu", "memory") if k in override}
            environment = {e["name"]: e["value"] for e in definition.get("environment", [])}
            environment |= {e["name"]: e["value"] for e in override.get("environment", [])}
            pairs = [{"name": k, "value": v} for k, v in environment.items()]
            return {**definition, **changed, "environment": pairs}
    return definition


def arguments(
    container: dict[str, Any],
    task: dict[str, Any],
    secrets: Mapping[str, str],
    around: Surroundings,
) -> dict[str, Any]:
    """What `docker` wants to know to create a container.

    Args:
        container: The container definition, overrides included.
        task: The task definition.
        secrets: Values by name of the environment variable.
    """
    environment = {e["name"]: e["value"] for e in container.get("environment", [])}
    environment = {**TRUST, **around.variables, **environment, **secrets}
    java = environment.get("JAVA_TOOL_OPTIONS", "")
    options: dict[str, Any] = {
        "environment": {**environment, "JAVA_TOOL_OPTIONS": f"{java} {_TRUST_OF_JAVA}".strip()},
        "labels": {**container.get("dockerLabels", {}), **around.labels},
        "mounts": mounts(container, around.volumes),
        "read_only": bool(container.get("readonlyRootFilesystem")),
        "privileged": bool(container.get("privileged")),
        "init": bool((container.get("linuxParameters") or {}).get("initProcessEnabled")),
        "healthcheck": health_check(container),
        "detach": True,
    }
    for ours, theirs in _SAME.items():
        if container.get(ours):
            options[theirs] = container[ours]
    if cpu := container.get("cpu") or task.get("cpu"):
        options["nano_cpus"] = int(min(int(cpu) / 1024, around.cpus) * _NANO)
    if memory := container.get("memory") or task.get("memory"):
        options["mem_limit"] = f"{memory}m"
        options["memswap_limit"] = f"{memory}m"
    if container.get("memoryReservation"):
        options["mem_reservation"] = f"{container['memoryReservation']}m"
    if limits := container.get("ulimits"):
        options["ulimits"] = [
            Ulimit(name=u["name"], soft=u["softLimit"], hard=u["hardLimit"]) for u in limits
        ]
    added = (container.get("linuxParameters") or {}).get("capabilities") or {}
    if added.get("add"):
        options["cap_add"] = added["add"]
    if added.get("drop"):
        options["cap_drop"] = added["drop"]
    return {k: v for k, v in options.items() if v is not None}


def mounts(container: dict[str, Any], volumes: Mapping[str, str]) -> list[Mount]:
    return [
        Mount(
            target=point["containerPath"],
            source=volumes[point["sourceVolume"]],
            type="volume",
            read_only=bool(point.get("readOnly")),
        )
        for point in container.get("mountPoints", [])
    ] + [Mount(target=TRUST_FOLDER, source=volumes[""], type="volume", read_only=True)]


def health_check(container: dict[str, Any]) -> Healthcheck | None:
    """The definition's check. One of the image alone means nothing to ECS, so it is switched
    off."""
    check = container.get("healthCheck")
    if not check:
        return Healthcheck(test=["NONE"])
    interval, retries = int(check.get("interval") or 30), int(check.get("retries") or 3)
    often = min(interval, _LONGEST_INTERVAL_SECONDS)
    return Healthcheck(
        test=check["command"],
        interval=often * _NANO,
        timeout=int(check.get("timeout") or 5) * _NANO,
        retries=math.ceil(retries * interval / often),
        start_period=int(check.get("startPeriod") or 0) * _NANO,
    )


def stop_seconds(container: dict[str, Any]) -> int:
    return int(container.get("stopTimeout") or _DEFAULT_STOP_SECONDS)


def start_order(definitions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Containers so that each comes after those that it depends on.

    Raises:
        ValueError: they depend on each other in a circle.
    """
    left, ordered = list(definitions), []
    while left:
        names = {c["name"] for c in left}
        ready = [
            c for c in left if not names & {d["containerName"] for d in c.get("dependsOn", [])}
        ]
        if not ready:
            raise ValueError(f"containers depend on each other in a circle: {sorted(names)}")
        ordered += ready
        left = [c for c in left if c not in ready]
    return ordered
