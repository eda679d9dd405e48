"""What replaces a network, a balancer, a key or a name, changed on a platform with everything on.

A default platform hides these cases: it has one NAT gateway, no web ACL and no dedicated keys.
"""

from __future__ import annotations

from typing import Any

import pytest
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.inputs.lean import READY_IMAGES
from harness.stacks.engine import Stack, platform_program

pytestmark = pytest.mark.long

KEY = {"create": {"rotation_days": 180, "deletion_window_days": 7}}
HOLDERS = (
    "aws:efs/fileSystem:FileSystem jenkins-home",
    "aws:efs/accessPoint:AccessPoint jenkins-home",
    "aws:backup/vault:Vault jenkins-backup",
    "aws:secretsmanager/secret:Secret jenkins-admin-password",
)
REFUSED: dict[str, dict[str, Any]] = {
    "network.cidr_block": {"network": {"cidr_block": "10.7.0.0/16"}},
    "network.availability_zones": {
        "network": {"availability_zones": ["eu-central-1c", "eu-central-1b", "eu-central-1a"]}
    },
    "network.existing": {
        "network": {
            "availability_zone_count": None,
            "nat": None,
            "endpoint_services": None,
            "existing": {
                "vpc_id": "vpc-0a1b2c3d",
                "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-0a1b2c3e", "subnet-0a1b2c3f"],
                "public_subnet_ids": ["subnet-1a1b2c3d", "subnet-1a1b2c3e"],
            },
        },
        "monitoring": {"flow_logs": None},
    },
    "name_prefix": {"name_prefix": "acme-ci"},
    "storage.encryption_key": {"storage": {"encryption_key": None}},
    "storage.performance_mode": {
        "storage": {"performance_mode": "maxIO", "throughput_mode": "bursting"}
    },
    "backup.encryption_key": {"backup": {"encryption_key": None}},
    "images.kms_key_arn": {
        "images": {"kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/a-b"}
    },
}
"""Changes that cannot keep the home or its name."""
CHANGES: dict[str, dict[str, Any]] = {
    "fewer zones": {"network": {"availability_zone_count": 2}},
    "scheme": {"load_balancer": {"scheme": "internal"}},
    "NAT and endpoints": {"network": {"nat": "single", "endpoint_services": []}},
    "public subnets": {"network": {"nat": "public-subnets", "endpoint_services": []}},
    "how agents connect": {"agent_cloud": {"connection": "web-socket"}},
    "keys, logs and the firewall": {
        "monitoring": {"log_key": None, "flow_logs": None},
        "load_balancer": {"web_acl": None, "access_logs": None},
    },
    "schedule, agents and names of containers": {
        "schedule": None,
        "agents": [{"name": "other", "architecture": "arm64"}],
        "controller": {"architecture": "arm64"},
    },
}
"""Changes that end, forth and back, in a platform that needs no further change."""


class Rich(Stack):
    """The stack, with the inputs that a test changes."""

    args: dict[str, Any]


def rich(certificate: str) -> dict[str, Any]:
    return {
        "removal_policy": "destroy",
        "network": {
            "availability_zone_count": 3,
            "nat": "one-per-zone",
            "endpoint_services": ["sqs", "ecr.api"],
        },
        "load_balancer": {
            "scheme": "internet-facing",
            "domain_name": "ci.example.com",
            "certificate": {"existing": certificate},
            "allowed_cidrs": ["203.0.113.0/24", "2001:db8::/32"],
            "access_logs": {"retention_days": 60},
            "web_acl": {"rate_limit": 5000},
        },
        "storage": {"encryption_key": KEY},
        "backup": {"encryption_key": KEY},
        "images": {**READY_IMAGES, "application_repositories": ["shop"]},
        "agent_cloud": {"connection": "network-load-balancer"},
        "agents": [
            {"name": "linux"},
            {
                "name": "deploy",
                "policy_statements": [
                    {"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::site/*"]}
                ],
            },
        ],
        "schedule": {
            "time_zone": "UTC",
            "windows": [{"start": "07:00", "end": "19:00"}],
            "wake_page": True,
        },
        "monitoring": {"level": "all", "log_key": KEY, "flow_logs": {}},
    }


def changed(args: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The inputs with a change merged in; None removes an input."""
    result = dict(args)
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = changed(result[key], value)
        elif value is None:
            result.pop(key, None)
        else:
            result[key] = value
    return result


@pytest.fixture(scope="module")
def stack(
    cloud: LocalCloud, pulumi_command: auto.PulumiCommand, tmp_path_factory: pytest.TempPathFactory
) -> Rich:
    certificate = cloud.client("acm").request_certificate(DomainName="ci.example.com")
    args = rich(certificate["CertificateArn"])
    folder = tmp_path_factory.mktemp("rich")
    made = Rich(cloud, folder, pulumi_command, platform_program(args), "rich")
    made.args = args
    made.up()
    return made


def zones_of_the_home(cloud: LocalCloud) -> set[str]:
    efs = cloud.client("efs")
    (home,) = efs.describe_file_systems()["FileSystems"]
    targets = efs.describe_mount_targets(FileSystemId=home["FileSystemId"])["MountTargets"]
    return {target["AvailabilityZoneName"] for target in targets}


def in_aws(stack: Rich) -> dict[str, Any]:
    """Outputs of the resources in AWS. Stashes, which record what was asked for, are not."""
    found = [r for r in stack.resources() if r["custom"] and r["type"] != "pulumi:index:Stash"]
    return {r["urn"]: r.get("outputs") for r in found}


@pytest.mark.parametrize("name", REFUSED)
def test_a_change_that_cannot_succeed_is_refused_before_anything_changes(
    stack: Rich, name: str
) -> None:
    before = in_aws(stack)
    stack.program = platform_program(changed(stack.args, REFUSED[name]))
    with pytest.raises(auto.CommandError):
        stack.up()  # without a preview
    after = in_aws(stack)
    assert {urn for urn in before | after if before.get(urn) != after.get(urn)} == set()
    refused = [error for error in stack.errors if "it was created with" in error]
    assert refused, stack.errors
    assert name in refused[0]


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_forth_and_back_converges(stack: Rich, cloud: LocalCloud, name: str) -> None:
    for change in (CHANGES[name], {}):
        stack.program = platform_program(changed(stack.args, change))
        stack.up()
        assert stack.changes, "the inputs change at least one resource"
        assert {stack.changes.get(holder, "same") for holder in HOLDERS} <= {"same", "update"}
        count = 2 if name == "fewer zones" and change else 3
        assert len(zones_of_the_home(cloud)) == count
        stack.up()
        assert stack.changes == {}
