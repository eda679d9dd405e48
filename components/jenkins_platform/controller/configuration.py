"""Configuration: the rendered JCasC document, delivered to the controller through S3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from .. import iam
from ..agents.connection import AgentConnection
from ..base.context import Context, SubComponent
from ..base.private_bucket import private_bucket
from ..base.roles import Role
from ..inputs import ConfigurationRollout
from ..network.vpc import Placement
from . import jcasc, jcasc_elements

KEY = "jenkins.yaml"
_NONCURRENT_DAYS = 90


class Configuration(SubComponent):
    """An S3 object: encrypted, versioned, large enough for a thousand templates.

    Secrets Manager ends at 64 KiB and SSM at 8 KiB; S3 has no such limit, and keeps earlier
    versions for rollbacks. The document contains no secret.

    Args:
        context: The platform.
        connection: How agents connect.
        placement: Subnets and security group of agents.
        resolved: Further values of `jcasc.Resolved`, by name.

    Attributes:
        bucket: The bucket.
        document: The object.
        text: The document.
    """

    def __init__(
        self,
        context: Context,
        connection: AgentConnection,
        placement: Placement,
        resolved: Mapping[str, Any],
    ) -> None:
        super().__init__("configuration", context)
        extra = context.settings.jenkins.extra_jcasc
        for warning in (*jcasc_elements.unknown(extra), *jcasc_elements.plain_secrets(extra)):
            pulumi.log.warn(warning, self)
        created = private_bucket(
            self,
            "configuration",
            lifecycle=[
                {
                    "id": "old-versions",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrent_version_expiration": {"noncurrent_days": _NONCURRENT_DAYS},
                }
            ],
            versioned=True,
        )
        self.bucket = created.bucket
        realm = context.settings.sign_in.realm
        self.text = pulumi.Output.all(
            **resolved,
            region=context.region,
            agent_url=connection.agent_url,
            tunnel=connection.tunnel,
            subnet_ids=placement.subnet_ids,
            security_group_ids={
                t.name: [placement.security_group_id, *t.security_group_ids]
                for t in context.settings.agents
            },
            realm_client_id=realm.id_at_provider if realm else "",
        ).apply(
            lambda values: jcasc.render(
                context.settings,
                jcasc.Resolved(public_addresses=placement.public_addresses, **values),
            )
        )
        self.document = aws.s3.BucketObjectv2(
            f"{context.name}-configuration",
            bucket=self.bucket.bucket,
            key=KEY,
            content=self.text,
            content_type="application/yaml",
            # An object has at most 10 tags, and providers may have more default tags than that.
            override_provider={"default_tags": {"tags": {}}},
            opts=self.child(depends_on=created.guards),
        )
        self.register_outputs({"bucket": self.bucket.bucket, "key": self.document.key})

    @property
    def environment(self) -> dict[str, pulumi.Input[str]]:
        """Variables with the location of the controller's configuration."""
        jenkins = self.context.settings.jenkins
        environment: dict[str, pulumi.Input[str]] = {
            "CONFIGURATION_BUCKET": self.bucket.bucket,
            "CONFIGURATION_KEY": self.document.key,
        }
        if jenkins.configuration_rollout is ConfigurationRollout.RELOAD:
            environment["CONFIGURATION_RELOAD_SECONDS"] = str(jenkins.configuration_reload_seconds)
        else:
            # With the version, a rollback of the task is a rollback of its configuration.
            environment["CONFIGURATION_VERSION"] = self.document.version_id
        return environment

    def grant_read(self, role: Role) -> None:
        """Let a role read the document."""
        role.allow(iam.read_configuration(self.document.arn))
