"""The JCasC document in S3: versioned, encrypted, private, and written after its guards."""

from __future__ import annotations

from harness.stacks.registered import EVERYTHING, by_role, dependencies, inputs, one

DOCUMENT = "aws:s3/bucketObjectv2:BucketObjectv2"


def test_the_document_is_an_object_of_its_bucket() -> None:
    document = inputs(one(DOCUMENT))
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
        "jenkins-private-0-id",
        "jenkins-agents-id",
        "controller.jenkins-abcdef.internal:50000",
    ):
        assert expected in content
    assert "a-generated-value" not in content


def test_the_document_waits_until_its_bucket_is_private() -> None:
    for token in (
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        ("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"),
    ):
        assert dependencies(one(DOCUMENT), token) == {"configuration"}, token


def test_old_versions_are_kept_for_rollbacks_and_then_expire() -> None:
    versioning = one("aws:s3/bucketVersioning:BucketVersioning")
    assert versioning.inputs["versioningConfiguration"] == {"status": "Enabled"}
    lifecycle = one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    assert lifecycle.inputs["rules"] == [
        {
            "id": "old-versions",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrentVersionExpiration": {"noncurrentDays": 90},
        }
    ]


def test_agents_connect_through_the_network_load_balancer_where_there_is_one() -> None:
    content = by_role(DOCUMENT, EVERYTHING)["configuration"].inputs["content"]
    assert "jenkins-nlb.example.com:50000" in content
    assert "http://jenkins-nlb.example.com:8080/" in content
