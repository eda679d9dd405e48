"""The script of the controller that reports missing Spot capacity, with the function that it calls
behind a server of this process. What is signed is not checked."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from harness.docker.tasks import wait_until

SCRIPTS = Path(__file__).parent.parent.parent / "images/controller/scripts"


class Answers:
    """What the function answers, and what it was asked."""

    def __init__(self) -> None:
        self.answer, self.asked, self.signed = '{"on_demand": []}', [], ""
        self.credentials = {"AccessKeyId": "key", "SecretAccessKey": "secret", "Token": "token"}


@contextmanager
def served(answers: Answers) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(json.dumps(answers.credentials))

        def do_POST(self) -> None:
            assert self.path == "/2015-03-31/functions/breaker/invocations"
            answers.signed = self.headers["Authorization"]
            length = int(self.headers["Content-Length"])
            answers.asked.append(json.loads(self.rfile.read(length))["failures"])
            self._send(answers.answer)

        def _send(self, text: str) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_failures_are_reported_until_the_function_counts_them_and_its_answer_is_kept(
    tmp_path: Path,
) -> None:
    answers, failures = Answers(), tmp_path / "failures"
    failures.write_text("x86_64\narm64\nx86_64\n")
    answers.answer = '{"errorMessage": "no state", "errorType": "ParameterNotFound"}'
    with served(answers) as url:
        environment = {
            "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
            "AWS_REGION": "eu-central-1",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": url,
            "AWS_ENDPOINT_URL_LAMBDA": url,
            "SPOT_BREAKER": "breaker",
            "SPOT_REPORT_SECONDS": "0.01",
        }
        command = [str(SCRIPTS / "report-spot"), str(tmp_path)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as script:
            try:
                wait_until(lambda: len(answers.asked) > 1)
                assert answers.asked[:2] == [{"arm64": 1, "x86_64": 2}] * 2
                assert not (tmp_path / "capacity").exists()
                answers.answer = '{"on_demand": ["arm64"]}'
                wait_until(lambda: answers.asked[-1] == {})
                capacity = tmp_path / "capacity"
                wait_until(capacity.exists)
                assert capacity.read_text() == '{"on_demand": ["arm64"]}\n'
                answers.answer = '{"on_demand": []}'
                wait_until(lambda: capacity.read_text() == '{"on_demand": []}\n')
            finally:
                script.kill()
    assert answers.signed.startswith("AWS4-HMAC-SHA256 Credential=key/")
    assert "/eu-central-1/lambda/aws4_request" in answers.signed
