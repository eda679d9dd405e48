"""Requests to a Jenkins: whom they trust, and what they contain."""

from __future__ import annotations

import ssl
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from jenkins_platform_cli.engine import jenkins_api
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi, _tls


@pytest.mark.parametrize(
    ("host", "verified"),
    [
        ("ci.example.com", True),
        ("jenkins.internal", True),
        ("127.0.0.1.example.com", True),
        ("localhost:8443", False),
        ("127.0.0.1:8443", False),
    ],
)
def test_certificates_of_other_machines_are_verified(host: str, verified: bool) -> None:
    context: ssl.SSLContext = _tls(f"https://{host}/jenkins")._context  # type: ignore[attr-defined]
    assert context.check_hostname is verified
    assert context.verify_mode is (ssl.CERT_REQUIRED if verified else ssl.CERT_NONE)


def test_a_label_and_a_script_stay_as_they_are_in_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[tuple[str, str]] = []

    def post(self: JenkinsApi, path: str, body: str = "", kind: str = "") -> str:
        posted.append((path, body))
        return "https://ci.example.com/jenkins/queue/item/7/"

    monkeypatch.setattr(jenkins_api.JenkinsApi, "post", post)
    script = "echo '<a> && </command>'"
    place = JenkinsApi("https://ci.example.com/jenkins").start("a job", "linux&<x>", script)
    assert place == "/queue/item/7"
    (create, body), (build, _) = posted
    assert (create, build) == ("/createItem?name=a+job", "/job/a%20job/build")
    job: Any = ET.fromstring(body)
    assert job.findtext("assignedNode") == "linux&<x>"
    assert job.findtext("builders/hudson.tasks.Shell/command") == script
