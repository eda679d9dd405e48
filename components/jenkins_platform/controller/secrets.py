"""Secrets: the administrator's password, and all secrets that Jenkins reads."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from .. import iam
from ..base.certificates import Certificates
from ..base.context import Context, SubComponent
from ..base.roles import Role
from ..outputs import concat
from ..settings.source_code import TokenSource
from .jcasc import ADMIN_PASSWORD, REALM_SECRET

PASSWORD_LENGTH = 32
PASSWORD_ROLE = "admin-password"  # noqa: S105  part of names


class Secrets(SubComponent):
    """The local administrator's generated password in Secrets Manager, and references to it and
    to all other secrets that Jenkins reads.

    Replacing the resource that generates the password changes it: that is what
    ``jenkins-platform rotate-password`` does.

    Attributes:
        admin_password_arn: ARN of the secret with the administrator's password, as it was given.
        references: What Jenkins reads when it starts: ARNs of secrets, by variable name.
        environment: What the start-up hook for credentials knows besides: values by variable name.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("secrets", context)
        settings = context.settings.sign_in
        self.admin_password_arn: pulumi.Input[str]
        if settings.admin_password_secret_arn is None:
            self.admin_password_arn, reference = self._generated_password()
        else:
            self.admin_password_arn = reference = settings.admin_password_secret_arn
        self.references: dict[str, pulumi.Input[str]] = {}
        if settings.has_local_administrator:
            self.references[ADMIN_PASSWORD] = reference
        if settings.realm and settings.realm.secret_arn is not None:
            self.references[REALM_SECRET] = settings.realm.secret_arn
        certificates = Certificates(self)
        self.environment = {**certificates.environment}
        self.references |= certificates.secrets
        self._add_sources()
        self.references |= context.settings.jenkins.secrets
        self.register_outputs({"admin_password_arn": self.admin_password_arn})

    def _generated_password(self) -> tuple[pulumi.Output[str], pulumi.Input[str]]:
        """ARN of a secret with a generated password, and what the task reads of it."""
        context = self.context
        name = f"{context.name}-{PASSWORD_ROLE}"
        password = random.RandomPassword(
            name, length=PASSWORD_LENGTH, special=False, opts=self.child()
        )
        secret = aws.secretsmanager.Secret(
            name,
            name=context.aws_name(PASSWORD_ROLE),
            description=f"Jenkins password of {context.settings.sign_in.admin_user_name}",
            recovery_window_in_days=30 if context.settings.keeps_data else 0,
            tags=context.tags(PASSWORD_ROLE),
            opts=self.retained_child("name"),
        )
        version = aws.secretsmanager.SecretVersion(
            name, secret_id=secret.id, secret_string=password.result, opts=self.child()
        )
        # With the version: a new password starts a new task, which reads it.
        return secret.arn, concat(secret.arn, ":::", version.version_id)

    def _add_sources(self) -> None:
        """What the start-up hook creates credentials of: images/controller/hooks."""
        jenkins = self.context.settings.jenkins
        for name, source in jenkins.sources.items():
            prefix, webhook = f"JENKINS_{name.upper()}", source.webhook_secret_arn
            if webhook is not None:
                self.references[f"{prefix}_WEBHOOK_SECRET"] = webhook
            if isinstance(source, TokenSource):
                self.references[f"{prefix}_TOKEN"] = source.token_secret_arn
        if github := jenkins.github:
            self.references["JENKINS_GITHUB_APP_KEY"] = github.private_key_secret_arn
            self.environment |= {
                "JENKINS_GITHUB_APP_ID": github.app_id,
                "JENKINS_GITHUB_API_URL": github.api_url or "",
                "JENKINS_GITHUB_ORGANIZATIONS": ",".join(github.organizations),
            }
        if bitbucket := jenkins.bitbucket:
            self.environment |= {
                "JENKINS_BITBUCKET_USER": bitbucket.user_name or "",
                "JENKINS_BITBUCKET_GIT_USER": bitbucket.git_user_name,
            }

    def grant_read(self, role: Role) -> None:
        """Let a role read what Jenkins reads when it starts."""
        role.allow(iam.read_secrets([*self.references.values()]))

    def grant_read_credentials(self, role: Role) -> None:
        """Let a role read the tagged secrets that Jenkins shows as credentials, if that is on."""
        settings, context = self.context.settings.jenkins.credentials, self.context
        if settings:
            secrets = context.arn("secretsmanager", "secret:*")
            tag = settings.tag_key, settings.tag_value or context.name
            keys = context.arn("kms", "key/*")
            role.allow(*iam.read_credentials(secrets, keys, context.region, tag))
