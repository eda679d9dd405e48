"""A small OpenID Connect provider, for the sign-in at a load balancer."""

from __future__ import annotations

import json
import secrets
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from harness.servers import certificates

CLIENT, SECRET = "balancer", "s3cret of the client"


class IdentityProvider:
    """Signs every browser in as one user, by the authorization code flow.

    Attributes:
        url: Its issuer, with TLS.
        certificate: Its certificate, which clients must trust.
        user: Claims about the user.
        signed_in: Redirect URIs of the sign-ins that a client completed.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.user = {"sub": "jane", "email": "jane@example.com"}
        self.signed_in: list[str] = []
        self._codes: dict[str, str] = {}
        self._tokens: set[str] = set()
        self.certificate, key = certificates.self_signed("localhost", folder)
        provider = self

        class Handler(_Handler):
            owner = provider

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @classmethod
    @contextmanager
    def running(cls, folder: Path) -> Iterator[IdentityProvider]:
        """A provider that ends with the block."""
        provider = cls(folder)
        yield provider
        provider._server.shutdown()
        provider._server.server_close()

    def authorize(self, query: dict[str, str]) -> str:
        """Where a browser goes after it has signed in.

        Raises:
            KeyError: the request is not one of this provider's client.
        """
        if (query["client_id"], query["response_type"]) != (CLIENT, "code"):
            raise KeyError("client_id")
        code = secrets.token_urlsafe()
        self._codes[code] = query["redirect_uri"]
        answer = urlencode({"code": code, "state": query["state"]})
        return f"{query['redirect_uri']}?{answer}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """The tokens for a code, which can be used once.

        Raises:
            KeyError: the code, the client or the address is wrong.
        """
        address = self._codes.pop(form["code"])
        if (form["client_id"], form["client_secret"], form["redirect_uri"]) != (
            CLIENT,
            SECRET,
            address,
        ):
            raise KeyError("client")
        self.signed_in.append(address)
        token = secrets.token_urlsafe()
        self._tokens.add(token)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def user_info(self, authorization: str) -> dict[str, str]:
        """The claims for a token.

        Raises:
            KeyError: the token is not one of this provider.
        """
        if authorization.removeprefix("Bearer ") not in self._tokens:
            raise KeyError("token")
        return self.user


class _Handler(BaseHTTPRequestHandler):
    owner: IdentityProvider

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        try:
            if address.path == "/authorize":
                self._answer(302, {"Location": self.owner.authorize(_fields(address.query))})
            else:
                claims = self.owner.user_info(self.headers.get("Authorization", ""))
                self._answer(200, {}, claims)
        except KeyError:
            self._answer(400, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            self._answer(200, {}, self.owner.token(_fields(body)))
        except KeyError:
            self._answer(400, {})

    def _answer(self, status: int, headers: dict[str, str], content: Any = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if content is not None:
            self.wfile.write(json.dumps(content).encode())


def _fields(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}
