"""``unprotect`` and ``destroy`` leave the user's data, and nothing else.

The fixtures run the commands in this order; each test reads what one of them left.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

import pytest
from localcloud.cloud import LocalCloud

from harness.stacks.user import User, project_user

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


@dataclass(frozen=True)
class Refused:
    """A `destroy` of protected data, and the state of the running task afterwards."""

    exit_code: int
    task: str


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    with project_user(tmp_path_factory.mktemp("user")) as found:
        lean = {"monitoring": {"level": "none"}, "network": {"nat": "public-subnets"}}
        found.set(
            **lean,
            removal_policy="retain",
            load_balancer={"access_logs": {"enabled": True}},
            jenkins={"artifacts": "s3"},
        )
        up = found.local("up")
        assert up.returncode == 0, up.stdout
        yield found


@pytest.fixture(scope="module")
def cloud(user: User) -> LocalCloud:
    return user.cloud


@pytest.fixture(scope="module")
def running(cloud: LocalCloud) -> dict[str, Any]:
    """A task of an agent, in a platform in use."""
    return use(cloud)


def status(cloud: LocalCloud, running: dict[str, Any]) -> str:
    return str(cloud.client("ecs").describe_tasks(**running)["tasks"][0]["lastStatus"])


@pytest.fixture(scope="module")
def refused(user: User, cloud: LocalCloud, running: dict[str, Any]) -> Refused:
    done = user.local("destroy")
    return Refused(done.returncode, status(cloud, running))


@pytest.fixture(scope="module")
def destroyed(user: User, refused: Refused) -> CompletedProcess[str]:
    """A `destroy` after `unprotect`."""
    assert user.local("unprotect").returncode == 0
    done = user.local("destroy")
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_a_refused_destroy_stops_nothing(refused: Refused) -> None:
    assert refused.exit_code == 1
    assert refused.task != "STOPPED"


def test_running_tasks_are_stopped(
    destroyed: object, cloud: LocalCloud, running: dict[str, Any]
) -> None:
    assert status(cloud, running) == "STOPPED"


@pytest.fixture
def artifacts(destroyed: object, cloud: LocalCloud) -> str:
    """The only bucket that is left."""
    (bucket,) = cloud.client("s3").list_buckets()["Buckets"]
    return bucket["Name"]


def test_artifacts_are_kept_with_their_versions(artifacts: str, cloud: LocalCloud) -> None:
    assert "artifacts" in artifacts
    assert len(cloud.client("s3").list_object_versions(Bucket=artifacts)["Versions"]) == 2


def test_only_the_repository_of_applications_is_kept(destroyed: object, cloud: LocalCloud) -> None:
    (kept,) = cloud.client("ecr").describe_repositories()["repositories"]
    assert kept["repositoryName"].endswith("/applications")


def test_homes_secrets_and_vaults_are_kept(destroyed: object, cloud: LocalCloud) -> None:
    assert len(cloud.client("efs").describe_file_systems()["FileSystems"]) == 1
    assert len(cloud.client("secretsmanager").list_secrets()["SecretList"]) == 1
    assert len(cloud.client("backup").list_backup_vaults()["BackupVaultList"]) == 1


@pytest.mark.parametrize(
    ("service", "call", "key"),
    [
        ("logs", "describe_log_groups", "logGroups"),
        ("servicediscovery", "list_namespaces", "Namespaces"),
        ("elbv2", "describe_load_balancers", "LoadBalancers"),
    ],
)
def test_what_holds_no_data_is_deleted_with_its_content(
    destroyed: object, cloud: LocalCloud, service: Any, call: str, key: str
) -> None:
    assert getattr(cloud.client(service), call)()[key] == []


def test_the_command_says_what_is_kept(destroyed: CompletedProcess[str], artifacts: str) -> None:
    kept = destroyed.stdout.partition("Is deleted:")[0]
    assert "FileSystem jenkins-home (fs-" in kept
    assert "/applications)" in kept
    assert artifacts in kept


def test_the_command_says_what_is_deleted(destroyed: CompletedProcess[str]) -> None:
    deleted = destroyed.stdout.partition("Is deleted:")[2]
    assert "bucket jenkins-access-logs" in deleted
    assert "/controller with its images" in deleted
    assert "1 running tasks, which are stopped first" in deleted


def test_what_is_retained_does_not_count_as_deleted(destroyed: CompletedProcess[str]) -> None:
    deleted = destroyed.stdout.partition("Is deleted:")[2]
    (count,) = re.findall(r"^ (\d+) resources, among them", deleted)
    assert f"\n{count} deleted" in deleted


def test_the_home_moves_to_another_network(
    destroyed: object, user: User, cloud: LocalCloud
) -> None:
    """docs/storage.md, "Moving to another network or name": the last test, it deploys again."""
    efs = cloud.client("efs")
    (home,) = efs.describe_file_systems()["FileSystems"]
    (point,) = efs.describe_access_points()["AccessPoints"]
    ids = {"file_system_id": home["FileSystemId"], "access_point_id": point["AccessPointId"]}
    network = {"nat": "public-subnets", "cidr_block": "10.7.0.0/16"}
    user.set(network=network, storage={"existing": {**ids, "connect": True}})
    moved = user.local("up")
    assert moved.returncode == 0, moved.stdout + moved.stderr
    targets = efs.describe_mount_targets(FileSystemId=home["FileSystemId"])["MountTargets"]
    (vpc,) = {target["VpcId"] for target in targets}
    (found,) = cloud.client("ec2").describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert found["CidrBlock"] == "10.7.0.0/16"
    assert user.local("preview").stdout.splitlines()[-1] == "No change."
