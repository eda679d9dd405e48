"""Certificates of a company's authority in the built images: programs trust its servers."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import docker.errors
import pytest
from localcloud.cloud import LocalCloud

from harness.docker import standins
from harness.docker.engine import Engine, Registry
from harness.docker.kaniko import BUSYBOX, build, connected
from harness.docker.platform_images import Built
from harness.servers import certificates
from harness.servers.web import AgentController, Fixed

pytestmark = pytest.mark.long

BODY = "from a server of the company"
CHECK = """#!/bin/{bash}
curl --silent --show-error --fail {url} && echo " curl"
git ls-remote {url} && echo "git"
"$JAVA_HOME/bin/java" -jar /test/fetch.jar {url} && echo " java"
exit 0
"""
TRUSTED = [f"{BODY} curl", "git", f"{BODY} java"]


class _Tls(Fixed):
    """A server with a certificate of the authority."""

    def __init__(self, certificate: Path, key: Path) -> None:
        super().__init__(BODY.encode())
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)

    def wrap(self, server: ThreadingHTTPServer) -> None:
        server.socket = self._context.wrap_socket(server.socket, server_side=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> certificates.Authority:
    return certificates.Authority.made(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(authority: certificates.Authority) -> Iterator[str]:
    site = _Tls(*authority.issue("localhost"))
    with site.served("127.0.0.1") as url:
        yield url.replace("http://127.0.0.1", "https://localhost")


@pytest.fixture(scope="module")
def folder(server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the containers run: one script for each image."""
    found = tmp_path_factory.mktemp("test")
    (found / "fetch.jar").write_bytes(standins.jar("Fetch").read_bytes())
    for name, bash in (("check", "bash"), ("kaniko-check", "../kaniko/bin/bash")):
        (found / name).write_text(CHECK.format(bash=bash, url=server))
        (found / name).chmod(0o755)
    found.chmod(0o755)
    return found


def printed(engine: Engine, built: Built, role: str, folder: Path, **environment: str) -> list[str]:
    """What the script prints that the image's start script becomes."""
    output = engine.output(
        built.references[role],
        "/test/kaniko-check" if role == "kaniko" else "/test/check",
        environment=environment,
        network_mode="host",
        volumes={str(folder): {"bind": "/test", "mode": "ro"}},
    )
    return [line for line in output.splitlines() if not line.startswith("jenkins-platform:")]


@pytest.mark.parametrize("role", ["controller", "agent", "kaniko"])
def test_programs_trust_the_authority_only_with_its_certificate(
    role: str, engine: Engine, built: Built, folder: Path, authority: certificates.Authority
) -> None:
    assert printed(engine, built, role, folder) == []
    # Among others, as in a bundle with comments and Windows line ends.
    other = certificates.Authority.made(folder.parent / f"other-{role}").certificate.read_text()
    bundle = f"# The company\r\n{other}\n# Another\n{authority.certificate.read_text()}"
    given = {"CA_CERTIFICATE_1": other, "CA_CERTIFICATE_2": bundle.replace("\n", "\r\n")}
    assert printed(engine, built, role, folder, **given) == TRUSTED


@pytest.mark.parametrize("role", ["controller", "agent", "kaniko"])
@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nMIIB\n", "hello"])
def test_a_task_with_an_invalid_certificate_does_not_start(
    role: str, text: str, engine: Engine, built: Built, folder: Path
) -> None:
    with pytest.raises(docker.errors.ContainerError) as failure:
        printed(engine, built, role, folder, CA_CERTIFICATE_1=text)
    assert "CA_CERTIFICATE_1 contains no certificate in PEM" in str(failure.value)


def test_kaniko_pushes_to_a_registry_of_the_company_and_passes_the_proxy(
    built: Built, engine: Engine, registry: Registry, cloud: LocalCloud
) -> None:
    controller = AgentController()
    variables = {
        "CA_CERTIFICATE_1": registry.certificate.read_text(),
        "no_proxy": "*",
        "http_proxy": "http://proxy.example.com:3128",
    }
    with connected(built, engine, [registry], cloud, controller, variables):
        controller.run(f"mkdir app && printf 'FROM {BUSYBOX}\\nRUN env\\n' >app/Dockerfile")
        run = build(controller, "kaniko --context app --tag trusted")
    assert f"Pushed {built.applications}@{run.digest}" in run.log
    assert "http_proxy=http://proxy.example.com:3128" in run.log
