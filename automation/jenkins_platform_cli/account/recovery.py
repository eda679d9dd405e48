"""Restore the Jenkins home from a recovery point to a new file system.

AWS Backup restores into a folder ``aws-backup-restore_<time>`` whose name its API does not return.
Therefore a restore ends with a task that mounts the new file system and moves the home to its path
(AWS Backup Developer Guide, "Restore an Amazon EFS file system").
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from jenkins_platform.storage.file_system import HOME_OWNER, HOME_PATH

from ..pulumi_cli.golang import Progress
from .drill import Drill, drill_of

_MOUNTED = "/restored"
_MOVE = f"""set -e
set -- {_MOUNTED}/aws-backup-restore_*{HOME_PATH}
test "$#" = 1 -a -d "$1"
mv "$1" {_MOUNTED}{HOME_PATH}
chown {HOME_OWNER}:{HOME_OWNER} {_MOUNTED}{HOME_PATH}
"""
_PAUSE_SECONDS = 15.0
_ENDED = ("COMPLETED", "FAILED", "ABORTED")
_COPIED = ("executionRoleArn", "runtimePlatform")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Home:
    """The platform whose Jenkins home is restored.

    Attributes:
        file_system_id: The file system in use.
        vault: Name of the backup vault.
        role_arn: The role that AWS Backup assumes.
        cluster: ARN of the controller's cluster.
        service: Name of the controller's service.
        security_group_id: Security group of mount targets; None if the platform has none.
        tags: Tags of created resources.
        restore_testing_plan_arn: The plan of scheduled drills; None if there is none.
    """

    file_system_id: str
    vault: str
    role_arn: str
    cluster: str
    service: str
    security_group_id: str | None
    tags: Mapping[str, str]
    restore_testing_plan_arn: str | None = None


class Recovery:
    """Restores of one platform's Jenkins home.

    Args:
        client: Creates a boto3 client for a service.
        progress: Receives the progress.
        pause: Waits between two polls.

    Raises:
        RuntimeError: from every method, if a request to AWS failed.
    """

    def __init__(
        self,
        home: Home,
        client: Callable[[str], Any],
        progress: Progress,
        pause: Callable[[], None] = lambda: time.sleep(_PAUSE_SECONDS),
    ) -> None:
        self._home, self._progress, self._pause = home, progress, pause
        self._percent = 0
        self._backup, self._efs, self._ecs = (client(name) for name in ("backup", "efs", "ecs"))

    def points(self) -> list[dict[str, Any]]:
        """The completed recovery points in the vault, newest first."""
        arguments: dict[str, Any] = {"BackupVaultName": self._home.vault, "ByResourceType": "EFS"}
        found: list[dict[str, Any]] = []
        while True:
            page = self._backup.list_recovery_points_by_backup_vault(**arguments)
            found += [p for p in page["RecoveryPoints"] if p["Status"] == "COMPLETED"]
            if not (token := page.get("NextToken")):
                return sorted(found, key=lambda point: point["CreationDate"], reverse=True)
            arguments["NextToken"] = token

    def point(self, arn: str | None) -> dict[str, Any]:
        """The recovery point of an ARN; without one, the newest."""
        points = self.points()
        if not points:
            raise RuntimeError(f"The vault {self._home.vault} has no completed recovery point yet")
        for point in points:
            if arn in (None, point["RecoveryPointArn"]):
                return point
        raise RuntimeError(
            f"The vault {self._home.vault} has no completed recovery point {arn}. "
            f"Its newest is {points[0]['RecoveryPointArn']}"
        )

    def restore(self, point: Mapping[str, Any], name: str) -> tuple[str, Drill]:
        """Restore a recovery point to a new file system; returns its id and the result.

        Args:
            name: Unique name of the restore, used as idempotency token.
        """
        arn = point["RecoveryPointArn"]
        given = self._backup.get_recovery_point_restore_metadata(
            BackupVaultName=self._home.vault, RecoveryPointArn=arn
        )["RestoreMetadata"]
        metadata = {
            **{k: v for k, v in given.items() if k != "ItemsToRestore"},
            "newFileSystem": "true",
            "CreationToken": name,
            "Encrypted": "true",
            "KmsKeyId": self._key(point),
        }
        job = self._backup.start_restore_job(
            RecoveryPointArn=arn,
            IamRoleArn=self._home.role_arn,
            ResourceType="EFS",
            IdempotencyToken=name,
            Metadata=metadata,
        )["RestoreJobId"]
        self._progress.say(f"Restore job {job} of {arn} started.")
        found = self._until(
            lambda: self._job(job),
            lambda job: job["Status"] in _ENDED,
        )
        drill = drill_of(found)
        if drill.status != "COMPLETED":
            raise RuntimeError(f"Restore job {job} is {drill.status}: {drill.reason}")
        return str(found["CreatedResourceArn"]).rsplit("/", 1)[-1], drill

    def _job(self, job: str) -> dict[str, Any]:
        """A restore job, whose progress is reported."""
        found: dict[str, Any] = self._backup.describe_restore_job(RestoreJobId=job)
        done = str(found.get("PercentDone", "")).partition(".")[0].rstrip("%")
        if done.isdecimal() and int(done) != self._percent:
            self._percent = int(done)
            self._progress.advance("restored", self._percent, 100)
        return found

    def _key(self, point: Mapping[str, Any]) -> str:
        """The KMS key of the file system in use; if that is gone, the key of the recovery point."""
        systems = self._efs.describe_file_systems()["FileSystems"]
        for system in systems:
            if system["FileSystemId"] == self._home.file_system_id:
                return str(system["KmsKeyId"])
        return str(point["EncryptionKeyArn"])

    def move_home(self, file_system_id: str) -> str:
        """Move the home in a restored file system to its path; returns an access point's id."""
        group = self._home.security_group_id
        if group is None:
            raise RuntimeError(
                "The platform did not create its mount targets: mount the file system and move the "
                "home yourself. See docs/storage.md"
            )
        service = self._ecs.describe_services(
            cluster=self._home.cluster, services=[self._home.service]
        )["services"][0]
        network = service["networkConfiguration"]
        subnet = network["awsvpcConfiguration"]["subnets"][0]
        target = self._efs.create_mount_target(
            FileSystemId=file_system_id, SubnetId=subnet, SecurityGroups=[group]
        )["MountTargetId"]
        try:
            self._until(
                lambda: self._efs.describe_mount_targets(MountTargetId=target)["MountTargets"][0],
                lambda target: target["LifeCycleState"] == "available",
            )
            one_subnet = {**network["awsvpcConfiguration"], "subnets": [subnet]}
            self._move(file_system_id, service["taskDefinition"], one_subnet)
        finally:
            # The platform creates one per zone when it uses the file system.
            self._efs.delete_mount_target(MountTargetId=target)
        owner = {"OwnerUid": HOME_OWNER, "OwnerGid": HOME_OWNER, "Permissions": "0750"}
        point = self._efs.create_access_point(
            ClientToken=file_system_id,
            FileSystemId=file_system_id,
            PosixUser={"Uid": HOME_OWNER, "Gid": HOME_OWNER},
            RootDirectory={"Path": HOME_PATH, "CreationInfo": owner},
            Tags=[{"Key": key, "Value": value} for key, value in self._home.tags.items()],
        )
        return str(point["AccessPointId"])

    def _move(self, file_system_id: str, template: str, network: Mapping[str, Any]) -> None:
        """Run one task that moves the home, with the controller's image and log group."""
        model = self._ecs.describe_task_definition(taskDefinition=template)["taskDefinition"]
        container = next(c for c in model["containerDefinitions"] if c.get("essential", True))
        task_definition = self._ecs.register_task_definition(
            family=f"{model['family']}-restore",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            **{key: model[key] for key in _COPIED if key in model},
            volumes=[
                {
                    "name": "restored",
                    "efsVolumeConfiguration": {
                        "fileSystemId": file_system_id,
                        "transitEncryption": "ENABLED",
                    },
                }
            ],
            containerDefinitions=[
                {
                    "name": "move",
                    "image": container["image"],
                    "user": "0",
                    "entryPoint": ["sh", "-c"],
                    "command": [_MOVE],
                    "mountPoints": [{"sourceVolume": "restored", "containerPath": _MOUNTED}],
                    "logConfiguration": container["logConfiguration"],
                }
            ],
        )["taskDefinition"]["taskDefinitionArn"]
        try:
            answer = self._ecs.run_task(
                cluster=self._home.cluster,
                taskDefinition=task_definition,
                launchType="FARGATE",
                networkConfiguration={"awsvpcConfiguration": network},
            )
            if not answer["tasks"]:
                raise RuntimeError(f"ECS did not start a task to move it: {answer['failures']}")
            task = answer["tasks"][0]["taskArn"]
            self._progress.say(f"Task {task} moves the restored home to {HOME_PATH}.")
            done = self._until(
                lambda: self._ecs.describe_tasks(cluster=self._home.cluster, tasks=[task])["tasks"][
                    0
                ],
                lambda task: task["lastStatus"] == "STOPPED",
            )
            if [c.get("exitCode") for c in done["containers"]] != [0]:
                why = done.get("stoppedReason") or "see its log"
                raise RuntimeError(f"Task {task} could not move the restored home: {why}")
        finally:
            self._ecs.deregister_task_definition(taskDefinition=task_definition)

    def remove(self, file_system_id: str) -> None:
        """Delete the file system of a drill; refused for the file system in use."""
        if file_system_id == self._home.file_system_id:
            raise RuntimeError(f"{file_system_id} is the file system in use, not that of a drill")
        self._efs.delete_file_system(FileSystemId=file_system_id)

    def drills(self) -> list[Drill]:
        """The scheduled drills, newest first."""
        plan = self._home.restore_testing_plan_arn
        if plan is None:
            raise RuntimeError("No drills are scheduled: set backup.restore_test and run `up`")
        jobs = self._backup.list_restore_jobs(ByRestoreTestingPlanArn=plan)["RestoreJobs"]
        return [
            drill_of(job) for job in sorted(jobs, key=lambda j: j["CreationDate"], reverse=True)
        ]

    def _until(self, poll: Callable[[], Result], done: Callable[[Result], bool]) -> Result:
        while not done(found := poll()):
            self._pause()
        return found
