"""This machine's end of the links: forwards what containers send, to ports that they may reach."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from .link import pipe

_LINE = 200


class Hub:
    """Listens at one address of this machine that containers reach.

    Args:
        address: Where to listen, such as the gateway of a Docker network.
        may_reach: Whether the holder of a token may reach a local port.
        on_ready: Called with the token of a link that listens.
    """

    def __init__(
        self,
        address: str,
        may_reach: Callable[[str, int], bool],
        on_ready: Callable[[str], None],
    ) -> None:
        self._may_reach, self._on_ready = may_reach, on_ready
        self._listener = socket.create_server((address, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True, name="hub").start()

    def close(self) -> None:
        # Closing alone does not wake the thread that accepts.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        with client:
            try:
                token, _, target = _first_line(client).partition(" ")
                if target == "ready":
                    self._on_ready(token)
                    return
                if not target.isdigit() or not self._may_reach(token, int(target)):
                    return
                server = socket.create_connection(("127.0.0.1", int(target)), timeout=10)
            except OSError:
                return
            with server:
                server.settimeout(None)
                back = threading.Thread(target=pipe, args=(server, client), daemon=True)
                back.start()
                pipe(client, server)
                back.join()


def _first_line(client: socket.socket) -> str:
    """What the link says before it forwards; byte by byte, as what follows is not ours."""
    client.settimeout(10)
    line = b""
    while not line.endswith(b"\n") and len(line) < _LINE:
        byte = client.recv(1)
        if not byte:
            break
        line += byte
    client.settimeout(None)
    return line.decode("ascii", "replace").strip()
