"""``jenkins-platform rotate-password``: a new password for the local administrator."""

from __future__ import annotations

from jenkins_platform.controller.secrets import PASSWORD_ROLE

from ..app import CloudOption, JsonOption, MarkdownOption, StackOption, app, complain, operate
from ..engine.session import Cloud, Outcome, Session

_PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105  a type of resource


@app.command("rotate-password")
def rotate_password(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
) -> None:
    """Give the administrator a new password. Like `up`, and Jenkins starts anew with it."""
    operate(_rotate, stack, cloud, as_json, markdown)


def _rotate(session: Session) -> Outcome:
    """Replace the resource that made the password; everything made from it follows.

    No setting changes, so the next ``up`` has nothing to do.
    """
    found = session.resource(_PASSWORD, f"{session.settings.name}-{PASSWORD_ROLE}")
    with complain(session.reporter):
        if not found:
            raise RuntimeError(f"Stack {session.name} has no password yet. Bring it up first")
    return session.up(replace=[found["urn"]])
