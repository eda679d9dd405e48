"""Checkov, a static scanner, for deployed resources: task definitions, roles, all policy documents.

It reads CloudFormation, so these are written as a template first. Most properties have the same
names there, capitalized.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.aws.linter import Finding

CHECKOV = Path(sys.prefix) / "scan" / "bin" / "checkov"
"""Has a separate environment, which ``make test-long`` installs: it pins a hundred packages."""
_TYPES = {
    "aws:ecs/taskDefinition:TaskDefinition": "AWS::ECS::TaskDefinition",
    "aws:ecr/repository:Repository": "AWS::ECR::Repository",
    "aws:efs/fileSystem:FileSystem": "AWS::EFS::FileSystem",
    "aws:iam/role:Role": "AWS::IAM::Role",
    "aws:iam/rolePolicy:RolePolicy": "AWS::IAM::ManagedPolicy",
    "aws:kms/key:Key": "AWS::KMS::Key",
    "aws:s3/bucketPolicy:BucketPolicy": "AWS::S3::BucketPolicy",
    "aws:sns/topicPolicy:TopicPolicy": "AWS::SNS::TopicPolicy",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "AWS::EC2::VPCEndpoint",
    "aws:backup/vault:Vault": "AWS::Backup::BackupVault",
}
_JOINED = {
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "aws:ecr/repository:Repository",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": "aws:efs/fileSystem:FileSystem",
    "aws:backup/vaultPolicy:VaultPolicy": "aws:backup/vault:Vault",
}
"""Policies that CloudFormation defines on their resource: they have its name."""
_POLICIES = {
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::EFS::FileSystem": "FileSystemPolicy",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::Backup::BackupVault": "AccessPolicy",
}
"""The property of a resource's policy where it is not ``PolicyDocument``."""
_NAMES = {
    "assumeRolePolicy": "AssumeRolePolicyDocument",
    "efsVolumeConfiguration": "EFSVolumeConfiguration",
    "fileSystemId": "FilesystemId",
    "iam": "IAM",
}
"""Properties with another name."""


def template(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The deployed resources of a state as a CloudFormation template."""
    found: dict[str, Any] = {}
    for one in resources:
        kind = _JOINED.get(one["type"], one["type"])
        if kind in _TYPES:
            # Checkov rejects a template with a full stop in a name.
            name = one["urn"].rsplit("::", 1)[-1].replace(".", "-")
            logical = f"{kind.rsplit(':', 1)[-1]} {name}"
            entry = found.setdefault(logical, {"Type": _TYPES[kind], "Properties": {}})
            entry["Properties"] |= dict(_properties(_TYPES[kind], one.get("inputs", {})))
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": found}


def scan(resources: list[dict[str, Any]], folder: Path) -> tuple[int, list[Finding]]:
    """The number of passed checks, and the failed ones."""
    file = folder / "template.json"
    file.write_text(json.dumps(template(resources), indent=1))
    run = subprocess.run(
        [CHECKOV, "--file", file, "--framework", "cloudformation", "--output", "json"],
        capture_output=True,
        text=True,
    )
    assert run.stdout, run.stderr[-2000:]
    report = json.loads(run.stdout)
    assert report["summary"]["parsing_errors"] == 0, report["results"]["parsing_errors"]
    failed = report["results"]["failed_checks"]
    return report["summary"]["passed"], [
        Finding(f["resource"].split(".", 1)[-1], f["check_id"], f["check_name"]) for f in failed
    ]


def _properties(kind: str, inputs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in inputs.items():
        if key.startswith("__") or key == "tags":
            continue
        if key == "policy":
            yield _POLICIES.get(kind, "PolicyDocument"), json.loads(value)
        elif key == "assumeRolePolicy":
            yield _NAMES[key], json.loads(value)
        elif key == "containerDefinitions":
            yield _capital(key), _renamed(json.loads(value))
        else:
            yield _capital(key), _renamed(value)


def _capital(key: str) -> str:
    return _NAMES.get(key) or key[:1].upper() + key[1:]


def _renamed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_capital(key): _renamed(inner) for key, inner in value.items()}
    return [_renamed(inner) for inner in value] if isinstance(value, list) else value
