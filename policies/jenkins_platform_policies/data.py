"""Rules for resources that hold data."""

from __future__ import annotations

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
"""Repositories with this in their name may have mutable tags: build caches overwrite them."""


def _encrypted_home(props: Properties) -> Iterator[str]:
    if not props.get("encrypted"):
        yield "is not encrypted at rest. Set encrypted to true; it cannot be changed later"


def _file_system_policy(props: Properties) -> Iterator[str]:
    allowed = [s for s in statements(props.get("policy")) if s.get("Effect") == "Allow"]
    for statement in allowed:
        principal = statement.get("Principal")
        if principal == "*" or "*" in listed(dict(principal or {}).get("AWS")):
            yield "allows any principal to mount. Name the role"
        if "elasticfilesystem:ClientRootAccess" in listed(statement.get("Action")):
            yield "grants root access (ClientRootAccess). Clients do not need it"
        secure = ((statement.get("Condition") or {}).get("Bool") or {}).get("aws:SecureTransport")
        if [str(value).lower() for value in listed(secure)] != ["true"]:
            yield "allows mounts without TLS. Add the condition aws:SecureTransport"


def _access_point(props: Properties) -> Iterator[str]:
    user = props.get("posixUser") or {}
    if not user or user.get("uid") == 0:
        yield "has no POSIX user, or root. Set a POSIX user other than root"
    if (props.get("rootDirectory") or {}).get("path") in (None, "/"):
        yield "exposes the whole file system. Set a root directory"


def _immutable(props: Properties) -> Iterator[str]:
    if CACHE_MARK in str(props.get("name", "")):
        return
    if props.get("imageTagMutability", "MUTABLE") == "MUTABLE":
        yield "allows tags to be overwritten. Set imageTagMutability to IMMUTABLE"


def _scanned(props: Properties) -> Iterator[str]:
    if not (props.get("imageScanningConfiguration") or {}).get("scanOnPush"):
        yield "does not scan pushed images. Set scanOnPush to true"


def _rotated(props: Properties) -> Iterator[str]:
    symmetric = props.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
    if symmetric and not props.get("enableKeyRotation"):
        yield "is not rotated. Set enableKeyRotation to true"


def _kept_logs(props: Properties) -> Iterator[str]:
    if not props.get("retentionInDays"):
        yield "keeps logs forever. Set retentionInDays"


def _encrypted_topic(props: Properties) -> Iterator[str]:
    if not props.get("kmsMasterKeyId"):
        yield "is not encrypted. Set kmsMasterKeyId"


def _buckets(resources: list[Any]) -> Iterator[tuple[str, str]]:
    """Every bucket has encryption and a public access block, and rejects plain HTTP."""

    def of(kind: str) -> dict[str, Any]:
        return {r.props.get("bucket"): r.props for r in resources if r.resource_type == kind}

    blocks, encryption, policies = of(PUBLIC_ACCESS_BLOCK), of(BUCKET_ENCRYPTION), of(BUCKET_POLICY)
    wanted = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    for resource in (r for r in resources if r.resource_type == BUCKET):
        name = resource.props.get("bucket")
        if name not in encryption:
            yield f"bucket '{name}' has no encryption configuration", resource.urn
        if not all(blocks.get(name, {}).get(key) for key in wanted):
            yield f"bucket '{name}' does not block all public access", resource.urn
        if "aws:SecureTransport" not in str(policies.get(name, {}).get("policy", "")):
            yield f"bucket '{name}' accepts requests without TLS", resource.urn


POLICIES: list[Policy] = [
    rule("efs-encrypted", "File systems are encrypted at rest.", (FILE_SYSTEM,), _encrypted_home),
    rule(
        "efs-policy-scoped",
        "File system policies name the role, require TLS and grant no root access.",
        (FILE_SYSTEM_POLICY,),
        _file_system_policy,
    ),
    rule(
        "efs-access-point-user",
        "Access points have a dedicated user and directory.",
        (ACCESS_POINT,),
        _access_point,
    ),
    rule("ecr-immutable-tags", "Image tags cannot be overwritten.", (REPOSITORY,), _immutable),
    rule("ecr-scan-on-push", "Images are scanned on push.", (REPOSITORY,), _scanned),
    rule("kms-rotation", "Keys are rotated.", ("aws:kms/key:Key",), _rotated),
    rule(
        "logs-retention",
        "Log groups have a retention.",
        ("aws:cloudwatch/logGroup:LogGroup",),
        _kept_logs,
    ),
    rule("sns-encrypted", "Topics are encrypted.", ("aws:sns/topic:Topic",), _encrypted_topic),
    stack_rule("s3-closed", "Buckets are encrypted, not public, and require TLS.", _buckets),
]
