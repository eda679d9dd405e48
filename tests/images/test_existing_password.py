"""The administrator's password in a secret that exists already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi
from localcloud.cloud import LocalCloud

from harness.docker.engine import Engine
from harness.docker.user import docker_user
from harness.stacks.user import User
from tests.images.test_running_platform import eventually, running

pytestmark = pytest.mark.long

FIRST, SECOND = 'f\'rst "$x" ü', "the second one"


@pytest.fixture(scope="module")
def user(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    with docker_user(engine, tmp_path_factory.mktemp("user")) as found:
        secrets = LocalCloud.start(found.folder / ".localcloud").client("secretsmanager")
        arn = secrets.create_secret(Name="administrator", SecretString=FIRST)["ARN"]
        found.set(sign_in={"admin_password_secret_arn": arn})
        yield found


def signs_in(up: dict[str, Any], password: str) -> bool:
    admin = JenkinsApi(up["opens_at"], up["outputs"]["admin_user_name"], password)
    return admin.status("/whoAmI/api/json") == 200


def test_the_administrator_signs_in_with_it(user: User, up: dict[str, Any]) -> None:
    assert user.local("password").stdout == f"{FIRST}\n"
    assert signs_in(up, FIRST)
    assert not signs_in(up, SECOND)


def test_it_is_in_no_file_of_the_project(user: User, up: dict[str, Any]) -> None:
    assert up["outputs"]["admin_password_secret_arn"]
    assert [f for f in user.files_with(FIRST) if ".localcloud" not in f.parts] == []


def test_only_its_owner_changes_it(user: User, up: dict[str, Any], engine: Engine) -> None:
    arn = up["outputs"]["admin_password_secret_arn"]
    refused = user.local("rotate-password")
    assert refused.returncode == 1
    assert "sign_in.admin_password_secret_arn" in refused.stdout
    user.cloud.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=SECOND)
    assert signs_in(up, FIRST), "Jenkins reads it when it starts"
    (first,) = running(engine, "-controller", "-controller")
    ecs, cluster = user.cloud.client("ecs"), up["outputs"]["controller_cluster_arn"]
    (service,) = ecs.list_services(cluster=cluster)["serviceArns"]
    ecs.update_service(cluster=cluster, service=service, forceNewDeployment=True)
    eventually(lambda: first not in running(engine, "-controller", "-controller"))
    eventually(lambda: signs_in(up, SECOND))
    assert not signs_in(up, FIRST)
    assert user.local("password").stdout == f"{SECOND}\n"
