"""``jenkins-platform init``: state bucket, key, login and stack file. Safe to run again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import boto3
import typer
from pulumi import automation as auto
from rich.console import Console

from jenkins_platform_cli.pulumi_cli.toolchain import pulumi_cli

from ..account import state_backend
from ..app import JsonOption, StackOption, app, print_json, region_name, report_errors
from ..engine import summary
from ..engine.progress import Reporter
from ..engine.project import Project
from ..invocation import command_line

RegionOption = Annotated[
    str, typer.Option(callback=region_name, help="Region of the state and of the platform.")
]
EndpointOption = Annotated[
    str, typer.Option(help="URL of an AWS endpoint, such as an emulator's.", hidden=True)
]


@app.command()
def init(
    stack: StackOption = "dev",
    region: RegionOption = "",
    endpoint: EndpointOption = "",
    as_json: JsonOption = False,
) -> None:
    """Create a secure state backend (S3 bucket, KMS key), log in to it, write the stack's file."""
    console = Console(stderr=as_json)
    reporter = Reporter(console)
    with report_errors(reporter):
        project = Project.find(Path.cwd())
        file = project.folder / f"Pulumi.{stack}.yaml"
        region = region or project.region(stack)
        aws = boto3.session.Session(region_name=region)

        def client(service: str) -> Any:
            return aws.client(service, endpoint_url=endpoint or None)

        account = client("sts").get_caller_identity()["Account"]
        bucket = state_backend.bucket_name(account, region)
        key, new_key = state_backend.create_key(client("kms"))
        new_bucket = state_backend.create_bucket(client("s3"), bucket, region, key)
        new_file = not file.exists()
        if new_file:
            file.write_text(f"config:\n  aws:region: {region}\n")
        url = state_backend.backend_url(bucket, region, endpoint)
        command = pulumi_cli(reporter)
        command.run(["login", url], str(project.folder), {})
        auto.create_or_select_stack(
            stack_name=stack,
            project_name=project.name,
            program=project.run,
            opts=auto.LocalWorkspaceOptions(
                work_dir=str(project.folder),
                pulumi_command=command,
                secrets_provider=state_backend.secrets_provider(key, region),
                env_vars={"PULUMI_BACKEND_URL": url},
            ),
        )
    if as_json:
        print_json(
            {
                "bucket": bucket,
                "bucket_created": new_bucket,
                "key_arn": key,
                "key_created": new_key,
                "stack_file": file.name,
                "stack_file_created": new_file,
                "backend_url": url,
            }
        )
        return
    summary.show(
        console,
        {
            "Bucket": f"{bucket} ({_label(new_bucket)})",
            "Key": f"{key} ({_label(new_key)})",
            "Stack file": f"{file.name} ({_label(new_file)})",
            "In CI": f"PULUMI_BACKEND_URL='{url}'",
            "Next": command_line("up", "--stack", stack),
        },
    )


def _label(new: bool) -> str:
    return "created" if new else "already exists"
