"""`up --drain`: what restarts Jenkins, and its quiet mode however the update ends."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from jenkins_platform.settings import Settings
from jenkins_platform_cli.engine import drain, jenkins_sign_in
from jenkins_platform_cli.engine.drain import REASON, Limits, drained, restarts, working_hours
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi, JenkinsError
from jenkins_platform_cli.engine.progress import Change

from harness.command import run

SERVICE = "aws:ecs/service:Service"
FREESTYLE = "hudson.model.FreeStyleBuild"
PLACEHOLDER = "org.jenkinsci.plugins.workflow.support.steps.ExecutorStepExecution$PlaceholderTask"
ROUND = 0.05


@dataclass
class FakeJenkins:
    """The part of Jenkins's API that a drain calls.

    Attributes:
        builds: Class and name of the running builds.
        reason: Message of the quiet mode.
        on_wait: Called each time a client waits for the builds.
    """

    builds: list[tuple[str, str]] = field(default_factory=list)
    quiet: bool = False
    reason: str | None = None
    password: str = "right"
    url: str = ""
    waits: int = 0
    on_wait: Callable[[], object] = lambda: None

    def get(self, path: str) -> Any:
        if path == "/crumbIssuer/api/json":
            return {"crumb": "c", "crumbRequestField": "Jenkins-Crumb"}
        if path == "/computer/api/json":
            executors = [
                {"currentExecutable": {"_class": kind, "fullDisplayName": name, "url": "x"}}
                for kind, name in self.builds
            ]
            idle = {"_class": "hudson.model.Hudson$MasterComputer", "executors": [{}]}
            return {
                "computer": [
                    idle,
                    {"executors": executors[::2], "oneOffExecutors": executors[1::2]},
                ]
            }
        return {"quietingDown": self.quiet, "quietDownReason": self.reason}

    def post(self, path: str, words: dict[str, str]) -> None:
        self.quiet = path == "/quietDown"
        self.reason = words.get("message") if self.quiet else None
        if words.get("block"):
            self.waits += 1
            self.on_wait()
            if self.quiet and any(kind == FREESTYLE for kind, _ in self.builds):
                time.sleep(int(words["timeout"]) / 1000)

    def connect(self) -> JenkinsApi:
        return JenkinsApi(self.url, "admin", "right")


@pytest.fixture
def jenkins(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeJenkins]:
    monkeypatch.setattr(drain, "_ENDING_PAUSE_SECONDS", 0.0)
    fake = FakeJenkins()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(lambda path, words: fake.get(path))

        def do_POST(self) -> None:
            self.reply(fake.post)

        def reply(self, answer: Callable[[str, dict[str, str]], Any]) -> None:
            address = urlsplit(self.path)
            words = {k: v[0] for k, v in parse_qs(address.query).items()}
            signed_in = fake.password == "right" and self.headers["Authorization"]
            body = json.dumps(answer(address.path, words)).encode() if signed_in else b""
            self.send_response(200 if signed_in else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing: the output is the test's."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield fake
        server.shutdown()


def test_an_update_waits_until_the_builds_are_done(jenkins: FakeJenkins) -> None:
    jenkins.builds = [(FREESTYLE, "release #7"), (PLACEHOLDER, "part of pipeline #1")]
    jenkins.on_wait = lambda: jenkins.builds.clear() if jenkins.waits == 3 else None
    said: list[str] = []
    with drained(jenkins.connect, Limits(), said.append, ROUND):
        assert (jenkins.quiet, jenkins.reason, jenkins.waits) == (True, REASON, 3)
    assert not jenkins.quiet
    assert said == [
        "Jenkins starts no new builds (quiet mode).",
        "Waiting for builds: release #7",
        "Jenkins starts builds again (the quiet mode has ended).",
    ]


def test_pipelines_are_resumed_and_not_waited_for(jenkins: FakeJenkins) -> None:
    jenkins.builds = [(PLACEHOLDER, "part of pipeline #1")]
    with drained(jenkins.connect, Limits(), lambda line: None, ROUND):
        assert jenkins.waits == 1


def test_an_update_is_given_up_after_the_limit(jenkins: FakeJenkins) -> None:
    jenkins.builds = [(FREESTYLE, "release #7")]
    message = r"Builds still run after 0 minutes: release #7\. Nothing was changed\."
    with (
        pytest.raises(RuntimeError, match=message),
        drained(jenkins.connect, Limits(0), print, ROUND),
    ):
        pytest.fail("it was updated")
    assert not jenkins.quiet


def test_an_update_is_forced_after_the_limit(jenkins: FakeJenkins) -> None:
    jenkins.builds = [(FREESTYLE, "release #7"), (FREESTYLE, "nightly #3")]
    said: list[str] = []
    with drained(jenkins.connect, Limits(0, force=True), said.append, ROUND):
        assert jenkins.quiet
    assert "Updating although these builds are aborted: nightly #3, release #7" in said
    assert not jenkins.quiet


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_while_waiting_ends_the_quiet_mode(jenkins: FakeJenkins, name: str) -> None:
    jenkins.builds = [(FREESTYLE, "release #7")]
    # Python's own handler, which a runner of tests may have replaced.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    jenkins.on_wait = lambda: os.kill(os.getpid(), getattr(signal, name))
    try:
        with (
            pytest.raises(KeyboardInterrupt),
            drained(jenkins.connect, Limits(), print, ROUND),
        ):
            pytest.fail("it was updated")
    finally:
        signal.signal(signal.SIGINT, before)
    assert not jenkins.quiet


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failed_or_interrupted_update_ends_the_quiet_mode(
    jenkins: FakeJenkins, error: type[BaseException]
) -> None:
    def update() -> None:
        with drained(jenkins.connect, Limits(), print, ROUND):
            assert jenkins.quiet
            raise error

    with pytest.raises(error):
        update()
    assert not jenkins.quiet


def test_a_quiet_mode_that_was_there_before_stays(jenkins: FakeJenkins) -> None:
    jenkins.quiet, jenkins.reason = True, "maintenance"
    said: list[str] = []
    with drained(jenkins.connect, Limits(), said.append, ROUND):
        pass
    assert (jenkins.quiet, jenkins.reason) == (True, "maintenance")
    assert said[-1] == "Jenkins is still in the quiet mode that it was in before."


def test_the_quiet_mode_of_a_killed_run_ends_with_the_next(jenkins: FakeJenkins) -> None:
    jenkins.quiet, jenkins.reason = True, REASON
    with drained(jenkins.connect, Limits(), print, ROUND):
        pass
    assert not jenkins.quiet


def test_a_quiet_mode_that_someone_ends_meanwhile_begins_again(jenkins: FakeJenkins) -> None:
    jenkins.builds = [(FREESTYLE, "release #7")]

    def someone() -> None:
        jenkins.quiet = jenkins.waits != 1
        if jenkins.waits == 2:
            jenkins.builds.clear()

    jenkins.on_wait = someone
    with drained(jenkins.connect, Limits(), print, ROUND):
        assert (jenkins.waits, jenkins.quiet) == (2, True)


def test_how_to_end_the_quiet_mode_is_said_when_jenkins_does_not_answer(
    jenkins: FakeJenkins,
) -> None:
    said: list[str] = []
    with drained(jenkins.connect, Limits(), said.append, ROUND):
        jenkins.password = "another"
    assert said[-1].startswith("Whether Jenkins is still in quiet mode is unknown: http://127")
    assert said[-1].endswith("use Manage Jenkins, Cancel Shutdown.")


def test_nothing_is_updated_when_jenkins_refuses_the_user(jenkins: FakeJenkins) -> None:
    jenkins.password = "another"
    with (
        pytest.raises(JenkinsError, match="401"),
        drained(jenkins.connect, Limits(), print, ROUND),
    ):
        pytest.fail("it was updated")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change("update", SERVICE, "ci-controller", ["taskDefinition"]), True),
        (Change("update", SERVICE, "ci-controller", ["networkConfiguration.subnets[0]"]), True),
        (Change("update", SERVICE, "ci-controller", ["tags.a", "taskDefinition"]), True),
        (Change("update", SERVICE, "ci-controller", ["tags.a", "tagsAll.a"]), False),
        (Change("update", SERVICE, "ci-controller", ["healthCheckGracePeriodSeconds"]), False),
        (Change("update", SERVICE, "other-controller", ["taskDefinition"]), False),
        (Change("create", SERVICE, "ci-controller"), False),
        (Change("create-replacement", SERVICE, "ci-controller", ["name"]), True),
        (Change("delete", SERVICE, "ci-controller"), True),
        (Change("update", "aws:s3/bucket:Bucket", "ci-controller", ["x"]), False),
    ],
)
def test_which_changes_restart_jenkins(change: Change, expected: bool) -> None:
    other = Change("update", "aws:s3/bucketObjectv2:BucketObjectv2", "ci-configuration")
    assert restarts([other, change], "ci") is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-27T06:30", "in working hours (Friday 07:30 in Europe/Vienna)"),
        ("2026-11-27T05:59", ""),
        ("2026-11-27T17:00", ""),
        ("2026-11-28T10:00", ""),
        ("2026-12-25T10:00", ""),
        ("2026-11-29T23:30", "in working hours (Monday 00:30 in Europe/Vienna)"),
    ],
)
def test_working_hours_are_those_of_the_schedule(moment: str, expected: str) -> None:
    windows = [
        {"start": "07:00", "end": "18:00"},
        {"days": ["sun"], "start": "23:00", "end": "02:00"},
    ]
    holidays = ["2026-12-25"]
    schedule = {"time_zone": "Europe/Vienna", "windows": windows, "holidays": holidays}
    settings = Settings.from_args("ci", {"schedule": schedule})  # type: ignore[typeddict-item]
    now = datetime.fromisoformat(moment).replace(tzinfo=timezone.utc)
    assert working_hours(settings, now) == expected


def test_without_windows_there_are_no_working_hours() -> None:
    assert working_hours(Settings.from_args("ci", {}), datetime.now(timezone.utc)) == ""


def session(user: str, secrets: dict[str, str]) -> Any:
    class Client:
        def get_secret_value(self, **request: str) -> dict[str, str]:
            return {"SecretString": secrets[request["SecretId"]]}

    outputs = {
        "url": "https://ci.example.com",
        "admin_user_name": user,
        "admin_password_secret_arn": ADMIN,
    }
    return SimpleNamespace(outputs=lambda: outputs, client=lambda *_: Client(), cloud=None)


ADMIN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ci-admin-AbCdEf"
TOKEN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ci-token-AbCdEf"
BASIC = {"admin:pw": "YWRtaW46cHc=", "bot:tok": "Ym90OnRvaw=="}


def test_the_user_is_the_administrator_or_the_one_of_the_secret() -> None:
    secrets = {ADMIN: "pw", TOKEN: '{"user": "bot", "token": "tok"}'}
    admin = jenkins_sign_in.connect(session("admin", secrets))
    bot = jenkins_sign_in.connect(session("", secrets), TOKEN)
    assert admin._headers == {"Authorization": f"Basic {BASIC['admin:pw']}"}
    assert bot._headers == {"Authorization": f"Basic {BASIC['bot:tok']}"}


def test_without_a_local_administrator_a_secret_is_required() -> None:
    with pytest.raises(RuntimeError, match="Set --credentials-secret to the ARN"):
        jenkins_sign_in.connect(session("", {ADMIN: "pw"}))


@pytest.mark.parametrize("value", ["hunter2", '{"user": "hunter2"}', '["hunter2"]', "7"])
def test_a_secret_of_another_form_is_not_shown(value: str) -> None:
    with pytest.raises(RuntimeError, match=r"--credentials-secret .*: must contain") as raised:
        jenkins_sign_in.connect(session("", {TOKEN: value}), TOKEN)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--drain-timeout", "5"], "--drain-timeout is only valid with --drain"),
        (["--force-after", "5"], "--force-after is only valid with --drain"),
        (["--credentials-secret", TOKEN], "--credentials-secret is only valid with --drain"),
        (["--drain", "--drain-timeout", "5", "--force-after", "9"], "cannot be combined with"),
        (["--drain", "--credentials-secret", "hunter2"], "must be the ARN of a secret"),
        (["--drain", "--drain-timeout=-1"], "greater than or equal to 0"),
    ],
)
def test_options_that_do_not_fit_are_refused(words: list[str], message: str) -> None:
    done = run("up", *words)
    assert done.exit_code == 2
    assert message in done.output
    assert "hunter2" not in done.output
