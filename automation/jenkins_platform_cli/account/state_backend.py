"""The state backend that ``jenkins-platform init`` creates: an S3 bucket and a KMS key."""

from __future__ import annotations

import json
from typing import Any

import botocore.exceptions

ALIAS = "alias/jenkins-platform-state"
KEPT_VERSIONS_DAYS = 365
_NOT_FOUND = ("404", "NoSuchBucket")


def bucket_name(account: str, region: str) -> str:
    """Name of the state bucket: one for each account and region."""
    return f"jenkins-platform-state-{account}-{region}"


def create_bucket(s3: Any, name: str, region: str, key_arn: str) -> bool:
    """Create a versioned, encrypted, private, TLS-only bucket. Returns True if it is new.

    Every setting is written each time: a second run completes an interrupted first one.
    """
    try:
        s3.head_bucket(Bucket=name)
        new = False
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_FOUND:
            raise
        where = {} if region == "us-east-1" else {"LocationConstraint": region}
        s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": where} if where else {}))
        new = True
    s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    )
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": key_arn,
                    },
                    "BucketKeyEnabled": True,
                }
            ]
        },
    )
    s3.put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "old-versions",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": KEPT_VERSIONS_DAYS},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                }
            ]
        },
    )
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(_tls_only(name)))
    return new


def _tls_only(name: str) -> dict[str, Any]:
    bucket = f"arn:aws:s3:::{name}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DenyInsecureTransport",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": [bucket, f"{bucket}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def create_key(kms: Any) -> tuple[str, bool]:
    """The key of the state, rotated yearly and found by its alias. True if it is new."""
    try:
        return kms.describe_key(KeyId=ALIAS)["KeyMetadata"]["Arn"], False
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
    key = kms.create_key(
        Description="Pulumi state of jenkins-platform and the secrets in it",
        Tags=[{"TagKey": "JenkinsPlatform", "TagValue": "state"}],
    )["KeyMetadata"]
    kms.enable_key_rotation(KeyId=key["KeyId"])
    kms.create_alias(AliasName=ALIAS, TargetKeyId=key["KeyId"])
    return key["Arn"], True


def backend_url(bucket: str, region: str, endpoint: str = "") -> str:
    """URL for ``pulumi login``; with an endpoint, path-style addressing."""
    other = f"&endpoint={endpoint}&use_path_style=true" if endpoint else ""
    return f"s3://{bucket}?region={region}&awssdk=v2{other}"


def secrets_provider(key_arn: str, region: str) -> str:
    """URL of the secrets provider that encrypts secrets in the state."""
    return f"awskms:///{key_arn}?region={region}&awssdk=v2"
