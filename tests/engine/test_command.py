"""The ``jenkins-platform`` command, run as a process in a project folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time

import pytest
import yaml
from localcloud.cloud import LocalCloud

from harness.documentation.answers import answer
from harness.inputs.lean import LEAN
from harness.stacks.engine import environment
from harness.stacks.user import User

pytestmark = pytest.mark.long


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
