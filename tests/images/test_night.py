"""Working hours on the running platform, behind a load balancer that asks users to sign in: Jenkins
sleeps and wakes by its schedule, and a browser wakes it in between."""

from __future__ import annotations

import re
import ssl
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.cookiejar import Cookie, CookieJar
from typing import Any

import pytest
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi
from jenkins_platform_cli.engine.local_jenkins import HEALTH_PATH
from localcloud.cloud import LocalCloud

from harness.docker.engine import Engine
from harness.docker.user import administrator, docker_user
from harness.servers.identity_provider import CLIENT, SECRET, IdentityProvider
from harness.stacks.engine import environment
from harness.stacks.user import User
from tests.images.test_running_platform import eventually, running

pytestmark = pytest.mark.long

DOMAIN = "ci.example.com"
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MORNING, EVENING = 7, 19
CALLBACK = "/oauth2/idpresponse"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    with IdentityProvider.running(tmp_path_factory.mktemp("provider") / "files") as found:
        yield found


@pytest.fixture(scope="module")
def user(
    engine: Engine, provider: IdentityProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[User]:
    trusted = environment(SSL_CERT_FILE=str(provider.certificate))
    with trusted, docker_user(engine, tmp_path_factory.mktemp("user")) as found:
        found.set(**inputs(LocalCloud.start(found.folder / ".localcloud"), provider))
        yield found


def inputs(cloud: LocalCloud, provider: IdentityProvider) -> dict[str, Any]:
    """Working hours with a wake page, and OpenID Connect at the load balancer."""
    certificate = cloud.client("acm").request_certificate(DomainName=DOMAIN)["CertificateArn"]
    secret = cloud.client("secretsmanager").create_secret(Name="client", SecretString=SECRET)["ARN"]
    hours = {"days": EVERY_DAY, "start": f"{MORNING:02}:00", "end": f"{EVENING}:00"}
    oidc = {
        "issuer": provider.url,
        "authorization_endpoint": f"{provider.url}/authorize",
        "token_endpoint": f"{provider.url}/token",
        "user_info_endpoint": f"{provider.url}/userinfo",
        "client_id": CLIENT,
        "client_secret_arn": secret,
        "bypass_api": True,
    }
    return {
        "schedule": {"time_zone": "UTC", "windows": [hours], "wake_page": True},
        "load_balancer": {"domain_name": DOMAIN, "certificate": {"existing": certificate}},
        "network": {"nat": "single"},
        "sign_in": {"load_balancer_oidc": oidc},
    }


@pytest.fixture(scope="module")
def days(user: User, up: dict[str, Any]) -> Days:
    return Days(user.cloud)


class Days:
    """The time on the embedded cloud, which passes only as a test says, but for seconds."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud, self._now = cloud, datetime.now(timezone.utc)

    def pass_until(self, hour: int) -> None:
        """Let the time pass until five minutes after an hour."""
        then = self._now.replace(hour=hour, minute=5, second=0, microsecond=0)
        then += timedelta(days=int(then <= self._now))
        called = self._cloud.advance((then - self._now).total_seconds())
        self._now = then
        assert called, "no schedule was due"


class Browser:
    """What a browser does: it keeps cookies, asks for HTML, follows redirects and sends forms."""

    def __init__(self, url: str) -> None:
        self.url, self.cookies = url, CookieJar()
        # The load balancer's certificate is for its public name.
        context = ssl._create_unverified_context()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies),
            urllib.request.HTTPSHandler(context=context),
        )

    def page(self, path: str = "/", form: dict[str, str] | None = None) -> str:
        return self.asked(path, form)[1]

    def asked(self, path: str = "/", form: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and content of a page."""
        body = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self.url + path, body, {"Accept": "text/html"})
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def wake(self) -> None:
        """Press the button of the page."""
        (token,) = re.findall(r'name="token" value="([^"]+)"', self.page())
        self.page("/jenkins-platform/wake", {"token": token})

    def sees_jenkins(self) -> bool:
        # The page reloads itself, which takes it away when Jenkins answers.
        time.sleep(1)
        return "Sign in to Jenkins" in self.page("/login")


@pytest.fixture
def browser(up: dict[str, Any]) -> Browser:
    return Browser(up["opens_at"])


def test_users_sign_in_at_the_load_balancer(
    user: User, up: dict[str, Any], browser: Browser, provider: IdentityProvider
) -> None:
    stranger = JenkinsApi(up["opens_at"])
    assert [stranger.status(path) for path in ("/", "/login", HEALTH_PATH)] == [302, 302, 200]
    assert browser.sees_jenkins()
    assert provider.signed_in == [up["opens_at"] + CALLBACK]
    assert browser.sees_jenkins()
    assert len(provider.signed_in) == 1, "the session is kept"

    assert browser.asked(f"{CALLBACK}?code=x&state=x")[0] == 401
    for cookie in browser.cookies:
        _tamper(cookie)
    assert browser.sees_jenkins()
    assert len(provider.signed_in) == 2, "a session that was tampered with has no effect"

    signed_in = administrator(user, up).get("/whoAmI/api/json")
    assert signed_in["name"] == up["outputs"]["admin_user_name"], "scripts bypass the sign-in"
    assert JenkinsApi(up["opens_at"], "jane", "wrong").status("/api/json") == 401


def _tamper(cookie: Cookie) -> None:
    assert cookie.value
    cookie.value = "A" + cookie.value[1:]


def test_jenkins_sleeps_by_its_schedule_and_is_woken_by_a_browser(
    user: User, up: dict[str, Any], days: Days, browser: Browser, engine: Engine
) -> None:
    days.pass_until(EVENING)
    eventually(lambda: running(engine, "-controller") == [])
    stranger = JenkinsApi(up["opens_at"])
    assert stranger.status("/") == 302, "the page also requires signing in"
    assert "Jenkins is asleep" in browser.page()
    assert "asleep; jenkins-platform wake --stack local" in user.local("up").stdout
    assert running(engine, "-controller") == [], "an update does not wake it"

    browser.wake()
    eventually(browser.sees_jenkins)
    assert stranger.status(HEALTH_PATH) == 200
    days.pass_until(EVENING + 3)
    assert browser.sees_jenkins(), "it stays awake until the next evening"


def test_jenkins_sleeps_by_command_and_wakes_in_the_morning(
    user: User, days: Days, browser: Browser, engine: Engine
) -> None:
    assert user.local("sleep").stdout == "Jenkins is asleep.\n"
    eventually(lambda: running(engine, "-controller") == [])
    days.pass_until(MORNING - 3)
    assert "Jenkins is asleep" in browser.page()
    days.pass_until(MORNING)
    eventually(browser.sees_jenkins)
    days.pass_until(EVENING)
    eventually(lambda: running(engine, "-controller") == [])
