"""Jenkins of a stack, for a user whose password or token is in Secrets Manager."""

from __future__ import annotations

import json

from . import local_jenkins, stored_secrets
from .jenkins_api import JenkinsApi
from .session import Session


def connect(session: Session, credentials_arn: str = "") -> JenkinsApi:
    """Jenkins of a stack, for its administrator or the user of a secret.

    Args:
        credentials_arn: ARN of a secret in Secrets Manager with ``{"user": …, "token": …}``.

    Raises:
        RuntimeError: there is no local administrator, the secret has another form, or Jenkins
            does not run on the embedded cloud.
        ClientError: the secret cannot be read.
    """
    outputs = session.outputs()
    user = str(outputs.get("admin_user_name") or "")
    arn = credentials_arn or str(outputs["admin_password_secret_arn"])
    if not credentials_arn and not user:
        raise RuntimeError(
            "Jenkins has no local administrator, as users sign in through another realm. Set "
            '--credentials-secret to the ARN of a secret with {"user": …, "token": …}, an API '
            "token of an administrator."
        )
    value = stored_secrets.read(session, arn)
    if credentials_arn:
        user, value = _user_and_token(arn, value)
    return JenkinsApi(local_jenkins.address(session, outputs), user, value)


def _user_and_token(arn: str, value: str) -> tuple[str, str]:
    try:
        content = json.loads(value)
        return str(content["user"]), str(content["token"])
    except (ValueError, TypeError, KeyError):
        # Without the cause, which may contain the value.
        message = f'--credentials-secret {arn}: must contain {{"user": …, "token": …}}'
        raise RuntimeError(message) from None
