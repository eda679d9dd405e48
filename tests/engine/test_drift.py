"""Drift: what the platform itself changes is none."""

from __future__ import annotations

import json

import pytest

from harness.inputs.lean import LEAN
from harness.stacks.user import User

pytestmark = pytest.mark.long


def test_a_controller_that_sleeps_is_not_drift(user: User) -> None:
    user.set(**LEAN, schedule={"wake_page": True})
    up = user.local("up")
    assert up.returncode == 0, up.stdout
    asleep = user.local("sleep")
    assert (asleep.returncode, asleep.stdout) == (0, "Jenkins is asleep.\n"), asleep.stderr
    drift = user.local("drift", "--json")
    assert (drift.returncode, json.loads(drift.stdout)["changes"]) == (0, []), drift.stdout

    ecs = user.cloud.client("ecs")
    (cluster,) = [c for c in ecs.list_clusters()["clusterArns"] if "controller" in c]
    (service,) = ecs.list_services(cluster=cluster)["serviceArns"]
    ecs.update_service(cluster=cluster, service=service, healthCheckGracePeriodSeconds=7)
    drift = user.local("drift", "--json")
    assert drift.returncode == 3, drift.stdout + drift.stderr
    (change,) = json.loads(drift.stdout)["changes"]
    assert change["name"] == "jenkins-controller"
    assert change["properties"] == ["healthCheckGracePeriodSeconds"], "beside the desired count"
