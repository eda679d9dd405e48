"""Certificates of a company's own authorities, which containers trust."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .. import iam
from ..settings import SettingsError
from ..settings.company_network import CERTIFICATE_VARIABLE
from ..settings.validation.base import Problem
from .context import SubComponent
from .roles import Role

_KEY = "network.ca_certificate_arns"


class Certificates:
    """One environment variable for each certificate file. The start scripts of the images make
    Java and other programs trust what is in them.

    Secrets and parameters are read when a task starts, S3 objects during the deployment.

    Args:
        component: The component whose containers trust them.

    Attributes:
        environment: Text of certificates by variable.
        secrets: ARNs of secrets and parameters by variable.
    """

    def __init__(self, component: SubComponent) -> None:
        self.environment: dict[str, pulumi.Input[str]] = {}
        self.secrets: dict[str, pulumi.Input[str]] = {}
        arns = component.context.settings.network.ca_certificate_arns
        for number, arn in enumerate(arns, start=1):
            name = f"{CERTIFICATE_VARIABLE}{number}"
            if not isinstance(arn, str):
                self.secrets[name] = arn.apply(_secret)
            elif ":s3:" in arn:
                self.environment[name] = _object(component, arn)
            else:
                self.secrets[name] = arn

    def grant_read(self, role: Role) -> None:
        """Let an execution role read the secrets and parameters."""
        role.allow(iam.read_secrets([*self.secrets.values()]))


def _secret(arn: str) -> str:
    if ":s3:" in arn:
        raise SettingsError(
            [Problem(_KEY, arn, "an S3 object must be known when the program runs")]
        )
    return arn


def _object(component: SubComponent, arn: str) -> pulumi.Output[str]:
    """The text of an S3 object."""
    bucket, _, key = arn.split(":::")[1].partition("/")
    found = aws.s3.get_object_output(
        bucket=bucket, key=key, opts=pulumi.InvokeOutputOptions(parent=component)
    )
    return pulumi.Output.all(found.body, found.content_type).apply(
        lambda known: _text(arn, known[0], known[1])
    )


def _text(arn: str, body: str | None, content_type: str) -> str:
    if not body:
        raise SettingsError(
            [
                Problem(
                    _KEY,
                    arn,
                    f"has the content type {content_type}, which the AWS provider does not read. "
                    "Upload it with the content type text/plain",
                )
            ]
        )
    if "-----BEGIN CERTIFICATE-----" not in body or "PRIVATE KEY-----" in body:
        raise SettingsError([Problem(_KEY, arn, "must contain certificates in PEM, and no key")])
    return body
