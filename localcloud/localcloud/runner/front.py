"""What answers at a listener's local port: rules, redirects, fixed responses, targets."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from . import rules
from .lambda_targets import event_of, response_of
from .link import pipe
from .oidc import CALLBACK, Authentication, Signing, called_back

if TYPE_CHECKING:
    from .balancers import Balancers, Listener

_CHUNK = 65536
_HERE = ("127.0.0.1", "localhost", "[::1]")


class TcpFront:
    """A TCP listener.

    Attributes:
        port: Port on this machine.
    """

    def __init__(self, balancers: Balancers, region: str, listener: str) -> None:
        self._balancers, self._region, self._arn = balancers, region, listener
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True, name="balancer").start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        with client:
            listener = self._balancers.world(self._region).listeners.get(self._arn)
            group = rules.group_of(listener.rules[-1]["Actions"][-1]) if listener else ""
            address = self._balancers.target(self._region, group)
            if not address:
                return
            with contextlib.suppress(OSError), socket.create_connection(address, 10) as server:
                server.settimeout(None)
                threading.Thread(target=pipe, args=(server, client), daemon=True).start()
                pipe(client, server)
                # The other direction ends when the server closes.
                with contextlib.suppress(OSError):
                    while server.recv(_CHUNK):
                        pass


class HttpFront:
    """An HTTP or HTTPS listener.

    Args:
        context: For HTTPS.

    Attributes:
        port: Port on this machine.
    """

    def __init__(
        self, balancers: Balancers, region: str, listener: str, context: ssl.SSLContext | None
    ) -> None:
        self.balancers, self.region, self.arn = balancers, region, listener
        self.signing = Signing()
        front = self

        class Handler(_Handler):
            owner = front

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def finish_request(self, request: Any, client_address: Any) -> None:
                if context:
                    try:
                        request = context.wrap_socket(request, server_side=True)
                    except OSError:
                        return
                super().finish_request(request, client_address)

            def handle_error(self, request: Any, client_address: Any) -> None: ...

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.secure = context is not None
        threading.Thread(
            target=self._server.serve_forever, args=(0.1,), daemon=True, name="balancer"
        ).start()

    @property
    def listener(self) -> Listener | None:
        return self.balancers.world(self.region).listeners.get(self.arn)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: HttpFront

    def handle_one_request(self) -> None:
        """One request a connection: what follows belongs to the target."""
        self.close_connection = True
        self.raw_requestline = self.rfile.readline(65537)
        if self.raw_requestline and self.parse_request():
            self.close_connection = True
            self._answer()

    def log_message(self, *_: Any) -> None: ...

    def _answer(self) -> None:
        listener = self.owner.listener
        if not listener:
            self._say(503)
            return
        split = urlsplit(self.path)
        request = rules.Request(
            self.command, self.headers, split.path, split.query, self.client_address[0]
        )
        if request.path == CALLBACK:
            back = called_back(listener.rules, self.owner.signing, request, self._address())
            if back:
                self._say(back.status, back.headers)
                return
        rule = next(r for r in listener.rules if rules.applies(r["Conditions"], request))
        added: dict[str, str] = {}
        actions = sorted(rule["Actions"], key=lambda a: int(a.get("Order") or 1))
        for action in actions:
            if action["Type"] == "authenticate-oidc":
                step = Authentication(action["AuthenticateOidcConfig"], self.owner.signing).step(
                    request, self._address()
                )
                if step.status:
                    self._say(step.status, step.headers)
                    return
                added |= step.headers
            elif action["Type"] == "redirect":
                self._redirect(action["RedirectConfig"], request, listener)
            elif action["Type"] == "fixed-response":
                fixed = action["FixedResponseConfig"]
                kind = {"Content-Type": fixed.get("ContentType") or "text/plain"}
                self._say(int(fixed["StatusCode"]), kind, fixed.get("MessageBody") or "")
            elif action["Type"] == "forward":
                self._forward(rules.group_of(action), request, added)
            else:
                self._say(501, {}, f"{action['Type']} is not emulated\n")

    def _address(self) -> str:
        """How the client calls this listener."""
        scheme = "https" if self.owner.secure else "http"
        return f"{scheme}://{self.headers.get('Host', '')}"

    def _redirect(
        self, redirect: dict[str, Any], request: rules.Request, listener: Listener
    ) -> None:
        host, _, _ = self.headers.get("Host", "").partition(":")
        protocol = listener.protocol
        location = rules.redirect(redirect, request, host, protocol, listener.port)
        if host in _HERE:
            # On this machine the other listener has another port.
            split = urlsplit(location)
            default = 443 if split.scheme == "https" else 80
            local = self.owner.balancers.port_of(
                self.owner.region, listener.dns_name, split.port or default
            )
            if local and split.hostname in _HERE:
                location = split._replace(netloc=f"{host}:{local}").geturl()
        self._say(int(redirect["StatusCode"].removeprefix("HTTP_")), {"Location": location})

    def _forward(self, group: str, request: rules.Request, added: dict[str, str]) -> None:
        found = self.owner.balancers.world(self.owner.region)
        if found.groups.get(group, {}).get("TargetType") == "lambda":
            self._invoke(found.targets.get(group, []), group, request, added)
            return
        address = self.owner.balancers.target(self.owner.region, group)
        if not address:
            self._say(503, {}, "503 Service Temporarily Unavailable\n")
            return
        try:
            server = socket.create_connection(address, 10)
        except OSError:
            self._say(502, {}, "502 Bad Gateway\n")
            return
        with server:
            server.settimeout(None)
            begin = time.monotonic()
            server.sendall(self._head(added))
            threading.Thread(target=self._send_on, args=(server,), daemon=True).start()
            answered = False
            with contextlib.suppress(OSError):
                while data := server.recv(_CHUNK):
                    if not answered:
                        self._observe(group, data, time.monotonic() - begin)
                    answered = True
                    self.wfile.write(data)
                    self.wfile.flush()
            if not answered:
                self._say(502, {}, "502 Bad Gateway\n")
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def _observe(self, group: str, head: bytes, seconds: float) -> None:
        status = head.split(b" ", 2)[1:2]
        if self.owner.listener and status and status[0].isdigit():
            balancer = self.owner.listener.balancer["LoadBalancerArn"]
            self.owner.balancers.observe(
                self.owner.region, balancer, group, int(status[0]), seconds
            )

    def _send_on(self, server: socket.socket) -> None:
        """All that the client sends after the head: a body, or frames of a WebSocket."""
        with contextlib.suppress(OSError, ValueError):
            while data := self.rfile.read1(_CHUNK):
                server.sendall(data)

    def _head(self, added: dict[str, str]) -> bytes:
        upgrade = self.headers.get("Upgrade")
        kept = [
            (k, v)
            for k, v in self.headers.items()
            if k.lower() not in ("connection", "keep-alive", "x-forwarded-proto")
            and not k.lower().startswith("x-amzn-oidc-")
            and k.lower() not in ("x-forwarded-for", "x-forwarded-port")
        ]
        before = self.headers.get("X-Forwarded-For")
        client = self.client_address[0]
        listener = self.owner.listener
        _, _, port = self.headers.get("Host", "").partition(":")
        kept += [
            ("X-Forwarded-For", f"{before}, {client}" if before else client),
            ("X-Forwarded-Proto", "https" if self.owner.secure else "http"),
            ("X-Forwarded-Port", port or str(listener.port if listener else "")),
            ("Connection", "Upgrade" if upgrade else "close"),
            *added.items(),
        ]
        lines = [f"{self.command} {self.path} HTTP/1.1", *(f"{k}: {v}" for k, v in kept), "", ""]
        return "\r\n".join(lines).encode("latin-1")

    def _invoke(
        self,
        targets: list[dict[str, Any]],
        group: str,
        request: rules.Request,
        added: dict[str, str],
    ) -> None:
        if not targets:
            self._say(503, {}, "503 Service Temporarily Unavailable\n")
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        forwarded = {
            "x-forwarded-for": self.client_address[0],
            "x-forwarded-proto": "https" if self.owner.secure else "http",
        }
        event = event_of(request, body, group, {**added, **forwarded})
        try:
            status, headers, content = response_of(
                self.owner.balancers.invoke(targets[0]["Id"], event)
            )
        except Exception:  # whatever a function does wrong is a bad gateway
            self._say(502, {}, "502 Bad Gateway\n")
            return
        self._say(status, headers, content)

    def _say(
        self, status: int, headers: dict[str, str] | None = None, body: str | bytes = ""
    ) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def version_string(self) -> str:
        return "awselb/2.0"
