"""The stand-in for Jenkins answers as Jenkins does, where other tests look at it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docker.models.containers import Container
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi, JenkinsError

from harness.docker.engine import Engine
from harness.docker.platform_images import base_of
from tests.images.test_controller import UP, wait_for

PASSWORD = "a 'pass\"word' $HOME"
DOCUMENT = """
jenkins:
  slaveAgentPort: 50000
  quietPeriod: 0
  securityRealm:
    local:
      users: [{id: admin, password: "${PASSWORD}"}]
  authorizationStrategy:
    globalMatrix:
      entries: [{user: {name: admin, permissions: [Overall/Administer]}}]
"""


@contextmanager
def jenkins(engine: Engine, folder: Path, document: str) -> Iterator[Container]:
    casc = folder / "casc"
    casc.mkdir()
    (casc / "jenkins.yaml").write_text(document)
    with engine.container(
        base_of("jenkins"),
        network="jenkins",
        environment={
            "CASC_JENKINS_CONFIG": "/casc",
            "CASC_STRICT_SECRET_RESOLUTION": "true",
            "CASC_RELOAD_TOKEN": "a-token",
            "PASSWORD": PASSWORD,
        },
        volumes={str(casc): {"bind": "/casc", "mode": "ro"}},
    ) as container:
        yield container


@pytest.fixture(scope="module")
def network(engine: Engine) -> Iterator[None]:
    with engine.network("jenkins"):
        yield


@pytest.fixture(scope="module")
def url(engine: Engine, network: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with jenkins(engine, tmp_path_factory.mktemp("jenkins"), DOCUMENT) as container:
        wait_for(container, UP)
        container.reload()
        yield f"http://{container.attrs['NetworkSettings']['Networks']['jenkins']['IPAddress']}:8080"


def test_unauthenticated_users_see_only_health_and_sign_in(url: str) -> None:
    anonymous = JenkinsApi(url)
    paths = ("/health/", "/login", "/api/json", "/pluginManager/api/json", "/job/x/api/json")
    assert [anonymous.status(path) for path in paths] == [200, 200, 403, 403, 403]
    assert JenkinsApi(url, "admin", "another").status("/api/json") == 401


def test_the_administrator_signs_in_and_stops_new_builds(url: str) -> None:
    admin = JenkinsApi(url, "admin", PASSWORD)
    assert admin.get("/whoAmI/api/json") == {"name": "admin", "anonymous": False}
    for path, quiet in (("/quietDown", True), ("/cancelQuietDown", False)):
        admin.post(path)
        assert admin.get("/api/json")["quietingDown"] is quiet


def test_a_build_without_an_agent_waits_and_says_why(url: str) -> None:
    admin = JenkinsApi(url, "admin", PASSWORD)
    begun = time.monotonic()
    build = admin.finish("waits", admin.start("waits", "none", "true"), begun, begun + 2)
    assert (build.result, build.agent) == ("", "")
    assert "have label" in build.log
    assert admin.get("/api/json")["jobs"] == []


def test_a_reload_needs_the_token_of_the_container(url: str) -> None:
    with pytest.raises(JenkinsError, match="401"):
        JenkinsApi(url, "admin", PASSWORD).post(
            "/reload-configuration-as-code/?casc-reload-token=x"
        )


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("jenkins:", "jenkinss:", "No configurator for the following root elements: jenkinss"),
        ("quietPeriod", "quietPerod", "Invalid configuration elements for type: quietPerod"),
        ("Overall/Administer", "Overall/Rule", "cannot parse permission: Overall/Rule"),
        ("${PASSWORD}", "${PASWORD}", "Unable to resolve the secret or variable 'PASWORD'"),
        ("jenkins:", "jenkins: {", "Failed to read /casc/jenkins.yaml"),
    ],
    ids=["root", "attribute", "permission", "secret", "YAML"],
)
def test_a_mistake_in_the_configuration_stops_the_start(
    engine: Engine, network: None, tmp_path: Path, before: str, after: str, message: str
) -> None:
    document = DOCUMENT.replace(before, after)
    with jenkins(engine, tmp_path, document) as container:
        log = wait_for(container, "SEVERE")
        assert "hudson.util.BootFailure#publish: Failed to initialize Jenkins" in log
        assert message in wait_for(container, message)
