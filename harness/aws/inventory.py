"""Resources in the emulated AWS, by the ids and names that a state has for them."""

from __future__ import annotations

from typing import Any

from localcloud.cloud import LocalCloud

_LISTS: tuple[tuple[str, str, str, str], ...] = (
    ("backup", "list_backup_plans", "BackupPlansList", "BackupPlanId"),
    ("backup", "list_backup_vaults", "BackupVaultList", "BackupVaultName"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("efs", "describe_access_points", "AccessPoints", "AccessPointId"),
    ("efs", "describe_file_systems", "FileSystems", "FileSystemId"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    ("events", "list_rules", "Rules", "Name"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("scheduler", "list_schedules", "Schedules", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "ARN"),
    ("servicediscovery", "list_namespaces", "Namespaces", "Id"),
    ("servicediscovery", "list_services", "Services", "Id"),
    ("sns", "list_topics", "Topics", "TopicArn"),
)
HOLDERS = ("FileSystemId", "AccessPointId", "BackupVaultName", "ARN", "KeyId")


def inventory(cloud: LocalCloud) -> dict[str, set[str]]:
    """Every listable resource of a platform, by its id."""
    found: dict[str, set[str]] = {}
    for service, call, items, key in _LISTS:
        client = cloud.client(service)
        pages: Any = [getattr(client, call)()]
        if client.can_paginate(call):
            pages = client.get_paginator(call).paginate()
        found.setdefault(key, set()).update(item[key] for page in pages for item in page[items])
    iam, kms, ecs, ec2 = (cloud.client(name) for name in ("iam", "kms", "ecs", "ec2"))
    roles = iam.get_paginator("list_roles").paginate(PathPrefix="/jenkins-platform/")
    found["RoleName"] = {role["RoleName"] for page in roles for role in page["Roles"]}
    keys = [kms.describe_key(KeyId=k["KeyId"])["KeyMetadata"] for k in kms.list_keys()["Keys"]]
    found["KeyId"] = {
        k["KeyId"] for k in keys if k["KeyState"] == "Enabled" and k["KeyManager"] == "CUSTOMER"
    }
    clusters = ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
    found["clusterArn"] = {c["clusterArn"] for c in clusters if c["status"] == "ACTIVE"}
    own = {v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]}
    found["VpcId"] = own
    subnets = ec2.describe_subnets()["Subnets"]
    found["SubnetId"] = {s["SubnetId"] for s in subnets if s["VpcId"] in own}
    groups = ec2.describe_security_groups()["SecurityGroups"]
    found["GroupId"] = {
        g["GroupId"] for g in groups if g["VpcId"] in own and g["GroupName"] != "default"
    }
    # As in AWS, deleted resources are listed for a while.
    endpoints = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    found["VpcEndpointId"] = {e["VpcEndpointId"] for e in endpoints if e["State"] != "deleted"}
    gateways = ec2.describe_nat_gateways()["NatGateways"]
    found["NatGatewayId"] = {g["NatGatewayId"] for g in gateways if g["State"] == "available"}
    return found


def orphans(there: dict[str, set[str]], state: str) -> list[str]:
    """Resources that are not named in a state, as text."""
    return sorted(i for ids in there.values() for i in ids if f'"{i}"' not in state)
