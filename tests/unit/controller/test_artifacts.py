"""Artifacts in S3: bucket, permissions, configuration and plugin, only if the input says so."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from jenkins_platform.container_images.builds import more_plugins
from jenkins_platform.controller import jcasc
from jenkins_platform.controller.artifacts import Artifacts
from jenkins_platform.cost import estimate
from jenkins_platform.settings import Settings

from harness.inputs.lean import SMALL
from harness.stacks.parts import parts
from harness.stacks.registered import by_role, of_type, only, statements

S3: dict[str, Any] = {"jenkins": {"artifacts": "s3"}}
STORING: dict[str, Any] = {**SMALL, **S3}
BUCKET = "aws:s3/bucket:Bucket"
DELETING = "S3BlobStoreConfig.delete"


def document(args: dict[str, Any]) -> dict[str, Any]:
    settings = Settings.from_args("jenkins", args)  # type: ignore[arg-type]
    rendered: dict[str, Any] = yaml.safe_load(
        jcasc.render(settings, jcasc.Resolved.placeholders(settings))
    )
    return rendered


@pytest.mark.parametrize(("policy", "keeps"), [("retain", True), ("destroy", False)])
def test_the_bucket_is_kept_as_the_removal_policy_says(policy: str, keeps: bool) -> None:
    bucket = only(parts(Artifacts, {**S3, "removal_policy": policy}), BUCKET)
    assert (bucket.protect, bucket.retain) == (keeps, keeps)
    assert bucket.inputs["forceDestroy"] is not keeps
    assert bucket.ignore_changes == ("bucket",), "another name would be another bucket"


def test_deleted_artifacts_are_kept_for_a_while() -> None:
    found = parts(Artifacts, S3)
    kind = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    assert only(found, kind).inputs["rules"] == [
        {
            "id": "deleted",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrentVersionExpiration": {"noncurrentDays": 30},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
        }
    ]
    assert "artifacts" in of_type(found, "aws:s3/bucketVersioning:BucketVersioning")


def test_the_controller_stores_artifacts_and_cannot_delete_old_versions() -> None:
    role = by_role("aws:iam/rolePolicy:RolePolicy", STORING)["controller-task"]
    found = statements(role.inputs["policy"])
    assert found["StoreArtifacts"]["Action"] == ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    assert found["StoreArtifacts"]["Resource"].endswith("jenkins-artifacts/*")
    assert found["FindArtifacts"]["Action"] == ["s3:ListBucket", "s3:GetBucketLocation"]
    agents = by_role("aws:iam/rolePolicy:RolePolicy", STORING)
    others = [p.inputs["policy"] for role, p in agents.items() if role != "controller-task"]
    assert not [policy for policy in others if "jenkins-artifacts" in policy]


def test_jenkins_stores_artifacts_and_stashes_there() -> None:
    found = document(S3)
    assert found["unclassified"]["artifactManager"] == {
        "artifactManagerFactories": [{"jclouds": {"provider": "s3"}}]
    }
    assert found["aws"] == {
        "awsCredentials": {"region": "region"},
        "s3": {"container": "jenkins-artifacts", "prefix": ""},
    }


def test_builds_take_their_artifacts_and_stashes_with_them() -> None:
    options = by_role("aws:ecs/taskDefinition:TaskDefinition", STORING)["controller"]
    assert options.inputs["containerDefinitions"].count(f"{DELETING}Artifacts=true") == 1
    assert options.inputs["containerDefinitions"].count(f"{DELETING}Stashes=true") == 1


def test_nothing_of_it_is_there_by_default() -> None:
    assert set(by_role(BUCKET, STORING)) == {"configuration", "artifacts"}
    assert set(by_role(BUCKET, SMALL)) == {"configuration"}
    assert "aws" not in document({})
    assert "artifactManager" not in document({})["unclassified"]
    controller = by_role("aws:ecs/taskDefinition:TaskDefinition", SMALL)["controller"]
    assert DELETING not in controller.inputs["containerDefinitions"]


@pytest.mark.parametrize(("args", "expected"), [({}, []), (S3, ["artifact-manager-s3"])])
def test_the_image_has_the_plugin_only_with_artifacts_in_s3(
    args: dict[str, Any], expected: list[str]
) -> None:
    assert more_plugins(Settings.from_args("jenkins", args)) == expected  # type: ignore[arg-type]


def test_the_estimate_counts_artifacts_in_s3() -> None:
    use = {"usage_estimate": {"artifact_gb": 100}}
    for args, expected in (({}, []), (S3, [100])):
        settings = Settings.from_args("jenkins", {**args, **use})  # type: ignore[arg-type]
        lines = estimate(settings, "eu-central-1").lines
        assert [line.quantity for line in lines if line.price == "s3_gb_month"] == expected
