"""The HTTP proxy, as variables and options of containers. Empty without a proxy."""

from __future__ import annotations

from collections.abc import Callable

import pulumi

from ..outputs import when_known
from ..settings.network import as_pattern
from .context import Context


def environment(context: Context, *direct: pulumi.Input[str]) -> dict[str, pulumi.Input[str]]:
    """Environment variables that programs read, in lowercase and in uppercase.

    Args:
        direct: Hosts that are reached directly, besides those of the inputs.
    """
    proxy = context.settings.network.proxy
    if proxy is None:
        return {}
    hosts = _direct(context, direct, ",".join)
    values: dict[str, pulumi.Input[str]] = {
        "http_proxy": proxy.url,
        "https_proxy": proxy.url,
        "no_proxy": hosts,
    }
    return values | {name.upper(): value for name, value in values.items()}


def java_options(context: Context, *direct: pulumi.Input[str]) -> list[pulumi.Input[str]]:
    """Options of a JVM (Java SE, "Java Networking and Proxies")."""
    proxy = context.settings.network.proxy
    if proxy is None:
        return []
    return [
        f"-Dhttp.proxyHost={proxy.host}",
        f"-Dhttp.proxyPort={proxy.port}",
        f"-Dhttps.proxyHost={proxy.host}",
        f"-Dhttps.proxyPort={proxy.port}",
        _direct(
            context,
            direct,
            lambda hosts: f"-Dhttp.nonProxyHosts={'|'.join(map(as_pattern, hosts))}",
        ),
    ]


def _direct(
    context: Context, more: tuple[pulumi.Input[str], ...], text: Callable[[list[str]], str]
) -> pulumi.Output[str]:
    """A text of all hosts that are reached directly."""
    network = context.settings.network
    return when_known(
        [context.region, *more],
        lambda known: text([*network.direct_hosts(known[0]), *known[1:]]),
    )
