"""A registry in front of another, whose tags cannot be overwritten: as an immutable repository of
ECR."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import urllib3

from ..servers import certificates
from .engine import Registry, loopback_address

_HOP_HEADERS = {"connection", "transfer-encoding", "keep-alive", "content-length"}


@dataclass(frozen=True)
class Front:
    """The running registry.

    Attributes:
        host: Its name, as in image references.
        address: Address that it listens on, port 443.
        certificate: Its certificate, to be trusted.
    """

    host: str
    address: str
    certificate: Path


@contextmanager
def immutable(
    host: str, registry: Registry, sign_in: tuple[str, str], folder: Path
) -> Iterator[Front]:
    """Serve until the end of the block.

    Args:
        host: Its name.
        registry: The registry behind it.
        sign_in: User name and password for that registry, of clients that sign in here.
        folder: Where the certificate is written.
    """
    certificate, key = certificates.self_signed(host, folder)
    address = loopback_address()
    authorization = urllib3.make_headers(basic_auth=":".join(sign_in))["authorization"]
    behind = urllib3.HTTPSConnectionPool(
        registry.address,
        443,
        ca_certs=str(registry.certificate),
        assert_hostname=registry.host,
        server_hostname=registry.host,
        maxsize=8,
    )

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Transfer-Encoding") == "chunked":
                body = self._chunks()
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP_HEADERS}
            if "Authorization" in headers:
                # moto's token contains the account of the registry, which has another name here.
                headers["Authorization"] = authorization
            tagged = "/manifests/" in self.path and "/manifests/sha256:" not in self.path
            if self.command == "PUT" and tagged:
                accept = {"Accept": self.headers["Content-Type"]}
                found = behind.request("HEAD", self.path, headers={**headers, **accept})
                if found.status == 200:
                    self._refuse()
                    return
            answer = behind.request(
                self.command, self.path, body=body, headers=headers, redirect=False
            )
            self._answer(answer.status, dict(answer.headers), answer.data)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = _forward  # noqa: N815

        def _chunks(self) -> bytes:
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def _refuse(self) -> None:
            """The error of ECR, in a repository ``before`` in the words that it used before."""
            tag = self.path.rsplit("/", 1)[-1]
            what = "repository" if "/before/" in self.path else "tag"
            message = (
                f"The image tag '{tag}' already exists in the repository and cannot be overwritten "
                f"because the {what} is immutable."
            )
            error = {"errors": [{"code": "TAG_INVALID", "message": message}]}
            self._answer(400, {"Content-Type": "application/json"}, json.dumps(error).encode())

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in _HOP_HEADERS:
                    self.send_header(name, value)
            length = headers.get("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer((address, 443), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Front(host, address, certificate)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
