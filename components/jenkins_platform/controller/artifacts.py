"""Artifacts: an S3 bucket for artifacts and stashes of builds."""

from __future__ import annotations

from .. import iam
from ..base.context import Context, SubComponent
from ..base.private_bucket import private_bucket
from ..base.roles import Role

PLUGIN = "artifact-manager-s3"
_CONFIGURATION = "io.jenkins.plugins.artifact_manager_jclouds.s3.S3BlobStoreConfig"
JAVA_OPTIONS = (
    f"-D{_CONFIGURATION}.deleteArtifacts=true",
    f"-D{_CONFIGURATION}.deleteStashes=true",
)
"""By default the plugin never deletes. Here builds take their artifacts with them, and S3 keeps
deleted ones for a while."""
DELETED_DAYS = 30
"""Days for which deleted and overwritten objects are kept."""
_UPLOAD_DAYS = 7


class Artifacts(SubComponent):
    """A versioned bucket that only the controller's role uses; agents and browsers get presigned
    URLs from Jenkins. It holds data of users, so it is retained.

    Attributes:
        bucket: The bucket.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("artifacts", context)
        self.bucket = private_bucket(
            self,
            "artifacts",
            lifecycle=[
                {
                    "id": "deleted",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrent_version_expiration": {"noncurrent_days": DELETED_DAYS},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": _UPLOAD_DAYS},
                }
            ],
            versioned=True,
            holds_data=True,
        ).bucket
        self.register_outputs({"bucket": self.bucket.bucket})

    def grant_store(self, role: Role) -> None:
        """Let a role store, read and delete artifacts, but not their older versions."""
        role.allow(*iam.store_artifacts(self.bucket.arn))
