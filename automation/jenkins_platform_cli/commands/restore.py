"""Commands for disaster recovery: recovery-points, restore, restore-drill."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Annotated, Any, Optional

import typer
from jenkins_platform.base.context import PLATFORM_TAG
from rich.console import Console

from ..account.drill import Drill, age, in_words
from ..account.recovery import Home, Recovery
from ..app import (
    FAILED,
    CloudOption,
    JsonOption,
    StackOption,
    app,
    client,
    open_stack,
    print_json,
    report_errors,
)
from ..engine import summary
from ..engine.progress import Reporter
from ..engine.session import Cloud, Session
from ..invocation import command_line

PointOption = Annotated[
    Optional[str],
    typer.Option("--recovery-point", help="ARN of a recovery point. Default: the newest."),
]


@app.command("recovery-points")
def recovery_points(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """List the recovery points of the Jenkins home, newest first."""
    recovery, reporter, _ = _open(stack, cloud)
    with report_errors(reporter):
        points = recovery.points()
    rows = [
        {
            "recovery_point_arn": point["RecoveryPointArn"],
            "created": point["CreationDate"].isoformat(timespec="seconds"),
            "age_seconds": round(age(point)),
            "gib": round(point.get("BackupSizeInBytes", 0) / 2**30, 2),
        }
        for point in points
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        typer.echo(
            f"{row['created']}  {in_words(float(row['age_seconds']))} old  {row['gib']} GiB  "
            f"{row['recovery_point_arn']}"
        )
    if not rows:
        typer.echo("The vault has no completed recovery point yet.")


@app.command()
def restore(
    recovery_point: PointOption = None,
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
) -> None:
    """Restore the Jenkins home to a new file system and print how to switch the platform to it. The
    file system in use is not touched."""
    recovery, reporter, session = _open(stack, cloud)
    with reporter, report_errors(reporter):
        point = recovery.point(recovery_point)
        file_system, drill = recovery.restore(point, _unique(session, "restore"))
        access_point = recovery.move_home(file_system)
    existing = {"file_system_id": file_system, "access_point_id": access_point, "connect": True}
    if as_json:
        print_json({"existing": existing, "drill": asdict(drill)})
        return
    _show(drill)
    typer.echo(
        f"\nThe restored home is in {file_system}. To switch Jenkins to it, replace `storage` in "
        f"Pulumi.{stack}.yaml by:\n\n"
        f"  {session.project.name}:storage:\n    existing:\n      file_system_id: {file_system}\n"
        f"      access_point_id: {access_point}\n      connect: true\n\n"
        f"Then unprotect the old file system, which remains in AWS, and update the platform:\n\n"
        f"  {command_line('unprotect', '--stack', stack)}\n  {command_line('up', '--stack', stack)}"
    )


@app.command("restore-drill")
def restore_drill(
    selection_window_days: Annotated[
        float, typer.Option(help="Fail if the data in the newest recovery point is older.")
    ] = 7,
    scheduled: Annotated[
        bool, typer.Option("--scheduled", help="Only list the scheduled drills of AWS Backup.")
    ] = False,
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
) -> None:
    """Restore the newest recovery point to a temporary file system, which is then deleted. Prints
    how long it took and how old the data was. Exits with 1 if it failed."""
    recovery, reporter, session = _open(stack, cloud)
    with reporter, report_errors(reporter):
        if scheduled:
            drills = recovery.drills()
        else:
            point = recovery.point(None)
            file_system, drill = recovery.restore(point, _unique(session, "drill"))
            recovery.remove(file_system)
            drills = [drill]
    if as_json:
        print_json([asdict(drill) for drill in drills])
    else:
        for drill in drills:
            _show(drill)
        if not drills:
            typer.echo("AWS Backup has run no drill yet.")
    if scheduled:
        return
    old = drills[0].data_age_seconds
    if old is None or old > selection_window_days * 86400:
        reporter.error(
            f"The data is {in_words(old)} old; the maximum is {selection_window_days:g} d"
        )
        raise typer.Exit(FAILED)


def _show(drill: Drill) -> None:
    summary.show(
        Console(),
        {
            "Restore": drill.status,
            "Started": drill.started,
            "Duration": in_words(drill.seconds),
            "Age of the data": in_words(drill.data_age_seconds),
            "Recovery point": drill.recovery_point_arn,
        },
    )


def _unique(session: Session, role: str) -> str:
    return f"{session.settings.name}-{role}-{int(time.time())}"


def _open(stack: str, cloud: Cloud) -> tuple[Recovery, Reporter, Session]:
    reporter = Reporter(Console(stderr=True))
    session = open_stack(stack, cloud, reporter)
    with report_errors(reporter):
        target = restore_target(session)
        if session.cloud:
            raise RuntimeError(
                "The embedded cloud does not support backups (moto has neither recovery points nor "
                f"restore jobs): its vault {target.vault} is empty. Use a stack in an AWS account"
            )

    def make(service: str) -> Any:
        return client(session, service, session.region)

    return Recovery(target, make, reporter), reporter, session


def restore_target(session: Session) -> Home:
    """What a restore needs to know about a stack, from its state.

    Raises:
        RuntimeError: the stack has no backups.
    """
    name = session.settings.name

    def find(kind: str, role: str) -> dict[str, Any] | None:
        return session.resource(f"aws:{kind}", f"{name}-{role}")

    vault, role = find("backup/vault:Vault", "backup"), find("iam/role:Role", "backup")
    service = find("ecs/service:Service", "controller")
    group = find("ec2/securityGroup:SecurityGroup", "storage")
    own_group = session.settings.storage.security_group_id
    drill = find("backup/restoreTestingPlan:RestoreTestingPlan", "drill")
    if not vault or not role or not service:
        raise RuntimeError(f"Stack {session.name} has no backups yet. Run `up` first")
    return Home(
        file_system_id=str(session.outputs()["file_system_id"]),
        vault=vault["id"],
        role_arn=role["outputs"]["arn"],
        cluster=service["outputs"]["cluster"],
        service=service["outputs"]["name"],
        security_group_id=group["id"] if group else (str(own_group) if own_group else None),
        tags={**session.settings.tags, PLATFORM_TAG: name, "Name": f"{name}-restored"},
        restore_testing_plan_arn=drill["outputs"]["arn"] if drill else None,
    )
