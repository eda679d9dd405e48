"""Small HTTP servers that containers talk to."""

from __future__ import annotations

import contextlib
import itertools
import queue
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO

from docker.models.containers import Container

_STEP_SECONDS = 180


@dataclass(frozen=True)
class Call:
    """One received request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Site:
    """The behaviour of a server; derive and override `answer`."""

    def answer(self, call: Call) -> Answer:
        raise NotImplementedError

    def wrap(self, server: ThreadingHTTPServer) -> None:
        """Change a server before it starts, for example for TLS."""

    @contextmanager
    def served(self, address: str) -> Iterator[str]:
        """Serve on a free port of an address; yields the URL."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = site.answer(Call(self.command, self.path, dict(self.headers), body))
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = do_HEAD = _any  # noqa: N815

            def log_message(self, *_: Any) -> None: ...

        with ThreadingHTTPServer((address, 0), Handler) as server:
            self.wrap(server)
            # How often it looks whether it has to end: half a second by default.
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            try:
                yield f"http://{address}:{server.server_port}"
            finally:
                server.shutdown()


class Fixed(Site):
    """A server with a fixed response."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def answer(self, call: Call) -> Answer:
        return Answer(body=self.body)


class Relay(Site):
    """Forwards requests to another server, and records them."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.calls: list[Call] = []

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        request = urllib.request.Request(
            self.target + call.path,
            data=call.body or None,
            headers=dict(call.headers),
            method=call.method,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, answer.read(), _kept(answer.headers))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read(), _kept(error.headers))


def _kept(headers: Any) -> dict[str, str]:
    own = {"content-length", "transfer-encoding", "connection", "date", "server"}
    return {name: value for name, value in headers.items() if name.lower() not in own}


class AgentController(Site):
    """Simulates the controller of a stand-in agent: names its agent port as Jenkins does, and
    sends scripts there. See `tests/images/standins/java/agent`."""

    def __init__(self) -> None:
        self.agent: Container | None = None
        """Container of the agent; a step does not wait for one that has ended."""
        self._scripts: queue.Queue[str] = queue.Queue()
        self._results: queue.Queue[tuple[int, str]] = queue.Queue()
        self._port = 0

    @contextmanager
    def served(self, address: str) -> Iterator[str]:
        with socket.create_server((address, 0)) as server:
            self._port = server.getsockname()[1]
            threading.Thread(target=self._accept, args=(server,), daemon=True).start()
            with super().served(address) as url:
                yield f"{url}/"

    def answer(self, call: Call) -> Answer:
        if call.path != "/tcpSlaveAgentListener/":
            return Answer(404)
        return Answer(headers={"X-Jenkins-JNLP-Port": str(self._port)})

    def _accept(self, server: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            agent, _ = server.accept()
            with agent, agent.makefile("rb") as stream:
                _received(stream)
                _send(agent, "welcome")
                for number in itertools.count():
                    _send(agent, f"start {number}\njob\n{self._scripts.get()}")
                    printed = ""
                    while (message := _received(stream).partition(" "))[0] == "printed":
                        printed += message[2]
                    self._results.put((int(message[2]), printed))

    def run(self, script: str) -> str:
        """Run a script on the agent, as a build step would; returns its output.

        Raises:
            AssertionError: it failed.
        """
        status, log = self.attempt(script)
        assert status == 0, log[-4000:]
        return log

    def attempt(self, script: str) -> tuple[int, str]:
        """The same for a script that may fail; also returns its exit status."""
        self._scripts.put(script)
        deadline = time.monotonic() + _STEP_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                return self._results.get(timeout=1)
            if self.agent:
                self.agent.reload()
                assert self.agent.status == "running", self.agent.logs().decode()
        raise AssertionError(f"a step took more than {_STEP_SECONDS} s: {script}")


def _send(agent: socket.socket, text: str) -> None:
    content = text.encode()
    agent.sendall(len(content).to_bytes(4, "big") + content)


def _received(stream: BinaryIO) -> str:
    """The next message: four bytes of length and a text."""
    head = stream.read(4)
    if len(head) < 4:
        raise EOFError
    return stream.read(int.from_bytes(head, "big")).decode()
