"""TCP ports, and which of them the controller opens. Pure."""

from __future__ import annotations

from ...inputs import Connection

HTTP = 8080
"""Jenkins user interface, as in the official image."""
AGENT = 50000
"""Inbound agents, as in the official image."""
NFS = 2049
HTTPS = 443
CLOSED = -1
"""Jenkins's number for "no TCP port for agents"."""


def open_to_agents(connection: Connection) -> dict[str, int]:
    """Ports of the controller that agents connect to, by a short name for each."""
    ports = {"http": HTTP}
    if connection is not Connection.WEB_SOCKET:
        ports["tcp"] = AGENT
    return ports
