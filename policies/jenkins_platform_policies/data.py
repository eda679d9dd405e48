"""Rules for what holds data: encrypted, closed, kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pulumi_policy import Policy

from .identity import statements
from .rule import Properties, listed, rule, stack_rule

FILE_SYSTEM = "aws:efs/fileSystem:FileSystem"
FILE_SYSTEM_POLICY = "aws:efs/fileSystemPolicy:FileSystemPolicy"
ACCESS_POINT = "aws:efs/accessPoint:AccessPoint"
BUCKET = "aws:s3/bucket:Bucket"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BUCKET_ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
REPOSITORY = "aws:ecr/repository:Repository"
CACHE_MARK = "cache"
"""A repository with this in its name may have mutable tags: build caches overwrite theirs."""


def _encrypted_home(props: Properties) -> Iterator[str]:
    if not props.get("encrypted"):
        yield "is not encrypted at rest. Set encrypted to true; it cannot be changed later"


def _file_system_policy(props: Properties) -> Iterator[str]:
    allowed = [s for s in statements(props.get("policy")) if s.get("Effect") == "Allow"]
    for statement in allowed:
        principal = statement.get("Principal")
        if principal == "*" or "*" in listed(dict(principal or {}).get("AWS")):
            yield "lets any principal mount. Name the role"
        if "elasticfilesystem:ClientRootAccess" in listed(statement.get("Action")):
            yield "grants root access (ClientRootAccess). Clients do not need it"
        if "aws:SecureTransport" not in json.dumps(statement.get("Condition") or {}):
            yield "allows mounts without TLS. Add the condition aws:SecureTransport"


def _access_point(props: Properties) -> Iterator[str]:
    user = props.get("posixUser") or {}
    if not user or user.get("uid") == 0:
        yield "works as root. Give it a POSIX user of its own"
    if (props.get("rootDirectory") or {}).get("path") in (None, "/"):
        yield "shows the whole file system. Give it a directory of its own"


def _immutable(props: Properties) -> Iterator[str]:
    if CACHE_MARK in str(props.get("name", "")):
        return
    if props.get("imageTagMutability", "MUTABLE") == "MUTABLE":
        yield "lets tags be overwritten. Set imageTagMutability to IMMUTABLE"


def _scanned(props: Properties) -> Iterator[str]:
    if not (props.get("imageScanningConfiguration") or {}).get("scanOnPush"):
        yield "does not scan what is pushed. Set scanOnPush to true"


def _rotated(props: Properties) -> Iterator[str]:
    symmetric = props.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
    if symmetric and not props.get("enableKeyRotation"):
        yield "is never rotated. Set enableKeyRotation to true"


def _kept_logs(props: Properties) -> Iterator[str]:
    if not props.get("retentionInDays"):
        yield "keeps logs for ever. Set retentionInDays"


def _encrypted_topic(props: Properties) -> Iterator[str]:
    if not props.get("kmsMasterKeyId"):
        yield "is not encrypted. Set kmsMasterKeyId"


def _buckets(resources: list[Any]) -> Iterator[tuple[str, str]]:
    """Every bucket has encryption, a block of public access, and turns plain HTTP away."""

    def of(kind: str) -> dict[str, Any]:
        return {r.props.get("bucket"): r.props for r in resources if r.resource_type == kind}

    blocks, encryption, policies = of(PUBLIC_ACCESS_BLOCK), of(BUCKET_ENCRYPTION), of(BUCKET_POLICY)
    wanted = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    for resource in (r for r in resources if r.resource_type == BUCKET):
        name = resource.props.get("bucket")
        if name not in encryption:
            yield f"bucket '{name}' has no encryption configuration", resource.urn
        if not all(blocks.get(name, {}).get(key) for key in wanted):
            yield f"bucket '{name}' does not block public access wholly", resource.urn
        if "aws:SecureTransport" not in str(policies.get(name, {}).get("policy", "")):
            yield f"bucket '{name}' takes requests without TLS", resource.urn


POLICIES: list[Policy] = [
    rule("efs-encrypted", "File systems are encrypted at rest.", (FILE_SYSTEM,), _encrypted_home),
    rule(
        "efs-policy-scoped",
        "File system policies name the role, ask for TLS and give no root access.",
        (FILE_SYSTEM_POLICY,),
        _file_system_policy,
    ),
    rule(
        "efs-access-point-user",
        "Access points have a user and a directory of their own.",
        (ACCESS_POINT,),
        _access_point,
    ),
    rule("ecr-immutable-tags", "Image tags cannot be overwritten.", (REPOSITORY,), _immutable),
    rule("ecr-scan-on-push", "Images are scanned when they are pushed.", (REPOSITORY,), _scanned),
    rule("kms-rotation", "Keys are rotated.", ("aws:kms/key:Key",), _rotated),
    rule("logs-retention", "Logs end some day.", ("aws:cloudwatch/logGroup:LogGroup",), _kept_logs),
    rule("sns-encrypted", "Topics are encrypted.", ("aws:sns/topic:Topic",), _encrypted_topic),
    stack_rule("s3-closed", "Buckets are encrypted, closed, and reached by TLS only.", _buckets),
]
