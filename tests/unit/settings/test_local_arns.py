"""Existing resources must be in the platform's partition, region and account."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform import JenkinsPlatform
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.settings.checks.local_arns import elsewhere
from jenkins_platform.testing import register

from harness.inputs.lean import SMALL


def resources(region: str) -> Any:
    def arn(service: str, resource: str) -> str:
        return f"arn:aws:{service}:{region}:123456789012:{resource}"

    key = {"existing": arn("kms", "key/a-b")}
    return {
        "load_balancer": {
            "certificate": {"existing": arn("acm", "certificate/a-b")},
            "additional_certificate_arns": [arn("acm", "certificate/c-d")],
            "web_acl": {"existing": arn("wafv2", "regional/webacl/a/b")},
        },
        "storage": {"encryption_key": key},
        "backup": {"encryption_key": key},
        "monitoring": {"log_key": key, "topic": {"existing": arn("sns", "alarms")}},
        "images": {"kms_key_arn": key["existing"]},
    }


def problems(args: Any, region: str = "eu-central-1", account: str = "") -> dict[str, str]:
    settings = Settings.from_args("jenkins", args)
    return {p.key: p.message for p in elsewhere(settings, region, account)}


def test_each_resource_of_another_region_is_a_problem() -> None:
    assert sorted(problems(resources("us-east-1"))) == [
        "backup.encryption_key.existing",
        "images.kms_key_arn",
        "load_balancer.additional_certificate_arns[0]",
        "load_balancer.certificate.existing",
        "load_balancer.web_acl.existing",
        "monitoring.log_key.existing",
        "monitoring.topic.existing",
        "storage.encryption_key.existing",
    ]
    assert problems(resources("us-east-1"), "us-east-1") == {}


def secret(region: str, partition: str = "aws", name: str = "s-AbCdEf") -> str:
    return f"arn:{partition}:secretsmanager:{region}:123456789012:secret:{name}"


KEY = "arn:aws:kms:{}:123456789012:key/a-b"
WRONG_REGION: dict[str, Any] = {
    "controller.ephemeral_storage_key_arn": {
        "controller": {"ephemeral_storage_key_arn": KEY.format("us-east-1")}
    },
    "agent_cloud.ephemeral_storage_key_arn": {
        "agent_cloud": {"ephemeral_storage_key_arn": KEY.format("us-east-1")}
    },
    "webhooks.github_secret_arn": {"webhooks": {"github_secret_arn": secret("us-east-1")}},
    "images.pull_through_caches[0].credential_arn": {
        "images": {
            "pull_through_caches": [
                {
                    "prefix": "hub",
                    "upstream": "registry-1.docker.io",
                    "credential_arn": secret("us-east-1", name="ecr-pullthroughcache/hub-AbCdEf"),
                }
            ]
        }
    },
    "backup.copy_to.encryption_key.existing": {
        "backup": {
            "copy_to": {
                "region": "eu-west-1",
                "encryption_key": {"existing": KEY.format("eu-central-1")},
            }
        }
    },
    "storage.replication.encryption_key.existing": {
        "storage": {
            "replication": {
                "region": "eu-west-1",
                "encryption_key": {"existing": KEY.format("eu-central-1")},
            }
        }
    },
    "backup.copy_to.region": {"backup": {"copy_to": {"region": "us-gov-west-1"}}},
    "storage.replication.region": {"storage": {"replication": {"region": "cn-north-1"}}},
    "network.availability_zones[1]": {
        "network": {"availability_zones": ["eu-central-1a", "us-east-1b"]}
    },
    "network.endpoint_services[0]": {
        "network": {"endpoint_services": ["com.amazonaws.us-east-1.sqs"]}
    },
}


@pytest.mark.parametrize("key", WRONG_REGION)
def test_what_must_be_in_one_region_is_a_problem_elsewhere(key: str) -> None:
    assert list(problems(WRONG_REGION[key])) == [key]


def test_containers_read_secrets_of_any_region() -> None:
    secrets = {"A": secret("us-east-1"), "B": "arn:aws:ssm:us-east-1:123456789012:parameter/b"}
    sidecar = {"name": "db", "image": "a/b:1", "secrets": secrets}
    agents = [{"name": "a", "secrets": secrets, "sidecars": [sidecar]}]
    assert problems({"agents": agents, "jenkins": {"secrets": {"C": secret("us-east-1")}}}) == {}


WRONG_PARTITION: dict[str, Any] = {
    "permissions_boundary_arn": {
        "permissions_boundary_arn": "arn:aws-cn:iam::aws:policy/PowerUserAccess"
    },
    "jenkins.secrets.A": {"jenkins": {"secrets": {"A": secret("us-gov-west-1", "aws-us-gov")}}},
    "agents[0].secrets.A": {
        "agents": [{"name": "a", "secrets": {"A": secret("cn-north-1", "aws-cn")}}]
    },
    "agents[0].assumable_role_arns[0]": {
        "agents": [
            {"name": "a", "assumable_role_arns": ["arn:aws-cn:iam::123456789012:role/deploy"]}
        ]
    },
    "agents[0].policy_statements[0].resources[0]": {
        "agents": [
            {
                "name": "a",
                "policy_statements": [
                    {"actions": ["s3:GetObject"], "resources": ["arn:aws-cn:s3:::a/*"]}
                ],
            }
        ]
    },
    "network.ca_certificate_arns[0]": {
        "network": {"ca_certificate_arns": [secret("cn-north-1", "aws-cn")]}
    },
}


@pytest.mark.parametrize("key", WRONG_PARTITION)
def test_each_resource_of_another_partition_is_a_problem(key: str) -> None:
    ((found, message),) = problems(WRONG_PARTITION[key]).items()
    assert found == key
    assert "but eu-central-1 is in aws: name a resource there" in message


def test_govcloud_and_china_have_partitions_of_their_own() -> None:
    boundary = {"permissions_boundary_arn": "arn:{}:iam::aws:policy/PowerUserAccess"}
    for region, partition in (("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")):
        arn = boundary["permissions_boundary_arn"]
        assert problems({"permissions_boundary_arn": arn.format(partition)}, region) == {}
        assert len(problems({"permissions_boundary_arn": arn.format("aws")}, region)) == 1


def test_roles_and_what_the_load_balancer_uses_must_be_in_the_account() -> None:
    given = {
        "controller": {"task_role_arn": "arn:aws:iam::999999999999:role/a"},
        "agents": [{"name": "a", "execution_role_arn": "arn:aws:iam::999999999999:role/a"}],
        "permissions_boundary_arn": "arn:aws:iam::aws:policy/PowerUserAccess",
        "agent_defaults": {
            "managed_policy_arns": [
                "arn:aws:iam::aws:policy/ReadOnlyAccess",
                "arn:aws:iam::999999999999:policy/a",
            ]
        },
        "storage": {"encryption_key": {"existing": KEY.format("eu-central-1")}},
    }
    assert sorted(problems(given, account="123456789012")) == [
        "agents[0].execution_role_arn",
        "agents[0].managed_policy_arns[1]",
        "controller.task_role_arn",
    ]
    assert problems(given, account="999999999999") == {}


OTHER = "999999999999"
ROLE, CERTIFICATE = (
    f"arn:aws:iam::{OTHER}:role/a",
    f"arn:aws:acm:eu-central-1:{OTHER}:certificate/a-b",
)
WRONG_ACCOUNT: dict[str, Any] = {
    "backup.role_arn": {"backup": {"role_arn": ROLE}},
    "agent_cloud.execution_role_arn": {"agent_cloud": {"execution_role_arn": ROLE}},
    "agents[0].task_role_arn": {"agents": [{"name": "a", "task_role_arn": ROLE}]},
    "agent_cloud.cluster_arn": {
        "agent_cloud": {"cluster_arn": f"arn:aws:ecs:eu-central-1:{OTHER}:cluster/a"}
    },
    "load_balancer.certificate.existing": {
        "load_balancer": {"certificate": {"existing": CERTIFICATE}}
    },
    "load_balancer.additional_certificate_arns[0]": {
        "load_balancer": {
            "certificate": {"existing": CERTIFICATE.replace(OTHER, "123456789012")},
            "additional_certificate_arns": [CERTIFICATE],
        }
    },
    "load_balancer.web_acl.existing": {
        "load_balancer": {
            "web_acl": {"existing": f"arn:aws:wafv2:eu-central-1:{OTHER}:regional/webacl/a/b"}
        }
    },
    "permissions_boundary_arn": {"permissions_boundary_arn": f"arn:aws:iam::{OTHER}:policy/a"},
    "images.pull_through_caches[0].credential_arn": {
        "images": {
            "pull_through_caches": [
                {
                    "prefix": "hub",
                    "upstream": "registry-1.docker.io",
                    "credential_arn": f"arn:aws:secretsmanager:eu-central-1:{OTHER}:secret:"
                    "ecr-pullthroughcache/hub-AbCdEf",
                }
            ]
        }
    },
}


@pytest.mark.parametrize("key", WRONG_ACCOUNT)
def test_what_must_be_in_the_account_is_a_problem_elsewhere(key: str) -> None:
    assert list(problems(WRONG_ACCOUNT[key], account="123456789012")) == [key]
    assert problems(WRONG_ACCOUNT[key]) == {}, "the account is not known yet"


def test_a_region_without_agents_is_one_problem() -> None:
    answers = {"aws:index/getRegion:getRegion": {"region": "mx-central-1"}}
    with pytest.raises(SettingsError) as raised:
        register(lambda: JenkinsPlatform("jenkins", SMALL), calls=answers)  # type: ignore[arg-type]
    ((key, value),) = [(p.key, p.value) for p in raised.value.problems]
    assert (key, value) == ("aws:region", "mx-central-1")


def test_the_program_reports_them() -> None:
    args = {**SMALL, "storage": resources("us-east-1")["storage"]}
    message = r"storage.encryption_key.existing: .* is in us-east-1, but the platform is in eu-cent"
    with pytest.raises(Exception, match=message):
        register(lambda: JenkinsPlatform("jenkins", args))  # type: ignore[arg-type]
