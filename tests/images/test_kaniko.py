"""The Kaniko image, built and pushed by `up`: real builds with the real executor, inside an agent.

Kaniko deletes the root file system of its container between stages. These tests cover the risks
that its documentation warns about: the agent's JVM keeps running, loads further classes, starts
further steps, and the programs that steps use are available afterwards. The builds push to a
registry with the host name of ECR, over TLS, and sign in as to ECR: with a token that the
executor's credential helper gets from the (emulated) ECR API.
"""

from __future__ import annotations

from collections.abc import Iterator

import jinja2
import pytest
from docker.models.containers import Container
from jenkins_platform.controller import jcasc
from jenkins_platform.inputs import AgentTemplateArgs, PlatformImage
from jenkins_platform.settings import Settings
from jenkins_platform_cli.pulumi_cli.golang import ROOT
from localcloud.cloud import LocalCloud

from harness.aws import scans
from harness.docker.engine import Engine, Registry
from harness.docker.immutable_registry import Front, immutable
from harness.docker.kaniko import BUSYBOX, Run, build, certificate_of, check_out, connected
from harness.docker.platform_images import REGISTRY, SIGN_IN, Built
from harness.servers.web import AgentController

pytestmark = pytest.mark.long

SAMPLE = ROOT / "templates" / "jobs" / "kaniko"


@pytest.fixture(scope="module")
def controller() -> AgentController:
    return AgentController()


@pytest.fixture(scope="module")
def front(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The registry under another name, with immutable tags."""
    host = REGISTRY.replace("123456789012", "210987654321")
    sign_in = SIGN_IN["username"], SIGN_IN["password"]
    with immutable(host, registry, sign_in, tmp_path_factory.mktemp("immutable")) as running:
        yield running


@pytest.fixture(scope="module")
def private(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The registry under a name that is not ECR's, for which there is no credential helper."""
    sign_in = SIGN_IN["username"], SIGN_IN["password"]
    folder = tmp_path_factory.mktemp("private")
    with immutable("private.example.com", registry, sign_in, folder) as running:
        yield running


@pytest.fixture(scope="module")
def agent(
    built: Built,
    engine: Engine,
    registry: Registry,
    cloud: LocalCloud,
    controller: AgentController,
    front: Front,
    private: Front,
) -> Iterator[Container]:
    with connected(built, engine, [registry, front, private], cloud, controller) as container:
        yield container


@pytest.fixture(scope="module")
def first(agent: Container, controller: AgentController) -> Run:
    """A build of several stages, from a checkout in the workspace."""
    check_out(controller)
    return build(controller, "kaniko --context stages")


@pytest.fixture(scope="module")
def second(first: Run, controller: AgentController) -> Run:
    """The same build again."""
    return build(controller, "kaniko --context stages --tag again")


def started(engine: Engine, image: str) -> str:
    """Output of an image that is pulled from the registry and run."""
    engine.client.images.pull(image, auth_config=SIGN_IN)
    return engine.output(image, network_mode="none")


def test_the_sample_image_is_built_pushed_and_runs(
    agent: Container, controller: AgentController, built: Built, engine: Engine
) -> None:
    """The files of the sample job, on a stand-in for its base image."""
    files = {name: (SAMPLE / name).read_text() for name in ("Dockerfile", "hello")}
    write = "".join(f"cat >{n} <<'EOF'\n{text}EOF\n" for n, text in files.items())
    sample = build(controller, f"{write}kaniko --tag sample-1 --build-arg BASE={BUSYBOX}")
    assert f"Pushed {built.applications}@{sample.digest}" in sample.log
    assert started(engine, f"{built.applications}@{sample.digest}") == (
        "Hello from an image that Kaniko built, as user 65534."
    )
    tagged = engine.client.images.pull(built.applications, tag="sample-1", auth_config=SIGN_IN)
    assert f"{built.applications}@{sample.digest}" in tagged.attrs["RepoDigests"]


def test_a_multi_stage_build_is_correct(
    first: Run, controller: AgentController, built: Built, engine: Engine
) -> None:
    commit = controller.run("#!/bin/sh\ngit -C stages rev-parse HEAD").strip()
    assert f"Pushing image to {built.applications}:{commit[:12]}" in first.log
    # Before the first stage, after each stage, and at the end.
    assert first.log.count("Deleting filesystem") >= 4
    image = f"{built.applications}@{first.digest}"
    assert started(engine, image) == "built by root, run by app"
    # Files removed in one stage exist in another; the image contains nothing of the agent.
    listed = engine.output(
        image,
        *("-c", "ls -d /kaniko /workspace /bin/sh 2>&1; cat /app/given /app/variables"),
        entrypoint=["/bin/sh"],
        network_mode="none",
    )
    assert "ls: /kaniko: No such file or directory" in listed
    assert "ls: /workspace: No such file or directory" in listed
    names, variables = listed.split("from the context\n")
    assert names.endswith("/bin/sh\n")
    seen = {line.split("=")[0] for line in variables.splitlines()}
    assert seen <= {"HOME", "PATH", "PWD", "SHLVL"}


def test_a_second_build_uses_cached_layers(first: Run, second: Run, built: Built) -> None:
    assert first.log.count("No cached layer found") == 3  # the first of each stage
    assert f"to {built.cache}:" in first.log
    assert "No cached layer found" not in second.log
    assert "Running: [" not in second.log
    assert second.log.count("Using caching version of cmd") == 8


def test_the_agent_and_its_tools_work_after_builds(
    second: Run, agent: Container, controller: AgentController
) -> None:
    # The same JVM as before the builds: it connected once.
    assert agent.logs().decode().count("Connected as kaniko-1") == 1
    # New processes that steps and the git plugin start; /bin/sh is restored.
    printed = controller.run(
        "java -version; git --version; git ls-remote /kaniko/agent/workspace/job/stages;"
        " curl --version; ssh -V; tar --help 2>&1 | head -n 1; ps; nohup true"
    )
    assert 'openjdk version "21' in printed
    assert "refs/heads/" in printed
    assert controller.run("#!/bin/sh\ncat stages/given") == "from the context\n"


def test_git_connects_over_tls_after_a_build(
    agent: Container, controller: AgentController, registry: Registry
) -> None:
    """The registry is not a Git server, but it answers over TLS, which is what git must reach."""
    status, log = controller.attempt(
        f"GIT_SSL_CAINFO={certificate_of(registry)} git ls-remote https://{REGISTRY}/x.git"
    )
    assert status != 0
    assert f"https://{REGISTRY}/x.git" in log
    assert "certificate" not in log


def test_the_agent_works_after_a_failed_build(
    agent: Container, controller: AgentController
) -> None:
    status, log = controller.attempt(
        "#!/kaniko/bin/bash -e\nmkdir -p broken && cd broken &&"
        f" printf 'FROM {BUSYBOX}\\nRUN rm -rf /bin/sh /etc/passwd && false\\n' >Dockerfile &&"
        " echo old >kaniko.digest && kaniko --tag broken"
    )
    assert status != 0
    assert "error building image" in log
    assert "no digest" in controller.run("test ! -e broken/kaniko.digest && echo no digest")
    assert "root" in controller.run("id -un")
    good = "mkdir good && cd good && echo 'FROM scratch\nCOPY x /' >Dockerfile && echo 1 >x"
    build(controller, f"{good} && kaniko --tag good && cp kaniko.digest ..")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--context /etc", "the build would delete its context '/etc'"),
        ("--context missing", "no folder 'missing' for a context"),
        ("--context", "--context needs a value"),
        ("--context /kaniko/tmp", "has no tag, and there is no commit to name it after"),
    ],
)
def test_invalid_builds_are_refused_before_files_are_deleted(
    agent: Container, controller: AgentController, arguments: str, message: str
) -> None:
    status, log = controller.attempt(f"#!/kaniko/bin/bash -e\nkaniko {arguments}")
    assert status == 2
    assert message in log
    assert "Deleting filesystem" not in log


@pytest.mark.parametrize("repository", ["shop", "before"])
def test_a_commit_that_was_pushed_before_is_built_again_and_other_content_is_refused(
    agent: Container, controller: AgentController, front: Front, repository: str
) -> None:
    trust = f"export CURL_CA_BUNDLE={certificate_of(front)}"
    controller.run(
        f"mkdir {repository} && cd {repository} && git init -q . && echo a >a &&"
        " printf 'FROM scratch\\nCOPY a /\\n' >Dockerfile && git add . &&"
        " git -c user.name=x -c user.email=x@x commit -qm x"
    )
    command = f"{trust}; kaniko --context {repository} --destination {front.host}/{repository}"
    first = build(controller, command)
    # Another image, because it has another time of creation.
    again = build(controller, command)
    assert "is immutable" in again.log or "Immutable tag error ignored" in again.log
    assert f"an earlier build pushed {front.host}/{repository}:" in again.log
    assert again.digest == first.digest
    tag = again.log.split(f"an earlier build pushed {front.host}/{repository}:")[1].split(":")[0]
    other = f"{trust}; kaniko --context {repository} --destination {front.host}/{repository}:{tag}"
    status, log = controller.attempt(f"#!/kaniko/bin/bash -e\n{other} --label a=b")
    assert status == 2
    assert "exists, from another commit or with other options" in log
    assert "no digest" in controller.run("test ! -e kaniko.digest && echo no digest")


def refused(controller: AgentController, command: str) -> tuple[int, str]:
    """Exit status and output of a build that fails and leaves no digest."""
    status, log = controller.attempt(f"#!/kaniko/bin/bash -e\n{command}")
    assert "no digest" in controller.run("test ! -e kaniko.digest && echo no digest"), log
    return status, log


def test_the_scan_of_a_pushed_image_stops_the_build(
    agent: Container, controller: AgentController, built: Built, cloud: LocalCloud, front: Front
) -> None:
    """The emulated ECR gets the image and its findings from the test: the registry behind the
    tests' ECR scans nothing."""
    repository = built.applications.removeprefix(f"{REGISTRY}/")
    controller.run(
        "mkdir gate && cd gate && echo a >a && printf 'FROM scratch\\nCOPY a /\\n' >Dockerfile"
    )
    plain = "kaniko --context gate --tag gate --reproducible"
    gate = "export FAIL_ON_SEVERITY=HIGH SCAN_WAIT_SECONDS=0"
    status, log = refused(controller, f"{gate}; {plain}")
    assert status == 3
    assert f"no scan of {built.applications}:gate after 0 s (ImageNotFoundException)" in log

    digest = build(controller, plain).digest
    scans.add_image(cloud, repository, digest)
    scans.set_findings(cloud, repository, digest, {"CRITICAL": 1, "HIGH": 2, "LOW": 9})
    status, log = refused(controller, f"{gate}; {plain}")
    assert status == 3
    assert f"{digest} has findings of severity HIGH or above: 1 CRITICAL 2 HIGH." in log
    controller.run("echo b >gate/a")
    digest = build(controller, plain).digest
    scans.add_image(cloud, repository, digest)
    scans.set_findings(cloud, repository, digest, {"LOW": 9})
    assert build(controller, f"{gate}; {plain}").digest == digest

    # An image of an earlier build passes the same gate; the emulated ECR has no such account.
    trust = f"export CURL_CA_BUNDLE={certificate_of(front)}"
    commit = "git init -q . && git add . && git -c user.name=x -c user.email=x@x commit -qm x"
    controller.run(f"cd gate && {commit}")
    again = f"{trust}; kaniko --context gate --destination {front.host}/gate"
    build(controller, again)
    status, log = refused(controller, f"{gate}; {again}")
    assert status == 3
    assert f"an earlier build pushed {front.host}/gate:" in log
    assert "RepositoryNotFoundException" in log

    # Nothing to scan: the image is not pushed, or to a registry that ECR does not scan.
    build(controller, f"{gate}; {plain} --no-push")
    elsewhere = f"{plain} --destination registry.example.com/shop"
    status, log = controller.attempt(f"#!/kaniko/bin/bash -e\n{gate}; {elsewhere}")
    assert status == 2
    assert "'registry.example.com/shop:gate' is not in ECR" in log
    assert "Deleting filesystem" not in log


def test_a_base_in_a_private_registry_is_pulled_with_credentials_from_the_environment(
    agent: Container, controller: AgentController, built: Built, private: Front
) -> None:
    """As a template gets them by `secrets`."""
    base = f"{private.host}/{BUSYBOX.removeprefix(f'{REGISTRY}/')}"
    write = f"printf 'FROM {base}\\nCOPY a /\\n' >Dockerfile"
    controller.run(f"mkdir private && cd private && echo a >a && {write}")
    command = "kaniko --context private --tag private"
    status, log = controller.attempt(f"#!/kaniko/bin/bash -e\n{command}")
    assert status != 0
    assert "UNAUTHORIZED" in log
    variables = "KANIKO_PRIVATE_EXAMPLE_COM_USER=reader KANIKO_PRIVATE_EXAMPLE_COM_PASSWORD=a-word"
    done = build(controller, f"export {variables}; {command}")
    assert f"Pushed {built.applications}@{done.digest}" in done.log
    assert "a-word" not in done.log


def test_the_sample_job_builds_these_files(engine: Engine) -> None:
    """The files that the job writes are those of the first test."""
    agents: list[AgentTemplateArgs]
    agents = [{"name": "builder", "platform_image": PlatformImage.KANIKO}]
    settings = Settings.from_args("jenkins", {"agents": agents})
    template: jinja2.Template = jcasc._environment().get_template("jobs/kaniko.groovy.j2")
    job = template.render(settings=settings)
    assert "label: \\'builder\\'" in job
    for name in ("Dockerfile", "hello"):
        written = jcasc.groovy_text((SAMPLE / name).read_text())
        assert jcasc.groovy_text(f"writeFile file: '{name}', text: {written}")[1:-1] in job
