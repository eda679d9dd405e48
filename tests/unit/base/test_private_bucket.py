"""Buckets: encrypted, closed to the public and to plain HTTP."""

from __future__ import annotations

import pytest

from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role, inputs, statements

ROLES = ["access-logs", "artifacts", "configuration"]
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)


@pytest.mark.parametrize("role", ROLES)
def test_a_bucket_is_private_and_encrypted(role: str) -> None:
    bucket = f"jenkins-{role}-bucket"
    block = by_role("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", EVERYTHING)[role]
    assert inputs(block) == {
        "bucket": bucket,
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }
    assert inputs(by_role(ENCRYPTION, EVERYTHING)[role]) == {
        "bucket": bucket,
        "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
    }


@pytest.mark.parametrize("role", ROLES)
def test_a_bucket_refuses_requests_without_tls(role: str) -> None:
    policy = by_role("aws:s3/bucketPolicy:BucketPolicy", EVERYTHING)[role]
    assert policy.inputs["bucket"] == f"jenkins-{role}-bucket"
    arn = f"arn:aws:mock:eu-central-1:{ACCOUNT}:jenkins-{role}"
    (denied,) = [s for s in statements(policy.inputs["policy"]).values() if s["Effect"] == "Deny"]
    assert denied == {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_every_bucket_is_a_private_one() -> None:
    assert set(by_role("aws:s3/bucket:Bucket", EVERYTHING)) == set(ROLES)


def test_old_versions_expire_only_where_there_are_versions() -> None:
    versioned = by_role("aws:s3/bucketVersioning:BucketVersioning", EVERYTHING)
    assert {role: v.inputs["bucket"] for role, v in versioned.items()} == {
        "artifacts": "jenkins-artifacts-bucket",
        "configuration": "jenkins-configuration-bucket",
    }


def test_only_artifacts_are_kept_like_data() -> None:
    buckets = by_role("aws:s3/bucket:Bucket", EVERYTHING)
    kept = {role: (b.protect, b.retain, b.inputs["forceDestroy"]) for role, b in buckets.items()}
    assert kept == {
        "access-logs": (False, False, True),
        "artifacts": (True, True, False),
        "configuration": (False, False, True),
    }
