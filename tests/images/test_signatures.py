"""Images that builds sign, verified by the public verifier, on a registry and a key of KMS."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker.errors
import pytest
from docker.models.containers import Container
from localcloud.cloud import LocalCloud

from harness.docker import standins
from harness.docker.engine import Engine, Registry
from harness.docker.kaniko import build, certificate_of, check_out, connected
from harness.docker.platform_images import REGISTRY, SIGN_IN, Built
from harness.servers.web import AgentController
from harness.stacks import go_tools

pytestmark = pytest.mark.long

ORIGIN = "https://git.example.com/shop.git"
JOB = 'a "quoted" job'


@pytest.fixture(scope="module")
def controller() -> AgentController:
    return AgentController()


@pytest.fixture(scope="module")
def agent(
    built: Built,
    engine: Engine,
    registry: Registry,
    cloud: LocalCloud,
    controller: AgentController,
) -> Iterator[Container]:
    with connected(built, engine, [registry], cloud, controller) as container:
        yield container


@dataclass(frozen=True)
class Key:
    """A key of KMS for signatures, and its public half in PEM."""

    arn: str
    public: str

    @classmethod
    def create(cls, cloud: LocalCloud, spec: Any = "ECC_NIST_P256") -> Key:
        kms = cloud.client("kms")
        key = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]
        public = kms.get_public_key(KeyId=key["KeyId"])["PublicKey"]
        text = base64.encodebytes(public).decode()
        return cls(key["Arn"], f"-----BEGIN PUBLIC KEY-----\n{text}-----END PUBLIC KEY-----\n")


@dataclass(frozen=True)
class Verifier:
    """The public verifier, in a container that reaches the registry."""

    engine: Engine
    registry: Registry
    folder: Path

    def run(self, key: Key, *command: str) -> str:
        """Its standard output.

        Raises:
            ContainerError: the image is not signed by the key.
        """
        sign_in = base64.b64encode(":".join(SIGN_IN.values()).encode()).decode()
        (self.folder / "config.json").write_text(
            json.dumps({"auths": {REGISTRY: {"auth": sign_in}}})
        )
        (self.folder / "key.pem").write_text(key.public)
        mounts = {
            str(self.folder): "/verify",
            str(self.registry.certificate): "/certificate.pem",
            str(go_tools.cosign()): "/cosign",
        }
        options = ("--key", "/verify/key.pem", "--insecure-ignore-tlog=true")
        return self.engine.output(
            standins.DEBIAN,
            *("/cosign", command[0], *options, *command[1:]),
            network_mode="host",
            extra_hosts=self.registry.hosts,
            environment={"DOCKER_CONFIG": "/verify", "SSL_CERT_FILE": "/certificate.pem"},
            volumes={path: {"bind": there, "mode": "ro"} for path, there in mounts.items()},
        )


@pytest.fixture(scope="module")
def verifier(
    engine: Engine, registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Verifier:
    return Verifier(engine, registry, tmp_path_factory.mktemp("verifier"))


@pytest.fixture(scope="module")
def key(cloud: LocalCloud) -> Key:
    return Key.create(cloud)


@pytest.fixture(scope="module")
def command(
    agent: Container,
    controller: AgentController,
    cloud: LocalCloud,
    registry: Registry,
    key: Key,
) -> str:
    """A build that signs with the key."""
    check_out(controller)
    controller.run(f"cd stages && git remote add origin {ORIGIN.replace('//', '//user:a-token@')}")
    variables = {
        "AWS_ENDPOINT_URL_KMS": cloud.endpoint,
        "CURL_CA_BUNDLE": certificate_of(registry),
        "SIGNING_KEY_ARN": key.arn,
        "JOB_NAME": JOB,
        "JENKINS_URL": "https://jenkins.example.com/",
        "BUILD_URL": "https://jenkins.example.com/job/shop/7/",
    }
    exported = " ".join(f"{name}='{value}'" for name, value in variables.items())
    return f"export {exported}; kaniko --context stages --reproducible"


@pytest.fixture(scope="module")
def image(command: str, controller: AgentController, built: Built, key: Key) -> str:
    """A signed image, by digest."""
    done = build(controller, command)
    assert f"kaniko: {built.applications}@{done.digest} is signed by {key.arn}" in done.log
    assert "a-token" not in done.log
    return f"{built.applications}@{done.digest}"


def test_the_public_verifier_accepts_the_signature(
    image: str, verifier: Verifier, built: Built, key: Key
) -> None:
    (claim,) = json.loads(verifier.run(key, "verify", image))
    assert claim["critical"] == {
        "identity": {"docker-reference": built.applications},
        "image": {"docker-manifest-digest": image.split("@")[1]},
        "type": "cosign container image signature",
    }


def test_the_public_verifier_accepts_the_origin(
    image: str, verifier: Verifier, controller: AgentController, built: Built, key: Key
) -> None:
    printed = verifier.run(key, "verify-attestation", "--type", "slsaprovenance1", image)
    statement = json.loads(base64.b64decode(json.loads(printed)["payload"]))
    repository, digest = image.split("@sha256:")
    assert statement["subject"] == [{"name": repository, "digest": {"sha256": digest}}]
    commit = controller.run("#!/bin/sh\ngit -C stages rev-parse HEAD").strip()
    assert statement["predicate"] == {
        "buildDefinition": {
            "buildType": "https://github.com/osscontainertools/kaniko",
            "externalParameters": {"job": JOB},
            "resolvedDependencies": [{"uri": f"git+{ORIGIN}", "digest": {"gitCommit": commit}}],
        },
        "runDetails": {
            "builder": {"id": "https://jenkins.example.com/"},
            "metadata": {"invocationId": "https://jenkins.example.com/job/shop/7/"},
        },
    }


def test_another_key_and_an_unsigned_image_are_refused(
    image: str, verifier: Verifier, cloud: LocalCloud, key: Key
) -> None:
    other = Key.create(cloud)
    for verb in (("verify",), ("verify-attestation", "--type", "slsaprovenance1")):
        with pytest.raises(docker.errors.ContainerError):
            verifier.run(other, *verb, image)
    with pytest.raises(docker.errors.ContainerError) as failure:
        verifier.run(key, "verify", f"{REGISTRY}/standin/busybox:1")
    assert "no signatures found" in str(failure.value)


def test_a_second_build_leaves_the_signatures(
    image: str, command: str, controller: AgentController, verifier: Verifier, key: Key
) -> None:
    """Tags of ECR are immutable. The image is the same, as it is reproducible."""
    verb = ("verify-attestation", "--type", "slsaprovenance1", image)
    before = verifier.run(key, *verb)
    assert build(controller, command).digest == image.split("@")[1]
    assert verifier.run(key, *verb) == before


@pytest.mark.parametrize("spec", ["gone", "ECC_NIST_P384"])
def test_a_key_that_cannot_sign_fails_the_build(
    image: str, command: str, controller: AgentController, cloud: LocalCloud, key: Key, spec: str
) -> None:
    arn = f"{key.arn[:-1]}x" if spec == "gone" else Key.create(cloud, spec).arn
    failing = f"{command.replace(key.arn, arn)} --tag {spec.lower()} --label a={spec}"
    status, log = controller.attempt(f"#!/kaniko/bin/bash -e\n{failing}")
    assert status != 0
    assert f"kaniko: {arn} did not sign " in log
    assert "no digest" in controller.run("test ! -e kaniko.digest && echo no digest")
