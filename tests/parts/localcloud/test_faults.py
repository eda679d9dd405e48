"""Injected faults of the providers' calls, and their responses in each protocol."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import botocore.exceptions
import pytest
from localcloud.emulator import Emulator, Faults
from localcloud.providers.accounts import Account, Accounts


def hits(faults: Faults, *operations: str) -> list[bool]:
    return [faults.hit(operation) is not None for operation in operations]


def faults(*wanted: dict[str, Any], seed: int = 0) -> Faults:
    made = Faults()
    made.replace(list(wanted), seed)
    return made


def test_a_fault_applies_to_operations_that_match_its_pattern() -> None:
    both = faults({"operation": "Create*"}, {"operation": "DeleteVp?"})
    assert hits(both, "CreateVpc", "DeleteVpc", "DeleteVpcs", "createVpc", "") == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_fault_applies_as_often_as_configured() -> None:
    twice = faults({"operation": "A", "times": 2})
    assert hits(twice, "A", "A", "A") == [True, True, False]
    assert twice.active[0].hits == 2
    assert not any(hits(faults({"operation": "A", "times": 0}), "A"))


def test_an_exhausted_fault_is_followed_by_the_next_match() -> None:
    both = faults({"operation": "A", "times": 1, "code": "One"}, {"operation": "*", "code": "Two"})
    codes = [fault.code for fault in (both.hit("A"), both.hit("A")) if fault]
    assert codes == ["One", "Two"]


def test_a_rate_is_reproducible_with_a_seed() -> None:
    def row(seed: int) -> list[bool]:
        return hits(faults({"operation": "A", "share": 0.5}, seed=seed), *["A"] * 40)

    assert row(1) == row(1)
    assert row(1) != row(2)
    assert 5 < sum(row(1)) < 35


@pytest.mark.parametrize(
    ("service", "call", "operation"),
    [
        ("ec2", "describe_vpcs", "DescribeVpcs"),
        ("sqs", "list_queues", "ListQueues"),
        ("s3", "list_buckets", "ListBuckets"),
        ("lambda", "list_functions", "ListFunctions"),
        ("route53", "list_hosted_zones", "ListHostedZones"),
        ("cloudwatch", "describe_alarms", "DescribeAlarms"),
        ("iam", "list_roles", "ListRoles"),
        ("efs", "describe_file_systems", "DescribeFileSystems"),
        ("sns", "list_topics", "ListTopics"),
        ("ecs", "list_clusters", "ListClusters"),
        ("elbv2", "describe_load_balancers", "DescribeLoadBalancers"),
        ("backup", "list_backup_vaults", "ListBackupVaults"),
        ("logs", "describe_log_groups", "DescribeLogGroups"),
    ],
)
def test_an_injected_error_is_parsed_in_every_protocol(
    emulator: Emulator, service: str, call: str, operation: str
) -> None:
    client = Accounts(emulator.endpoint).client(service, Account("eu-central-1"))
    emulator.faults.replace([{"operation": operation, "code": "Refused", "status": 403}], 0)
    with pytest.raises(botocore.exceptions.ClientError) as refusal:
        getattr(client, call)()
    emulator.faults.replace([], 0)
    assert refusal.value.response["Error"]["Code"] == "Refused"
    assert refusal.value.response["Error"]["Message"] == "refused by the embedded cloud"
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    getattr(client, call)()


def test_faults_apply_to_the_providers_only(emulator: Emulator) -> None:
    import boto3

    emulator.faults.replace([{"operation": "*", "code": "Refused"}], 0)
    plain = boto3.client(
        "sts",
        region_name="eu-central-1",
        endpoint_url=emulator.endpoint,
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    assert plain.get_caller_identity()["Account"]
    emulator.faults.replace([], 0)


def test_a_fault_can_only_slow_down(emulator: Emulator) -> None:
    client = Accounts(emulator.endpoint).client("sts", Account("eu-central-1"))
    emulator.faults.replace([{"operation": "*", "code": "", "delay": 0.01}], 0)
    assert client.get_caller_identity()["Account"]
    assert emulator.faults.active[0].hits == 1
    emulator.faults.replace([], 0)


def test_unimplemented_calls_fail_immediately(emulator: Emulator) -> None:
    client = Accounts(emulator.endpoint).client("efs", Account("eu-central-1"))
    with pytest.raises(botocore.exceptions.ClientError) as refusal:
        client.update_file_system(FileSystemId="fs-1")
    assert refusal.value.response["Error"]["Code"] == "NotImplemented"
    assert refusal.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_the_emulator_reports_its_state(emulator: Emulator) -> None:
    def about(topic: str, body: bytes | None = None) -> Any:
        headers = {"Content-Type": "application/json"} if body else {}
        request = urllib.request.Request(f"{emulator.endpoint}/localcloud/{topic}", body, headers)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read())

    nothing_runs = {"runs_tasks": False, "reason": "it was not asked to"}
    assert about("health") == {"session": "session", **nothing_runs}
    assert about("recorded") == {}
    asked = {"faults": [{"operation": "A", "times": 3}], "seed": 7}
    assert about("faults", json.dumps(asked).encode()) == about("faults")
    assert about("faults")[0]["times"] == 3
    emulator.faults.replace([], 0)
