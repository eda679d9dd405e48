"""The controller's image, built and pushed by `up`, as ECS runs it: on a stand-in for Jenkins."""

from __future__ import annotations

import json
import re
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from docker.models.containers import Container
from localcloud.cloud import REGION, LocalCloud

from harness.docker.engine import Engine
from harness.docker.platform_images import Built, outputs, reference
from harness.servers.web import Call, Fixed, Relay

pytestmark = pytest.mark.long

KEY = Credentials("AKIATESTTESTTESTTEST", "a/secret+key=for/tests", "a-session/token+with==signs")
PASSWORD = "a 'pass\"word' $HOME `x` \\ *"
STATE = "/run/jenkins-platform"
PLUGINS = "/var/jenkins_home/plugins"
UP = "Jenkins is fully up and running"


@dataclass
class Task:
    """What ECS passes to a controller's container, on a network of the tests."""

    engine: Engine
    image: str
    s3: Relay
    options: dict[str, Any]
    variables: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def running(self, *command: str, home: str = "", **variables: str) -> Iterator[Container]:
        """A running controller, with a read-only root as in the task definition."""
        volumes = {home: {"bind": "/var/jenkins_home", "mode": "rw"}} if home else {}
        with self.engine.container(
            self.image,
            *command,
            environment=self.variables | variables,
            read_only=True,
            volumes=volumes,
            **self.options,
        ) as container:
            yield container


@pytest.fixture(scope="module")
def task(built: Built, engine: Engine, cloud: LocalCloud) -> Iterator[Task]:
    """The variables of the task definition that `up` registered, with addresses of stand-ins for
    S3 and for the credentials of the task."""
    definition = outputs(built.stack, "TaskDefinition", "controller")["containerDefinitions"]
    (container,) = json.loads(definition)
    given = {pair["name"]: pair["value"] for pair in container["environment"]}
    assert [secret["name"] for secret in container["secrets"]] == ["JENKINS_ADMIN_PASSWORD"]
    assert container["image"] == reference(built.stack, "controller")
    credentials = {
        "RoleArn": "arn:aws:iam::123456789012:role/controller",
        "AccessKeyId": KEY.access_key,
        "SecretAccessKey": KEY.secret_key,
        "Token": KEY.token,
        "Expiration": "2030-01-01T00:00:00Z",
    }
    with ExitStack() as stack:
        address = stack.enter_context(engine.network("controller"))
        s3 = Relay(cloud.endpoint)
        task_role = Fixed(json.dumps(credentials, indent=1).encode())
        yield Task(
            engine,
            container["image"],
            s3,
            {"network": "controller"},
            given
            | {
                "JENKINS_ADMIN_PASSWORD": PASSWORD,
                "AWS_ENDPOINT_URL_S3": stack.enter_context(s3.served(address)),
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": stack.enter_context(
                    task_role.served(address)
                ),
            },
        )


def wait_for(container: Container, text: str) -> str:
    """Wait until a container's log holds a text; the log."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        log: str = container.logs().decode()
        if text in log:
            return log
        container.reload()
        assert container.status == "running", log
        time.sleep(0.05)
    raise AssertionError(f"no '{text}' in the log:\n{log}")


def attempt(container: Container, *command: str) -> tuple[int, str]:
    """Exit status and output of a program in a running container."""
    status, printed = container.exec_run(list(command))
    assert isinstance(printed, bytes)
    return status or 0, printed.decode().strip()


def run(container: Container, script: str) -> str:
    """What a script prints in a running container."""
    status, printed = attempt(container, "bash", "-c", script)
    assert status == 0, printed
    return printed


@pytest.fixture(scope="module")
def controller(task: Task) -> Iterator[Container]:
    """A controller that is ready."""
    with task.running() as container:
        wait_for(container, UP)
        yield container


def test_it_starts_with_the_configuration_at_the_version_of_the_task(
    controller: Container, built: Built
) -> None:
    document = outputs(built.stack, "BucketObjectv2", "configuration")
    assert f"configuration: {document['content'].strip()}\n" in controller.logs().decode()
    assert run(controller, f"ls {STATE}/casc") == "jenkins.yaml"
    assert run(controller, "cat /proc/1/environ | tr '\\0' '\\n' | grep CASC_JENKINS_CONFIG") == (
        f"CASC_JENKINS_CONFIG={STATE}/casc"
    )


def test_the_request_for_the_configuration_is_signed_as_botocore_signs_it(
    task: Task, controller: Container, built: Built
) -> None:
    document = outputs(built.stack, "BucketObjectv2", "configuration")
    call = next(c for c in task.s3.calls if "versionId" in c.path)
    assert call.path == f"/{document['bucket']}/jenkins.yaml?versionId={document['versionId']}"
    headers = {name.lower(): value for name, value in call.headers.items()}
    scheme, _, rest = headers["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert scheme == "AWS4-HMAC-SHA256"
    assert "x-amz-security-token" in parts["SignedHeaders"].split(";")
    assert parts["Signature"] == botocores_signature(call, parts["SignedHeaders"].split(";"))


def botocores_signature(call: Call, signed: list[str]) -> str:
    headers = {name.lower(): value for name, value in call.headers.items()}
    url = f"http://{headers['host']}{call.path}"
    request = AWSRequest(call.method, url, headers={name: headers[name] for name in signed})
    # As botocore signs a real request: the query is passed as parameters, not in the path.
    request.params = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    request.url = url.split("?")[0]
    request.context["timestamp"] = headers["x-amz-date"]
    signer = S3SigV4Auth(KEY, "s3", REGION)
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    signature: str = signer.signature(to_sign, request)
    return signature


def test_no_process_has_a_secret_in_its_environment(controller: Container) -> None:
    # Read from the host, whose root may read all environments.
    listed = controller.top(ps_args="-eo pid,comm")["Processes"]
    environments = {name: Path(f"/proc/{pid}/environ").read_bytes() for pid, name in listed}
    assert environments.keys() >= {"tini", "java", "git-daemon"}
    for name, variables in environments.items():
        assert PASSWORD.encode() not in variables, name
        assert b"JENKINS_ADMIN_PASSWORD=" not in variables, name


def test_the_secrets_are_files_that_only_jenkins_can_read(controller: Container) -> None:
    secret = f"{STATE}/secrets/JENKINS_ADMIN_PASSWORD"
    assert run(controller, f"stat -c '%a %U' {secret} {STATE}/secrets {STATE}") == (
        "400 jenkins\n700 jenkins\n700 jenkins"
    )
    assert run(controller, f"cat {secret}") == PASSWORD
    assert "SECRETS=" + STATE + "/secrets" in run(controller, "tr '\\0' '\\n' </proc/1/environ")


def test_jenkins_runs_as_its_own_user_below_an_init_process(controller: Container) -> None:
    assert run(controller, "ps -o pid=,user=,comm= 1 | xargs") == "1 jenkins tini"
    assert run(controller, "ps -o user=,ppid= -C java | xargs") == "jenkins 1"
    assert run(controller, "id -u jenkins") == "1000"


def test_jenkins_unpacks_outside_its_home(controller: Container) -> None:
    log = controller.logs().decode()
    (arguments,) = re.findall(r"^arguments: (.*)$", log, re.MULTILINE)
    assert arguments.split()[-2:] == [
        f"--webroot={STATE}/war",
        f"--pluginroot={STATE}/plugins",
    ]
    assert f"tmpdir: {STATE}/tmp\n" in log
    assert run(controller, "test ! -e /var/jenkins_home/copy_reference_file.log && echo none") == (
        "none"
    )
    assert run(controller, "cat /var/jenkins_home/jenkins.install.UpgradeWizard.state") == "2.0"


def test_caches_and_clones_are_on_the_disk_of_the_task(task: Task) -> None:
    caches, home = ("caches", "global-libraries-cache"), "/var/jenkins_home"
    # One of an older home, and one whose task is gone.
    prepare = f"mkdir -p {home}/caches/git-abc/objects && ln -s /gone {home}/global-libraries-cache"
    with task.running("bash", "-c", f"{prepare} && sleep 60", home="caches-home") as before:
        run(before, f"until [ -L {home}/global-libraries-cache ]; do sleep 0.1; done")
    for start in ("first", "second"):
        with task.running(home="caches-home") as container:
            log = wait_for(container, UP)
            moved = "caches of the home is now on the disk of the task" in log
            assert moved is (start == "first")
            for cache in caches:
                assert run(container, f"readlink {home}/{cache}") == f"{STATE}/{cache}"
                assert run(container, f"ls {home}/{cache}") == "", "each task fills its own"
                run(container, f"touch {home}/{cache}/written")
            old = f"{home}/.jenkins-platform.old-caches"
            run(container, f"while [ -e {old} ]; do sleep 0.1; done")
            options = run(container, "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'")
            assert f"SCMBasedRetriever.root={STATE}/libraries" in options
            assert f"workspacesDir={STATE}/workspaces/${{ITEM_FULL_NAME}}\n" in options


def test_the_root_file_system_can_be_read_only(controller: Container) -> None:
    status, printed = attempt(controller, "touch", "/tmp/x")
    assert status != 0
    assert "Read-only file system" in printed
    changed = {change["Path"] for change in controller.diff() or []}
    assert changed <= {"/run", STATE, "/var", "/var/jenkins_home"}


def test_the_health_check_of_the_image_and_of_the_task_succeed(
    controller: Container, built: Built
) -> None:
    definition = outputs(built.stack, "TaskDefinition", "controller")["containerDefinitions"]
    (container,) = json.loads(definition)
    kind, command = container["healthCheck"]["command"]
    assert kind == "CMD-SHELL"
    run(controller, command)
    assert controller.image
    check = controller.image.attrs["Config"]["Healthcheck"]["Test"]
    assert attempt(controller, *check[1:]) == (0, "")


def test_below_a_path_the_image_is_healthy(task: Task) -> None:
    with task.running(JENKINS_PREFIX="/tools/jenkins") as container:
        log = wait_for(container, UP)
        assert " --prefix=/tools/jenkins" in log, log
        assert container.image
        check = container.image.attrs["Config"]["Healthcheck"]["Test"]
        assert attempt(container, *check[1:]) == (0, "")
        root = "curl --silent --output /dev/null --write-out '%{http_code}' localhost:8080/health/"
        assert run(container, root) == "404"


def test_the_shared_library_is_served_to_this_container_only(controller: Container) -> None:
    url = "git://127.0.0.1/jenkins-platform.git"
    cloned = f"git clone -q -b main {url} {STATE}/tmp/library && ls {STATE}/tmp/library/vars"
    assert run(controller, cloned).split() == ["kanikoBuild.groovy", "retryOnSpot.groovy"]
    push = f"cd {STATE}/tmp/library && git push -q {url} HEAD:other"
    status, _ = attempt(controller, "bash", "-c", push)
    assert status != 0
    # 0100007F:24CA is 127.0.0.1:9418.
    assert run(controller, "grep -c '0100007F:24CA 00000000:0000 0A' /proc/net/tcp") == "1"
    assert run(controller, "grep -c '00000000:24CA' /proc/net/tcp || true") == "0"


def test_sigterm_reaches_jenkins(task: Task) -> None:
    with task.running() as container:
        wait_for(container, UP)
        container.stop(timeout=60)
        container.reload()
        # 143 is Java's exit status after SIGTERM; after SIGKILL it would be 137.
        assert container.attrs["State"]["ExitCode"] == 143
        assert "stopped in order" in container.logs().decode()


def test_a_second_controller_waits_for_the_first_to_end(task: Task) -> None:
    with task.running(home="shared-home") as first:
        wait_for(first, UP)
        with task.running(home="shared-home") as second:
            log = wait_for(second, "waiting up to 300 s")
            assert f"the home is in use (by {first.short_id} since 20" in log
            assert "configuration:" not in log
            first.stop(timeout=60)
            log = wait_for(second, UP)
        assert "still in use" not in log


def test_waiting_for_the_home_ends_with_an_error(task: Task) -> None:
    with task.running(home="busy-home") as first:
        wait_for(first, UP)
        with task.running(home="busy-home", WRITER_WAIT_SECONDS="1") as second:
            assert second.wait(timeout=60)["StatusCode"] == 1
            assert "still in use (by " in second.logs().decode()
            assert "after 1 s; stop that task first" in second.logs().decode()


def test_a_waiting_controller_can_be_stopped(task: Task) -> None:
    with task.running(home="waiting-home") as first:
        wait_for(first, UP)
        with task.running(home="waiting-home") as second:
            wait_for(second, "waiting up to")
            second.stop(timeout=60)
            second.reload()
            assert second.attrs["State"]["ExitCode"] == 143


@pytest.mark.parametrize("direction", ["older", "newer"])
def test_a_home_gets_the_plugins_of_the_image_whether_its_own_are_older_or_newer(
    task: Task, direction: str
) -> None:
    """An upgrade finds older plugins in the home, a rollback newer ones. The stand-in's own start
    script leaves what is there, as the official one does with newer plugins. What only the home
    has stays."""
    moment = {"older": "2020-01-01", "newer": "2040-01-01"}[direction]
    prepare = (
        "mkdir -p plugins && for file in plugins/{git,own}.jpi; do "
        f"echo {direction} >$file && touch -d {moment} $file; done; sleep 60"
    )
    home = f"{direction}-home"
    with task.running("bash", "-c", f"cd /var/jenkins_home && {prepare}", home=home) as before:
        run(before, "until [ -e /var/jenkins_home/plugins/own.jpi ]; do sleep 0.1; done")
    for start in ("first", "second"):
        with task.running(home=home) as container:
            log = wait_for(container, UP)
            run(container, f"cmp /usr/share/jenkins/ref/plugins/git.jpi {PLUGINS}/git.jpi")
            assert run(container, f"cat {PLUGINS}/own.jpi") == direction
            replaced = "plugin git.jpi of the home is replaced by the image's" in log
            assert replaced is (start == "first")


def hooks_about(subject: str, task: Task, home: str, **variables: str) -> list[str]:
    """The start-up hooks in a home, by a part of their name, after a start."""
    with task.running(home=home, **variables) as container:
        wait_for(container, UP)
        found = run(container, "ls $JENKINS_HOME/init.groovy.d").split()
    return [hook for hook in found if subject in hook]


def test_the_hook_for_warm_agents_comes_and_goes_with_the_input(task: Task) -> None:
    def hooks(**variables: str) -> list[str]:
        return hooks_about("warm", task, "warm", **variables)

    assert hooks(WARM_AGENTS="{}") == ["jenkins-platform-warm-agents.groovy"]
    assert hooks() == []


def test_the_hook_for_credentials_comes_with_the_app_and_stays_to_remove_them(task: Task) -> None:
    def hooks(home: str = "token", **variables: str) -> list[str]:
        return hooks_about("credentials", task, home, **variables)

    ours = ["jenkins-platform-credentials.groovy"]
    token = {"VARIABLES_AS_FILES": "JENKINS_GITLAB_TOKEN", "JENKINS_GITLAB_TOKEN": "x"}
    assert hooks() == []
    assert hooks(**token) == ours
    assert [hooks("app", JENKINS_GITHUB_APP_ID="1"), hooks("app")] == [ours, ours]


def test_a_missing_secret_is_reported_by_name(task: Task) -> None:
    with task.running(
        VARIABLES_AS_FILES="JENKINS_ADMIN_PASSWORD,JENKINS_REALM_SECRET"
    ) as container:
        assert container.wait(timeout=60)["StatusCode"] == 1
        assert "names JENKINS_REALM_SECRET, but" in container.logs().decode()


def test_a_missing_configuration_stops_the_start(task: Task) -> None:
    with task.running(CONFIGURATION_KEY="other.yaml") as container:
        assert container.wait(timeout=60)["StatusCode"] != 0
        log = container.logs().decode()
        assert "cannot get the configuration from" in log
        assert "/other.yaml?versionId=" in log
        assert "arguments:" not in log


def test_another_command_starts_without_the_preparation(task: Task) -> None:
    with task.running("cat", "/etc/debian_version") as container:
        assert container.wait(timeout=60)["StatusCode"] == 0
        assert container.logs().decode().startswith("13")


@pytest.mark.parametrize("path_prefix", ["", "/tools/jenkins"])
def test_a_new_configuration_is_loaded_without_a_restart(
    task: Task, cloud: LocalCloud, path_prefix: str
) -> None:
    s3, bucket = cloud.client("s3"), "reload-test"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=bucket, Key="jenkins.yaml", Body=b"jenkins: {systemMessage: one}")
    variables = {
        "CONFIGURATION_BUCKET": bucket,
        "CONFIGURATION_VERSION": "",
        "CONFIGURATION_RELOAD_SECONDS": "1",
        "JENKINS_PREFIX": path_prefix,
    }
    try:
        with task.running(**variables) as container:
            wait_for(container, "configuration: jenkins: {systemMessage: one}")
            wait_for(container, UP)
            s3.put_object(Bucket=bucket, Key="jenkins.yaml", Body=b"jenkins: {systemMessage: two}")
            log = wait_for(container, "reloaded: jenkins: {systemMessage: two}")
            assert log.count("reloaded:") == 1
            s3.put_object(Bucket=bucket, Key="jenkins.yaml", Body=b"jenkins: {systemMesage: three}")
            log = wait_for(container, "jenkins-platform: Jenkins refused the configuration with")
            assert "systemMesage" in log[log.index("refused the configuration") :]
            s3.put_object(Bucket=bucket, Key="jenkins.yaml", Body=b"jenkins: {systemMessage: four}")
            wait_for(container, "reloaded: jenkins: {systemMessage: four}")
    finally:
        s3.delete_object(Bucket=bucket, Key="jenkins.yaml")
        s3.delete_bucket(Bucket=bucket)
