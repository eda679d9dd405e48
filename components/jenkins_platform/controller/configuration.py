"""Configuration: the rendered JCasC document, delivered to the controller outside its home."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from ..agents.agents import AgentCloud, AgentTemplates
from ..agents.connection import AgentConnection
from ..base.context import Context, SubComponent
from ..base.private_bucket import private_bucket
from ..load_balancer.load_balancer import LoadBalancer
from ..network.security_groups import SecurityGroups
from ..network.vpc import Network
from . import jcasc

KEY = "jenkins.yaml"
_KEPT_VERSIONS_DAYS = 90


class Configuration(SubComponent):
    """An S3 object: encrypted, versioned, with room for a thousand templates.

    Secrets Manager ends at 64 KiB and SSM at 8 KiB; S3 has no such limit, and keeps every version
    for as long as a rollback may ask for it. The document holds no secret.

    Attributes:
        bucket: The bucket, closed to the public and to plain HTTP.
        document: The object that holds the document.
        text: The document.
    """

    def __init__(
        self,
        context: Context,
        network: Network,
        groups: SecurityGroups,
        load_balancer: LoadBalancer,
        connection: AgentConnection,
        agents: AgentCloud,
        templates: AgentTemplates,
    ) -> None:
        super().__init__("configuration", context)
        kept = private_bucket(
            self,
            "configuration",
            lifecycle=[
                {
                    "id": "old-versions",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrent_version_expiration": {"noncurrent_days": _KEPT_VERSIONS_DAYS},
                }
            ],
            versioned=True,
        )
        self.bucket = kept.bucket
        oidc = context.settings.sign_in.oidc
        self.text = pulumi.Output.all(
            url=load_balancer.url,
            region=context.region,
            cluster_arn=agents.cluster.arn,
            agent_url=connection.agent_url,
            tunnel=connection.tunnel,
            subnet_ids=network.task_subnet_ids,
            families=templates.families,
            security_group_ids={
                t.name: [groups.agents.id, *t.security_group_ids] for t in context.settings.agents
            },
            oidc_client_id=oidc.client_id if oidc else "",
        ).apply(
            lambda values: jcasc.render(
                context.settings,
                jcasc.Resolved(public_addresses=network.tasks_have_public_addresses, **values),
            )
        )
        self.document = aws.s3.BucketObjectv2(
            f"{context.name}-configuration",
            bucket=self.bucket.bucket,
            key=KEY,
            content=self.text,
            content_type="application/yaml",
            opts=self.child(depends_on=kept.guards),
        )
        self.register_outputs({})
