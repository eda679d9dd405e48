"""The ``jenkins-platform`` command, run as a process in a project folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import Any

import pytest
import yaml
from localcloud.cloud import LocalCloud

from harness.answers import answer
from harness.engine import environment
from harness.lean import LEAN
from harness.user import User

pytestmark = pytest.mark.long


def definitions(ecs: Any) -> str:
    """All task definitions, active and inactive, as text."""
    arns = [
        arn
        for status in ("ACTIVE", "INACTIVE")
        for arn in ecs.list_task_definitions(status=status)["taskDefinitionArns"]
    ]
    assert len(arns) > 1
    found = [ecs.describe_task_definition(taskDefinition=a)["taskDefinition"] for a in arns]
    return json.dumps(found, default=str)


def test_a_session_of_the_command(user: User) -> None:
    user.set(**LEAN)
    up = user.local("up")
    assert up.returncode == 0, up.stderr
    assert "Jenkins     emulated, nothing runs: LOCALCLOUD_DOCKER is 'none'" in up.stdout
    assert "linux linux-spot linux-on-demand linux-auto" in up.stdout
    cost = user.document("cost")["monthly_usd"]
    assert f"about {cost:,.0f} USD per month, jenkins-platform cost --stack local" in up.stdout

    same = user.local("preview")
    assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "No change.")
    assert f"info: about {cost:,.0f} USD" in same.stdout
    assert user.document("preview")["monthly_usd"] == cost

    user.set(jenkins={"system_message": "Hello"})
    planned = user.document("preview", exit_code=3)
    assert {c["name"] for c in planned["changes"]} == {
        "jenkins-configuration",
        "jenkins-controller",
    }
    (note,) = (n for n in planned["notes"] if "restarts" in n)
    assert note.startswith("This update restarts Jenkins")
    assert note.endswith("jenkins-platform up --stack local --cloud local --drain waits for them.")
    user.set(jenkins={})

    user.set(storage={"performance_mode": "maxIO", "throughput_mode": "bursting"}, tags={"a": "b"})
    outcome = user.document("up", exit_code=1)
    assert outcome["changes"] == []
    assert "storage.performance_mode: 'maxIO'" in outcome["errors"][0]
    user.set(storage={}, tags={})

    secret = user.document("outputs")["admin_password_secret_arn"]
    stored = user.cloud.client("secretsmanager").get_secret_value(SecretId=secret)
    assert user.document("password") == {
        "user_name": "ecsuser",
        "password": stored["SecretString"],
    }

    rotated = user.local("rotate-password", "--json")
    assert rotated.returncode == 0, rotated.stderr
    assert {c["name"] for c in answer("rotate-password", rotated.stdout)["changes"]} == {
        "jenkins-admin-password",
        "jenkins-controller",
    }, "only the password and the task that reads it change"
    new = user.cloud.client("secretsmanager").get_secret_value(SecretId=secret)
    assert new["SecretString"] != stored["SecretString"]
    assert user.local("password").stdout.strip() == new["SecretString"]
    assert user.local("preview").returncode == 0, "the next up changes nothing"
    printed = "".join(run.stdout + run.stderr for run in (up, same, rotated)) + str(planned)
    ecs = user.cloud.client("ecs")
    for password in (stored["SecretString"], new["SecretString"]):
        assert password not in printed
        assert user.files_with(password) == [], "neither the state nor a log contains it"
        assert password not in definitions(ecs), "no task definition contains it"

    (cluster,) = [c for c in ecs.list_clusters()["clusterArns"] if "controller" in c]
    (service,) = ecs.list_services(cluster=cluster)["serviceArns"]
    ecs.update_service(cluster=cluster, service=service, desiredCount=0)
    drift = user.local("drift", "--json", "--markdown", str(user.folder / "summary.md"))
    assert drift.returncode == 3
    (change,) = answer("drift", drift.stdout)["changes"]
    assert (change["name"], change["properties"]) == ("jenkins-controller", ["desiredCount"])
    assert "| `jenkins-controller` | desiredCount |" in (user.folder / "summary.md").read_text()

    state = user.folder / ".localcloud" / "state"
    assert list(state.rglob("*.attrs")) == [], "a killed run could leave these incomplete"
    locks = state / ".pulumi" / "locks"
    (lock_folder,) = [p for p in locks.rglob("*") if p.is_dir() and p.name == "local"]
    (lock_folder / "0.json").write_text(json.dumps({"pid": 1, "username": "x", "hostname": "y"}))
    locked = user.local("up")
    assert (locked.returncode, "lock" in locked.stdout) == (1, True)
    assert user.document("unlock") == {"stack": "local"}

    os.kill(user.cloud.pid, signal.SIGKILL)
    again = user.local("up")
    assert again.returncode == 0, again.stderr
    assert "keeps nothing on disk: starting over" in again.stdout

    assert user.document("agents") == []
    closed = user.local("open")
    assert (closed.returncode, "emulated, nothing runs" in closed.stderr) == (1, True)
    assert user.local("logs").returncode == 0
    assert user.document("unprotect") == [], "Pulumi.local.yaml destroys data"
    assert {c["op"] for c in user.document("destroy")["changes"]} == {"delete"}
    assert user.cloud.client("efs").describe_file_systems()["FileSystems"] == []
    empty = user.local("password", "--json")
    assert "Stack local is empty. Run" in json.loads(empty.stdout)["errors"][0]
    stopped = answer("local stop", user.run("local", "stop", "--json").stdout)
    assert stopped == {"was_running": True, "kept_volumes": []}
    assert user.document("destroy")["changes"] == []


def test_invalid_settings_exit_with_2_before_any_change(user: User) -> None:
    user.set(network={"availability_zone_count": 9}, controler={})
    wrong = user.local("up")
    assert wrong.returncode == 2
    assert "network.availability_zone_count: 9" in wrong.stdout
    assert "Did you mean 'controller'?" in wrong.stdout
    assert not (user.folder / ".localcloud").exists()


def test_a_stack_without_a_file_is_reported_with_the_others(user: User) -> None:
    wrong = user.run("up", "--stack", "nope", "--cloud", "local")
    assert wrong.returncode == 1
    assert "Pulumi.nope.yaml does not exist. Stacks with a file: dev, local, prod" in wrong.stdout


def test_check_reports_missing_prerequisites_with_remedies(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without backend login, AWS credentials and Docker daemon."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    checked = user.run("check", "--stack", "dev", "--json")
    assert checked.returncode == 1
    found = {f["subject"]: f for f in answer("check", checked.stdout) if f["status"] == "problem"}
    assert found.keys() == {"state", "docker", "credentials"}
    assert "jenkins-platform init" in found["state"]["found"]
    assert "images.controller.existing" in found["docker"]["advice"]
    up = user.run("up", "--stack", "dev")
    assert (up.returncode, "not logged in" in up.stdout) == (1, True)
    init = user.run("init", "--stack", "dev")
    assert (init.returncode, "aws sso login" in init.stdout) == (1, True)
    assert user.local("check").returncode == 0, "the embedded cloud needs none of these"
    planned = user.local("preview")
    assert planned.stdout.splitlines()[-1].endswith(" to create")


def test_two_first_runs_at_once_share_one_cloud(user: User) -> None:
    user.set(**LEAN)
    runs = [user.start("up", "--stack", "local", "--cloud", "local") for _ in range(2)]
    printed = [run.communicate(timeout=180) for run in runs]
    failed = [out for run, (out, _) in zip(runs, printed, strict=True) if run.returncode]
    assert len(failed) < 2, printed
    assert all("the stack is currently locked" in out for out in failed), printed
    server = f"localcloud.server {user.folder / '.localcloud'}"
    found = subprocess.run(["pgrep", "-f", server], capture_output=True, text=True)
    assert found.stdout.split() == [str(user.cloud.pid)]
    same = user.local("preview")
    assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "No change.")


def test_up_completes_without_a_reader_of_its_output(user: User) -> None:
    """As in ``up | head -1``."""
    user.set(**LEAN)
    process = user.start("up", "--stack", "local", "--cloud", "local", stderr=subprocess.STDOUT)
    assert process.stdout
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=120) == 0
    same = user.local("preview")
    assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "No change.")


def test_ctrl_c_ends_cleanly_and_the_next_up_continues(user: User) -> None:
    user.set(**LEAN)
    assert user.local("check").returncode == 0  # starts the cloud
    user.cloud.set_faults({"operation": "CreateLoadBalancer", "code": "", "delay": 4})
    process = user.start("up", "--stack", "local", "--cloud", "local")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not user.cloud.faults()[0]["hits"]:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, out
    assert "Cancelling" in out
    assert "Traceback" not in out + err
    user.cloud.set_faults()
    assert user.local("up").returncode == 0
    vpcs = user.cloud.client("ec2").describe_vpcs()["Vpcs"]
    assert len([v for v in vpcs if not v["IsDefault"]]) == 1


def test_a_full_disk_is_reported_before_it_damages_the_state(user: User) -> None:
    user.set(**LEAN)
    state = user.folder / ".localcloud" / "state"
    assert user.local("preview").returncode == 3  # creates the folder of the state
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(state)], check=True)
    try:
        assert user.local("up").returncode == 1
        full = user.local("up", "--json")
        (error,) = json.loads(full.stdout)["errors"]
        assert "MiB free; at least 50 MiB are required" in error
        subprocess.run(["mount", "-o", "remount,size=80m", str(state)], check=True)
        assert user.local("up").returncode == 0
        assert len(user.cloud.client("efs").describe_file_systems()["FileSystems"]) == 1
    finally:
        subprocess.run(["umount", str(state)], check=True)


def test_init_creates_a_secure_state_backend_and_can_run_again(
    user: User, cloud: LocalCloud
) -> None:
    words = ("init", "--stack", "dev", "--region", "eu-central-1", "--endpoint", cloud.endpoint)
    with environment(**cloud.environment):
        first, second = user.run(*words, "--json"), user.run(*words)
    assert first.returncode == 0, first.stdout + first.stderr
    created = answer("init", first.stdout)
    assert [created[f"{what}_created"] for what in ("bucket", "key")] == [True, True]
    assert second.returncode == 0, second.stdout + second.stderr
    assert second.stdout.count("already exists") == 3

    bucket, s3 = "jenkins-platform-state-123456789012-eu-central-1", cloud.client("s3")
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    assert "aws:SecureTransport" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    keys = {o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    assert ".pulumi/stacks/jenkins-platform/dev.json" in keys, "Pulumi keeps its state there"
    settings = yaml.safe_load((user.folder / "Pulumi.dev.yaml").read_text())
    assert settings["secretsprovider"].startswith("awskms:///arn:aws:kms:")
    rotation = cloud.client("kms").get_key_rotation_status(
        KeyId=settings["secretsprovider"].split("///")[1].split("?")[0]
    )
    assert rotation["KeyRotationEnabled"] is True
