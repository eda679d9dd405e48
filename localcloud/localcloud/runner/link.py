"""Runs inside the container that holds a task's network: what Fargate's agent is on AWS.

It listens where AWS answers inside a task (metadata and credentials at 169.254.170.2, endpoints of
services, load balancers) and forwards to the embedded cloud. Standard library only: the image is
any with a ``python3``.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import threading

AGENT_ADDRESS = "169.254.170.2"
_SET_ADDRESS, _SET_NETMASK = 0x8916, 0x891C
_CHUNK = 65536


def add_address(address: str) -> None:
    """Give the loopback interface one more address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for request, value in ((_SET_ADDRESS, address), (_SET_NETMASK, "255.255.255.255")):
            packed = struct.pack(
                "16sH2s4s8x", b"lo:ecs", socket.AF_INET, b"", socket.inet_aton(value)
            )
            fcntl.ioctl(control, request, packed)


def pipe(source: socket.socket, target: socket.socket) -> None:
    """Copy until the source ends, then end the target's side."""
    try:
        while data := source.recv(_CHUNK):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()
        target.close()


def serve(listener: socket.socket, hub: tuple[str, int], greeting: bytes) -> None:
    """Forward every connection to the hub, after saying where it is for."""
    while True:
        client, _ = listener.accept()
        threading.Thread(target=forward, args=(client, hub, greeting), daemon=True).start()


def forward(client: socket.socket, hub: tuple[str, int], greeting: bytes) -> None:
    try:
        server = socket.create_connection(hub, timeout=10)
        server.settimeout(None)
        server.sendall(greeting)
    except OSError:
        client.close()
        return
    back = threading.Thread(target=pipe, args=(server, client), daemon=True)
    back.start()
    pipe(client, server)
    back.join()
    client.close()
    server.close()


def main() -> None:
    settings = json.loads(os.environ["LOCALCLOUD_LINK"])
    hub, token = (settings["host"], settings["port"]), settings["token"]
    for folder, user, group, mode in settings["owners"]:
        os.chown(folder, user, group)
        os.chmod(folder, mode)
    add_address(AGENT_ADDRESS)
    for address, port, target in settings["listen"]:
        listener = socket.create_server((address, port))
        greeting = f"{token} {target}\n".encode()
        threading.Thread(target=serve, args=(listener, hub, greeting), daemon=True).start()
    with socket.create_connection(hub, timeout=10) as server:
        server.sendall(f"{token} ready\n".encode())
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
