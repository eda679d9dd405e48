"""SignIn: the secrets with which people sign in, and nobody has to know to deploy."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from ..base.context import Context, SubComponent
from ..outputs import concat
from .jcasc import ADMIN_PASSWORD, OIDC_CLIENT_SECRET

PASSWORD_LENGTH = 32
PASSWORD_ROLE = "admin-password"  # noqa: S105  part of names


class SignIn(SubComponent):
    """The local administrator's generated password in Secrets Manager, and where Jenkins finds it
    and the other secrets of signing in.

    The password is replaced with the resource that made it: ``jenkins-platform rotate-password``
    asks Pulumi to replace that one, and the rest follows.

    Attributes:
        admin_password: The secret.
        secrets: What Jenkins reads when it starts: references to secrets by name.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("sign-in", context)
        name = f"{context.name}-{PASSWORD_ROLE}"
        settings = context.settings.sign_in
        password = random.RandomPassword(
            name, length=PASSWORD_LENGTH, special=False, opts=self.child()
        )
        self.admin_password = aws.secretsmanager.Secret(
            name,
            name=context.aws_name(PASSWORD_ROLE),
            description=f"Jenkins password of {settings.admin_user_name}",
            recovery_window_in_days=30 if context.settings.keeps_data else 0,
            tags=context.tags(PASSWORD_ROLE),
            opts=self.keep("name"),
        )
        version = aws.secretsmanager.SecretVersion(
            name,
            secret_id=self.admin_password.id,
            secret_string=password.result,
            opts=self.child(),
        )
        self.secrets: dict[str, pulumi.Input[str]] = {}
        if settings.has_local_administrator:
            # With the version in it: a new password is a new task, which reads it.
            self.secrets[ADMIN_PASSWORD] = concat(
                self.admin_password.arn, ":::", version.version_id
            )
        if settings.oidc:
            self.secrets[OIDC_CLIENT_SECRET] = settings.oidc.client_secret_arn
        self.register_outputs({})
