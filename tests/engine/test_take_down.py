"""``unprotect`` and ``destroy`` leave the user's data, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest
from localcloud.cloud import LocalCloud

from harness.stacks.user import User

pytestmark = pytest.mark.long


def push(cloud: LocalCloud, repository: str) -> None:
    layer = hashlib.sha256(repository.encode()).hexdigest()
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"mediaType": "x", "size": 1, "digest": f"sha256:{layer}"},
        "layers": [],
    }
    cloud.client("ecr").put_image(
        repositoryName=repository, imageManifest=json.dumps(manifest), imageTag="one"
    )


def use(cloud: LocalCloud) -> dict[str, Any]:
    """Leave behind what a platform in use does; returns the tasks that run."""
    s3, ecr, ecs = cloud.client("s3"), cloud.client("ecr"), cloud.client("ecs")
    logs, names = cloud.client("logs"), cloud.client("servicediscovery")
    for bucket in s3.list_buckets()["Buckets"]:
        for content in (b"one", b"two"):  # a versioned bucket keeps both
            s3.put_object(Bucket=bucket["Name"], Key="AWSLogs/a", Body=content)
    for repository in ecr.describe_repositories()["repositories"]:
        push(cloud, repository["repositoryName"])
    (service,) = names.list_services()["Services"]
    names.register_instance(
        ServiceId=service["Id"], InstanceId="task", Attributes={"AWS_INSTANCE_IPV4": "10.0.0.9"}
    )
    (agents,) = [c for c in ecs.list_clusters()["clusterArns"] if "agents" in c]
    for cluster in ecs.list_clusters()["clusterArns"]:
        group = f"/aws/ecs/containerinsights/{cluster.rsplit('/', 1)[-1]}/performance"
        logs.create_log_group(logGroupName=group)
    families = ecs.list_task_definition_families()["families"]
    (family,) = [f for f in families if f.endswith("-agent-linux")]
    subnet = cloud.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    task = ecs.run_task(
        cluster=agents,
        taskDefinition=family,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": []}},
    )["tasks"][0]
    return {"cluster": agents, "tasks": [task["taskArn"]]}


def test_unprotect_and_destroy_leave_only_data(user: User) -> None:
    lean = {"monitoring": {"level": "none"}, "network": {"nat": "public-subnets"}}
    user.set(
        **lean,
        removal_policy="retain",
        load_balancer={"access_logs": {"enabled": True}},
        jenkins={"artifacts": "s3"},
    )
    up = user.local("up")
    assert up.returncode == 0, up.stdout
    cloud = user.cloud
    running = use(cloud)

    refused = user.local("destroy")
    assert refused.returncode == 1
    described = cloud.client("ecs").describe_tasks(**running)["tasks"]
    assert described[0]["lastStatus"] != "STOPPED", "a refused destroy stops nothing"

    assert user.local("unprotect").returncode == 0
    destroyed = user.local("destroy")
    assert destroyed.returncode == 0, destroyed.stdout + destroyed.stderr
    described = cloud.client("ecs").describe_tasks(**running)["tasks"]
    assert described[0]["lastStatus"] == "STOPPED"
    s3 = cloud.client("s3")
    (artifacts,) = [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert "artifacts" in artifacts
    assert len(s3.list_object_versions(Bucket=artifacts)["Versions"]) == 2
    (kept,) = cloud.client("ecr").describe_repositories()["repositories"]
    assert kept["repositoryName"].endswith("/applications")
    assert cloud.client("logs").describe_log_groups()["logGroups"] == []
    assert cloud.client("servicediscovery").list_namespaces()["Namespaces"] == []
    assert cloud.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert len(cloud.client("efs").describe_file_systems()["FileSystems"]) == 1
    assert len(cloud.client("secretsmanager").list_secrets()["SecretList"]) == 1
    assert len(cloud.client("backup").list_backup_vaults()["BackupVaultList"]) == 1

    before, _, after = destroyed.stdout.partition("Is deleted:")
    assert "FileSystem jenkins-home (fs-" in before
    assert "/applications)" in before
    assert artifacts in before
    assert "bucket jenkins-access-logs" in after
    assert "/controller with its images" in after
    assert "1 running tasks, which are stopped first" in after
    (count,) = re.findall(r"^ (\d+) resources, among them", after)
    assert f"\n{count} deleted" in after, "what is retained does not count as deleted"
