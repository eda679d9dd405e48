"""What a task finds at 169.254.170.2: its metadata (version 4) and the credentials of its role."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CREDENTIALS, METADATA = "/v2/credentials/", "/v4/"
Answer = Callable[[], "dict[str, Any] | list[Any]"]


class MetadataServer:
    """Answers by path; what it answers is asked for at each request.

    Attributes:
        port: Port on this machine.
    """

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        answers = self._answers

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = answers.get(self.path.rstrip("/"))
                try:
                    body, status = (answer(), 200) if answer else ({"message": "not found"}, 404)
                except Exception as error:  # e.g. the role is gone
                    body, status = {"code": "InternalServerError", "message": str(error)}, 500
                text = json.dumps(body, default=str).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True, name="metadata").start()

    def set(self, path: str, answer: Answer) -> None:
        self._answers[path] = answer

    def remove(self, path: str) -> None:
        self._answers.pop(path, None)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
