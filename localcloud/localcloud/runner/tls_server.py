"""The emulated AWS by TLS, as SDKs in containers call it."""

from __future__ import annotations

import contextlib
import ssl
import threading
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from .tls import Authority


class TlsServer:
    """Offers a WSGI application under any name that a client asks for.

    Attributes:
        port: Port on this machine.
    """

    def __init__(self, application: Any, authority: Authority) -> None:
        self._server = _Server("127.0.0.1", 0, application, _Quiet)
        self._server.context = authority.context()
        self.port: int = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True, name="tls").start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadedWSGIServer):
    context: ssl.SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the thread of the connection: a silent client delays no other.
        try:
            request = self.context.wrap_socket(request, server_side=True)
        except OSError:
            return
        super().finish_request(request, client_address)
        with contextlib.suppress(OSError):
            request.unwrap()
        request.close()


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: Any) -> None: ...

    def log(self, *_: Any, **__: Any) -> None: ...
