"""Working hours on the running platform: Jenkins sleeps, a page is served, a browser wakes it."""

from __future__ import annotations

import json
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar

import pytest
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi
from jenkins_platform_cli.engine.local_jenkins import HEALTH_PATH

from harness.docker_engine import Engine
from harness.docker_user import docker_user
from harness.user import User
from tests.images.test_running_platform import eventually, running

pytestmark = pytest.mark.long


@pytest.fixture
def user(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    with docker_user(engine, tmp_path_factory.mktemp("user")) as found:
        found.set(schedule={"wake_page": True})
        yield found


class Browser:
    """What a browser does with a page: it keeps cookies, asks for HTML and sends forms."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def page(self, path: str = "/", form: dict[str, str] | None = None) -> str:
        body = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self.url + path, body, {"Accept": "text/html"})
        try:
            with self._opener.open(request, timeout=30) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return error.read().decode()


def test_jenkins_sleeps_and_is_woken_by_a_browser(user: User, engine: Engine) -> None:
    done = user.local("up", "--json")
    assert done.returncode == 0, done.stderr
    url = json.loads(done.stdout)["opens_at"]
    jenkins, browser = JenkinsApi(url), Browser(url)
    assert jenkins.status(HEALTH_PATH) == 200

    assert user.local("sleep").stdout == "Jenkins is asleep.\n"
    eventually(lambda: running(engine, "-controller") == [])
    assert "Jenkins is asleep" in browser.page()
    assert "asleep; jenkins-platform wake --stack local" in user.local("up").stdout
    assert running(engine, "-controller") == [], "an update does not wake it"

    (token,) = re.findall(r'name="token" value="([^"]+)"', browser.page())
    browser.page("/jenkins-platform/wake", {"token": token})
    # The page reloads itself, which takes it away when Jenkins answers.
    eventually(lambda: "Sign in to Jenkins" in reloaded(browser))
    assert jenkins.status(HEALTH_PATH) == 200


def reloaded(browser: Browser) -> str:
    time.sleep(1)
    return browser.page("/login")
