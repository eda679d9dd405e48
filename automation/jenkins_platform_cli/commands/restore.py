"""Commands for the day on which the home is lost: recovery-points, restore, restore-drill."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Annotated, Any, Optional

import typer
from jenkins_platform.base.context import PLATFORM_TAG
from rich.console import Console

from ..account.recovery import Drill, Home, Recovery, age, in_words
from ..app import FAILED, CloudOption, JsonOption, StackOption, app, client, complain, open_stack
from ..engine import summary
from ..engine.progress import Reporter
from ..engine.session import Cloud, Session
from ..invocation import called

PointOption = Annotated[
    Optional[str],
    typer.Option("--recovery-point", help="ARN of a recovery point. Default: the newest."),
]


@app.command("recovery-points")
def recovery_points(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """List the recovery points of the home, the newest first."""
    recovery, reporter, _ = _open(stack, cloud)
    with complain(reporter):
        points = recovery.points()
    rows = [
        {
            "recovery_point_arn": point["RecoveryPointArn"],
            "made": point["CreationDate"].isoformat(timespec="seconds"),
            "age_seconds": round(age(point)),
            "gib": round(point.get("BackupSizeInBytes", 0) / 2**30, 2),
        }
        for point in points
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        typer.echo(
            f"{row['made']}  {in_words(float(row['age_seconds']))} old  {row['gib']} GiB  "
            f"{row['recovery_point_arn']}"
        )
    if not rows:
        typer.echo("The vault holds no complete recovery point yet.")


@app.command()
def restore(
    recovery_point: PointOption = None,
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
) -> None:
    """Restore the home to a new file system and say how the platform adopts it. The home that is in
    use is not touched."""
    recovery, reporter, session = _open(stack, cloud)
    with complain(reporter):
        point = recovery.point(recovery_point)
        file_system, drill = recovery.restore(point, _unique(session, "restore"))
        access_point = recovery.settle(file_system)
    adopt = {"file_system_id": file_system, "access_point_id": access_point, "connect": True}
    if as_json:
        typer.echo(json.dumps({"existing": adopt, "drill": asdict(drill)}, indent=2))
        return
    _tell(drill)
    typer.echo(
        f"\nThe restored home is in {file_system}. For Jenkins to live on it, put into the stack's "
        f"file, in place of what else is in `storage`:\n\n"
        f"  {session.project.name}:storage:\n    adopt:\n      file_system_id: {file_system}\n"
        f"      access_point_id: {access_point}\n      connect: true\n\n"
        f"Then let go of the old home, which stays in AWS, and bring it up:\n\n"
        f"  {called('release', '--stack', stack)}\n  {called('up', '--stack', stack)}"
    )


@app.command("restore-drill")
def restore_drill(
    selection_window_days: Annotated[
        float, typer.Option(help="Fail where the newest recovery point is older.")
    ] = 7,
    scheduled: Annotated[
        bool, typer.Option("--scheduled", help="Only list the drills that AWS Backup did.")
    ] = False,
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
) -> None:
    """Prove that the newest recovery point restores: to a file system of its own, which is removed
    then. Tells how long it took and how old the data was. Ends with 1 where it failed."""
    recovery, reporter, session = _open(stack, cloud)
    with complain(reporter):
        if scheduled:
            drills = recovery.drills()
        else:
            point = recovery.point(None)
            file_system, drill = recovery.restore(point, _unique(session, "drill"))
            recovery.remove(file_system)
            drills = [drill]
    if as_json:
        typer.echo(json.dumps([asdict(drill) for drill in drills], indent=2))
    else:
        for drill in drills:
            _tell(drill)
        if not drills:
            typer.echo("AWS Backup has done no drill yet.")
    if scheduled:
        return
    old = drills[0].data_age_seconds
    if old is None or old > selection_window_days * 86400:
        reporter.complain(
            f"The data is {in_words(old)} old, allowed are {selection_window_days:g} d"
        )
        raise typer.Exit(FAILED)


def _tell(drill: Drill) -> None:
    summary.show(
        Console(),
        {
            "Restore": drill.status,
            "Began": drill.began,
            "Took": in_words(drill.seconds),
            "Age of the data": in_words(drill.data_age_seconds),
            "Recovery point": drill.recovery_point_arn,
        },
    )


def _unique(session: Session, role: str) -> str:
    return f"{session.settings.name}-{role}-{int(time.time())}"


def _open(stack: str, cloud: Cloud) -> tuple[Recovery, Reporter, Session]:
    reporter = Reporter(Console(stderr=True))
    session = open_stack(stack, cloud, reporter)
    with complain(reporter):
        home = home_of(session)
        if session.cloud:
            raise RuntimeError(
                "The embedded cloud makes no backups (moto has no recovery points and no restore "
                f"jobs), so its vault {home.vault} is empty. Restore on an account"
            )

    def make(service: str) -> Any:
        return client(session, service, session.region)

    return Recovery(home, make, reporter.say), reporter, session


def home_of(session: Session) -> Home:
    """What a restore has to know of a stack, from its state.

    Raises:
        RuntimeError: the stack is not up.
    """
    name = session.settings.name

    def given(kind: str, role: str) -> dict[str, Any] | None:
        return session.resource(f"aws:{kind}", f"{name}-{role}")

    vault, role = given("backup/vault:Vault", "backup"), given("iam/role:Role", "backup")
    service = given("ecs/service:Service", "controller")
    group = given("ec2/securityGroup:SecurityGroup", "storage")
    own_group = session.settings.storage.security_group_id
    drill = given("backup/restoreTestingPlan:RestoreTestingPlan", "drill")
    if not vault or not role or not service:
        raise RuntimeError(f"Stack {session.name} has no backups yet. Bring it up first")
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
