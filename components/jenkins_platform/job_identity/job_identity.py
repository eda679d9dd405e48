"""JobIdentity: builds assume AWS roles with tokens that name their job."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..base.lambda_function import Function, FunctionDefinition
from ..base.log_groups import ISSUER_KEYS, LogGroups
from ..base.private_bucket import private_bucket
from ..base.roles import Role
from ..outputs import concat
from ..settings.job_identity import JobIdentitySettings

AUDIENCE = "sts.amazonaws.com"
_KEY = "jwks"
_UPLOADS: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
    "id": "uploads",
    "status": "Enabled",
    "filter": {"prefix": ""},
    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
}


class JobIdentity(SubComponent):
    """An OpenID Connect provider whose tokens Jenkins signs (plugin oidc-provider), and the roles
    that trust jobs by the token's subject, the full name of the job.

    Jenkins writes its public keys into a bucket. AWS reads them from a Lambda function URL, which
    is the issuer, so it never connects to Jenkins and the bucket stays private.

    Attributes:
        environment: Where Jenkins writes the keys, and its issuer: variables of the controller.
        provider_arn: The provider in IAM.
        role_arns: ARN of each role, by name.
        functions: Its functions.
    """

    def __init__(
        self, context: Context, log_groups: LogGroups, settings: JobIdentitySettings
    ) -> None:
        super().__init__("job-identity", context)
        created = private_bucket(self, "issuer-keys", lifecycle=[_UPLOADS])
        self._bucket_arn = created.bucket.arn
        self._keys = concat(self._bucket_arn, f"/{_KEY}")
        function = Function(
            self,
            log_groups,
            FunctionDefinition(
                ISSUER_KEYS,
                "Serves the public keys of Jenkins to AWS",
                environment={"BUCKET": created.bucket.bucket, "KEY": _KEY},
                modules=["issuer_keys"],
                grants=[self._grant_read],
                timeout_seconds=10,
            ),
        )
        issuer = function.public_url(ISSUER_KEYS).apply(lambda known: known.rstrip("/"))
        provider = aws.iam.OpenIdConnectProvider(
            f"{context.name}-jobs",
            url=issuer,
            client_id_lists=[AUDIENCE],
            tags=context.tags("jobs"),
            opts=self.child(),
        )
        self.provider_arn = provider.arn
        self.environment: dict[str, pulumi.Input[str]] = {
            "JENKINS_OIDC_ISSUER": issuer,
            "JENKINS_OIDC_KEYS": concat(created.bucket.bucket, f"/{_KEY}"),
        }
        self.role_arns: dict[str, pulumi.Output[str]] = {}
        for wanted in settings.roles:
            role = Role(
                self,
                f"job-{wanted.name}",
                f"Jobs of Jenkins: {wanted.name}",
                trust=iam.trust_jobs(provider.arn, issuer, AUDIENCE, wanted.jobs),
                path=context.jobs_role_path,
            )
            for index, statement in enumerate(wanted.policy_statements):
                resources, condition = list(statement.resources), statement.condition
                role.allow(iam.allow(f"Job{index}", statement.actions, resources, condition))
            role.attach()
            role.attach_managed(wanted.managed_policy_arns)
            self.role_arns[wanted.name] = role.arn
        self.functions = [function]
        self.register_outputs({"provider_arn": self.provider_arn, "role_arns": self.role_arns})

    def _grant_read(self, role: Role) -> None:
        # With ListBucket S3 answers "not found" for keys that do not exist yet, and not "denied".
        role.allow(
            iam.allow("ReadKeys", ["s3:GetObject"], self._keys),
            iam.allow("FindKeys", ["s3:ListBucket"], self._bucket_arn),
        )

    def grant_publish(self, role: Role) -> None:
        """Let a role write the public keys."""
        role.allow(iam.allow("PublishKeys", ["s3:PutObject"], self._keys))
