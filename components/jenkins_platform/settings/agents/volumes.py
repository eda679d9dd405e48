"""Paths at which an agent can mount volumes."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from ..validation.values import matching

_SYSTEM = (
    *("/bin", "/boot", "/etc", "/home", "/home/jenkins", "/lib", "/lib64", "/opt", "/opt/java"),
    *("/root", "/run", "/sbin", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin"),
    *("/usr/sbin", "/usr/share", "/var", "/var/lib", "/var/run"),
)
"""Directories whose content the agent needs, but below which a volume can be mounted."""
_CLOSED = ("/dev", "/etc", "/home/jenkins/agent", "/kaniko", "/proc", "/sys")
"""Directories of the kernel, the image and the agent, in which no volume can be mounted."""
_DOCKER = ("/run/docker.sock", "/var/run/docker.sock")


def _safe(value: str) -> str:
    if {".", ".."} & set(value.split("/")):
        raise ValueError("must not contain '.' or '..'")
    if value in _DOCKER:
        raise ValueError(
            "is the socket of a Docker daemon, which agents do not have. Build images with "
            "platform_image kaniko, or use capacity instances with docker"
        )
    if value == "/" or value in _SYSTEM:
        raise ValueError("must not hide a system directory")
    if any(value == path or value.startswith(f"{path}/") for path in _CLOSED):
        raise ValueError(f"must not be in {', '.join(_CLOSED)}")
    return value


ContainerPath = Annotated[
    str,
    matching(r"/|(/[^/\0\n:]{1,254})+", "an absolute path without a colon or a slash at its end"),
    AfterValidator(_safe),
]
