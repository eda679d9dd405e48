"""What a session refuses, asks first and hides, without an engine."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from jenkins_platform_cli.engine import session as module
from jenkins_platform_cli.engine.progress import HIDDEN, Reporter
from jenkins_platform_cli.engine.session import Outcome, Session
from pulumi.automation import OutputValue
from rich.console import Console

HOME = {
    "type": "aws:efs/fileSystem:FileSystem",
    "urn": "urn:pulumi:dev::p::aws:efs/fileSystem:FileSystem::jenkins-home",
    "id": "fs-1",
    "custom": True,
}
CHOICE = {"type": "pulumi:index:Stash", "urn": "urn:pulumi:dev::p::a::choices", "id": "choices"}


class Without(Session):
    """A session of a stack with these resources, which notes what it is asked to do."""

    def __init__(self, *resources: dict[str, Any]) -> None:
        self.name, self.cloud = "dev", None
        self.reporter = Reporter(Console(file=io.StringIO()))
        self.found, self.asked = list(resources), list[str]()
        values = {"password": OutputValue("hunter2", True), "url": OutputValue("https://a", False)}
        workspace = SimpleNamespace(env_vars={}, stack_outputs=lambda name: values)
        self.stack = SimpleNamespace(workspace=workspace)  # type: ignore[assignment]

    def resources(self) -> list[dict[str, Any]]:
        return self.found

    def trial(self, **options: Any) -> Any:
        self.asked.append("trial")

    def client(self, service: str, region: str | None = None) -> Any:
        pytest.fail(service)

    def _recover(self) -> None:
        self.asked.append("recover")

    def _monthly_usd(self) -> None:
        return None


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(stack: Any, operation: str, on_event: Any, **options: Any) -> None:
        on_event.__self__.console.print(operation)

    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(module.state_disk, "problem", lambda variables: "")


def printed(session: Without) -> str:
    file = session.reporter.console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_secret_outputs_are_hidden() -> None:
    assert Without().outputs() == {"password": HIDDEN, "url": "https://a"}


def test_nothing_is_destroyed_while_a_resource_is_protected() -> None:
    session = Without({**HOME, "protect": True, "retainOnDelete": True}, CHOICE)
    assert session.protected() == ["FileSystem jenkins-home (fs-1)"]
    outcome = session.destroy()
    assert (outcome.ok, session.asked) == (False, [])
    (error,) = outcome.errors
    assert error.startswith("Stack dev has protected resources. Nothing was changed.")
    assert "\ndestroy\n" not in printed(session)


def test_what_is_only_retained_does_not_prevent_the_deletion() -> None:
    session = Without({**HOME, "protect": False, "retainOnDelete": True})
    assert session.protected() == []


@pytest.mark.parametrize(
    ("operation", "resources", "asked"),
    [
        ("up", [CHOICE], ["recover", "trial"]),
        ("up", [], ["recover"]),
        ("preview", [CHOICE], []),
        ("refresh", [CHOICE], []),
    ],
)
def test_choices_that_cannot_change_are_compared_before_an_update(
    operation: str, resources: list[dict[str, Any]], asked: list[str]
) -> None:
    session = Without(*resources)
    outcome: Outcome = getattr(session, operation)()
    assert (outcome.ok, session.asked) == (True, asked)
    assert printed(session).endswith(f"{operation}\n")
