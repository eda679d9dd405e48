"""The resources that a platform registers, by type and role."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from jenkins_platform.testing import Registration

from harness.inputs.changes import BY_HAND
from harness.inputs.lean import READY_IMAGES
from harness.stacks.mocks import platform

ACCOUNT = "123456789012"
EVERYTHING: Mapping[str, Any] = {
    "network": {
        "availability_zone_count": 3,
        "nat": "one-per-zone",
        "endpoint_services": ["sts", "com.amazonaws.vpce.eu-central-1.vpce-svc-0a1b2c3d"],
    },
    "load_balancer": {
        "scheme": "internet-facing",
        "domain_name": "ci.example.com",
        "zone_id": "Z0123456789",
        "allowed_cidrs": ["203.0.113.0/24", "2001:db8::/32"],
        "allowed_prefix_list_ids": ["pl-0a1b2c3d"],
        "access_logs": {"retention_days": 60, "prefix": "ci"},
        "web_acl": {
            "rate_limit": 5000,
            "managed_rule_groups": [
                {
                    "name": "AWSManagedRulesCommonRuleSet",
                    "counted_rules": ["SizeRestrictions_BODY"],
                },
                {"name": "AWSManagedRulesKnownBadInputsRuleSet"},
            ],
        },
    },
    "sign_in": {
        "load_balancer_oidc": {
            "issuer": "https://id.example.com",
            "authorization_endpoint": "https://id.example.com/authorize",
            "token_endpoint": "https://id.example.com/token",
            "user_info_endpoint": "https://id.example.com/me",
            "client_id": "balancer",
            "client_secret_arn": (
                "arn:aws:secretsmanager:eu-central-1:123456789012:secret:balancer-AbCdEf"
            ),
            "bypass_api": True,
        }
    },
    "jenkins": {"artifacts": "s3"},
    "controller": {"enable_execute_command": True, "health_check_grace_period_seconds": 900},
    "agent_cloud": {"connection": "network-load-balancer", "reaper": {"max_hours": 30}},
    "storage": {
        "throughput_mode": "bursting",
        "encryption_key": {"create": {"rotation_days": 180, "deletion_window_days": 7}},
        "transition_to_ia_after": "AFTER_30_DAYS",
        "replication": {"region": "eu-west-1", "encryption_key": {"create": {}}},
    },
    "backup": {
        "copy_to": {"region": "eu-west-1", "encryption_key": {"create": {}}},
        "lock": {
            "mode": "compliance",
            "min_retention_days": 7,
            "max_retention_days": 200,
            "changeable_for_days": 3,
        },
        "restore_test": {},
    },
    "schedule": {
        "time_zone": "Europe/Berlin",
        "windows": [{"days": ["mon", "tue"], "start": "07:00", "end": "19:00"}],
        "holidays": ["2026-12-25"],
        "drain_timeout_minutes": 45,
        "wake_page": True,
    },
    "monitoring": {
        "level": "all",
        "email_addresses": ["ops@example.com"],
        "webhooks": {"chat": "https://chat.example.com/hook"},
        "events": ["controller-stopped"],
        "flow_logs": {"traffic": "all"},
        "log_key": {"create": {}},
        "alarms": {"composite": True},
    },
    "budget": {"monthly_usd": 500, "threshold_percents": [50, 90]},
}
"""A platform with nearly every optional resource."""
_ARN = f"arn:aws:{{}}:eu-central-1:{ACCOUNT}:{{}}"
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/{{}}"
OPTIONAL: dict[str, Any] = {
    "network": {"nat": "none"},
    "agents": [
        {
            "name": "group",
            "capacity": "instances",
            "cpu": 2048,
            "memory_mib": 4096,
            "instances": {"provider": "auto-scaling-group", "session_manager": True},
        },
        {"name": "managed", "capacity": "instances", "gpu": 1},
        {
            "name": "builder",
            "platform_image": "kaniko",
            "push_repositories": ["team"],
            "secrets": {
                "A": _ARN.format("secretsmanager", "secret:a-AbCdEf"),
                "B": _ARN.format("ssm", "parameter/b"),
            },
        },
        {
            "name": "mounts",
            "volumes": BY_HAND["agents[].volumes"]["agents"][0]["volumes"],
            "policy_statements": BY_HAND["agents[].policy_statements"]["agents"][0][
                "policy_statements"
            ],
        },
    ],
    "images": {
        "application_repositories": ["team", "web"],
        "pull_through_caches": [{"prefix": "quay", "upstream": "quay.io"}],
        "fail_on_severity": "high",
        "signing_key_arn": _ARN.format("kms", "key/11111111-2222-3333-4444-555555555555"),
    },
    "jenkins": {
        "credentials": {"tag_key": "ci", "tag_value": "jenkins"},
        **BY_HAND["jenkins.github"]["jenkins"],
        **BY_HAND["jenkins.job_identity"]["jenkins"],
    },
    "monitoring": {"level": "all", "flow_logs": {"destination": "s3"}},
    **BY_HAND["webhooks"],
}
"""A platform with nearly all of what `EVERYTHING` lacks."""
IN_PUBLIC: Mapping[str, Any] = {
    "network": {
        "availability_zone_count": 3,
        "nat": "public-subnets",
        "ipv6": True,
        "endpoint_services": ["sts"],
    },
    "load_balancer": {
        "scheme": "internet-facing",
        "ip_address_type": "dualstack",
        "domain_name": "ci.example.com",
        "path_prefix": "/tools/jenkins",
        "zone_id": "Z0123456789",
        "certificate": {"existing": _ARN.format("acm", "certificate/one")},
        "additional_certificate_arns": [_ARN.format("acm", "certificate/two")],
        "additional_domain_names": ["old.example.com"],
        "access_logs": {"existing": "central-logs"},
        "web_acl": {"existing": _ARN.format("wafv2", "regional/webacl/central/0a1b2c3d")},
        "allowed_prefix_list_ids": ["pl-0a1b2c3d", "pl-0a1b2c3e"],
    },
    "monitoring": {"events": ["backup-failed", "build-failed"]},
    "backup": {"enabled": False},
    "removal_policy": "destroy",
}
"""A platform with tasks in public subnets, without scheduled backups and with no data that is
kept."""
OF_A_COMPANY: Mapping[str, Any] = {
    "network": {
        "existing": {
            "vpc_id": "vpc-0a1b2c3d",
            "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"],
        }
    },
    "load_balancer": {
        "existing": {
            "listener_arn": _ARN.format(
                "elasticloadbalancing", "listener/app/shared/0a1b2c3d/4e5f6071"
            ),
            "priority": 100,
        },
        "domain_name": "ci.example.com",
        "security_group_ids": ["sg-0a1b2c3d"],
    },
    "controller": {
        "task_role_arn": _ROLE.format("controller"),
        "execution_role_arn": _ROLE.format("starts-controller"),
        "security_group_id": "sg-00000001",
        "log_group_name": "central-controller",
    },
    "agent_cloud": {
        "cluster_arn": _ARN.format("ecs", "cluster/shared"),
        "execution_role_arn": _ROLE.format("starts-agents"),
        "security_group_id": "sg-00000002",
        "log_group_name": "central-agents",
    },
    "agents": [{"name": "linux"}, {"name": "deploy", "task_role_arn": _ROLE.format("deploys")}],
    "storage": {
        "security_group_id": "sg-00000003",
        "existing": {
            "file_system_id": "fs-0a1b2c3d",
            "access_point_id": "fsap-0a1b2c3d",
            "connect": True,
        },
    },
    "backup": {
        "role_arn": _ROLE.format("backs-up"),
        "encryption_key": {"existing": _ARN.format("kms", "key/for-backups")},
    },
    "images": READY_IMAGES,
    "sign_in": {"admin_password_secret_arn": _ARN.format("secretsmanager", "secret:admin-AbCdEf")},
    "monitoring": {
        "topic": {"existing": _ARN.format("sns", "operations")},
        "log_key": {"existing": _ARN.format("kms", "key/for-logs")},
    },
}
"""A platform of existing resources."""


def of_type(found: Iterable[Registration], token: str) -> dict[str, Registration]:
    """Every resource of a type by its role: its logical name without the platform's."""
    return {r.name.removeprefix("jenkins-"): r for r in found if r.token == token}


def only(found: Iterable[Registration], token: str) -> Registration:
    """The only resource of a type."""
    (resource,) = of_type(found, token).values()
    return resource


def by_role(token: str, args: Mapping[str, Any] | None = None) -> dict[str, Registration]:
    """Every resource of a type that a platform registers, by its role."""
    return of_type(platform(args or {}), token)


def one(token: str, args: Mapping[str, Any] | None = None) -> Registration:
    """The only resource of a type that a platform registers."""
    return only(platform(args or {}), token)


def inputs(resource: Registration) -> dict[str, Any]:
    """All inputs of a resource but its tags."""
    return {key: value for key, value in resource.inputs.items() if key != "tags"}


def container(args: Mapping[str, Any]) -> dict[str, Any]:
    """The container definition of a platform's controller."""
    return container_in(platform(args), "controller")


def container_in(found: Iterable[Registration], role: str) -> dict[str, Any]:
    """The first container definition of a task definition."""
    definition = of_type(found, "aws:ecs/taskDefinition:TaskDefinition")[role]
    first, *_ = json.loads(definition.inputs["containerDefinitions"])
    assert isinstance(first, dict)
    return first


def statements(policy: str) -> dict[str, dict[str, Any]]:
    """The statements of a policy document by their ids."""
    return {s.pop("Sid"): s for s in json.loads(policy)["Statement"]}


def dependencies(resource: Registration, token: str) -> set[str]:
    """Roles of the resources of one type that a resource waits for."""
    urns = [urn.split("::") for urn in resource.dependencies]
    return {u[3].removeprefix("jenkins-") for u in urns if u[2].rsplit("$", 1)[-1] == token}
