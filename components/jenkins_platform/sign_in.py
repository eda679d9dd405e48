"""SignIn: the local administrator's password, which nobody has to know to deploy."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from .context import Context, Part

PASSWORD_LENGTH = 32


class SignIn(Part):
    """A generated password in Secrets Manager; Jenkins reads it when it starts.

    Attributes:
        admin_password: The secret.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("sign-in", context)
        name = context.name
        password = random.RandomPassword(
            f"{name}-admin-password", length=PASSWORD_LENGTH, special=False, opts=self.keep()
        )
        self.admin_password = aws.secretsmanager.Secret(
            f"{name}-admin-password",
            # The same at every try, so that AWS itself refuses to make a second one.
            name=pulumi.Output.concat(context.handle, "-admin-password"),
            description=f"Jenkins password of {context.settings.sign_in.admin_user_name}",
            recovery_window_in_days=30 if context.settings.keeps_data else 0,
            tags=context.tags("admin-password"),
            opts=self.keep("name"),
        )
        aws.secretsmanager.SecretVersion(
            f"{name}-admin-password",
            secret_id=self.admin_password.id,
            secret_string=password.result,
            opts=self.keep(),
        )
        self.register_outputs({})
