"""The JCasC document in S3: versioned, encrypted, private, and written after its guards."""

from __future__ import annotations

import pytest
from jenkins_platform.testing import Registration

from harness.inputs.lean import SMALL
from harness.stacks.parts import configuration, parts
from harness.stacks.registered import dependencies, inputs, one, only

DOCUMENT = "aws:s3/bucketObjectv2:BucketObjectv2"


@pytest.fixture(scope="module")
def default() -> list[Registration]:
    return parts(configuration, SMALL)


def test_the_document_is_an_object_of_its_bucket() -> None:
    document = inputs(one(DOCUMENT, SMALL))
    content = document.pop("content")
    assert document == {
        "bucket": "jenkins-configuration-bucket",
        "key": "jenkins.yaml",
        "contentType": "application/yaml",
        "overrideProvider": {"defaultTags": {"tags": {}}},
    }
    for expected in (
        'regionName: "eu-central-1"',
        "arn:aws:mock:eu-central-1:123456789012:jenkins-agents",
        "jenkins-abcdef-agent-linux",
        "subnet-0a1b2c3d",
        "jenkins-agents-id",
        "controller.jenkins-abcdef.internal:50000",
    ):
        assert expected in content
    assert "a-generated-value" not in content


def test_the_document_waits_until_its_bucket_is_private(default: list[Registration]) -> None:
    for token in (
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        ("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"),
    ):
        assert dependencies(only(default, DOCUMENT), token) == {"configuration"}, token


def test_old_versions_are_kept_for_rollbacks_and_then_expire(default: list[Registration]) -> None:
    versioning = only(default, "aws:s3/bucketVersioning:BucketVersioning")
    assert versioning.inputs["versioningConfiguration"] == {"status": "Enabled"}
    lifecycle = only(default, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    assert lifecycle.inputs["rules"] == [
        {
            "id": "old-versions",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrentVersionExpiration": {"noncurrentDays": 90},
        }
    ]


def test_agents_connect_through_the_network_load_balancer_where_there_is_one() -> None:
    agent_cloud = {"connection": "network-load-balancer"}
    found = parts(configuration, {**SMALL, "agent_cloud": agent_cloud})
    content = only(found, DOCUMENT).inputs["content"]
    assert "jenkins-nlb.example.com:50000" in content
    assert "http://jenkins-nlb.example.com:8080/" in content
