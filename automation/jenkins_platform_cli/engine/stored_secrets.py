"""Secrets in Secrets Manager that the outputs of a stack name."""

from __future__ import annotations

from jenkins_platform.settings.facts.arn import Arn, text_of

from .session import Session


def read(session: Session, reference: str) -> str:
    """The value that a reference selects, ``<arn>`` or ``<arn>:<key>::``.

    Raises:
        ClientError: the secret cannot be read.
        RuntimeError: it is not JSON with the key.
    """
    arn = Arn.parse(reference)
    client = session.client("secretsmanager", arn.region)
    text = client.get_secret_value(SecretId=str(arn.secret))["SecretString"]
    try:
        return text_of(reference, text)
    except ValueError as error:
        raise RuntimeError(str(error)) from None
