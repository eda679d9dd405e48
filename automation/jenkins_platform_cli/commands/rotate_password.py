"""``jenkins-platform rotate-password``: a new password for the local administrator."""

from __future__ import annotations

from jenkins_platform.controller.secrets import PASSWORD_ROLE

from ..app import CloudOption, JsonOption, MarkdownOption, StackOption, app, operate, report_errors
from ..engine.session import Cloud, Outcome, Session

_PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105  a type of resource


@app.command("rotate-password")
def rotate_password(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
) -> None:
    """Give the administrator a new password. Runs `up`; Jenkins restarts."""
    operate(_rotate, stack, cloud, as_json, markdown)


def _rotate(session: Session) -> Outcome:
    """Replace the resource that generates the password; its dependents are updated.

    No setting changes, so the next ``up`` changes nothing.
    """
    given = session.settings.sign_in.admin_password_secret_arn is not None
    found = session.resource(_PASSWORD, f"{session.settings.name}-{PASSWORD_ROLE}")
    with report_errors(session.reporter):
        if given:
            raise RuntimeError(
                "The password is in the secret of sign_in.admin_password_secret_arn: change it "
                "there, then restart Jenkins, which reads it at the start (docs/sign-in.md)"
            )
        if not found:
            raise RuntimeError(f"Stack {session.name} has no password yet. Run `up` first")
    return session.up(replace=[found["urn"]])
