"""Images that builds sign, verified by the public verifier, on a registry and a key of KMS."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker.errors
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from docker.models.containers import Container
from localcloud.cloud import REGION, LocalCloud

from harness.docker import standins
from harness.docker.engine import Engine, Registry
from harness.docker.kaniko import BUSYBOX, DEBIAN, Run, build, certificate_of, check_out, connected
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
        """Its standard output, with the public half of the key.

        Raises:
            ContainerError: the image is not signed by the key.
        """
        (self.folder / "key.pem").write_text(key.public)
        options = ("--key", "/verify/key.pem", "--insecure-ignore-tlog=true")
        return self.output(command[0], *options, *command[1:])

    def output(self, *arguments: str, **environment: str) -> str:
        """The standard output of arguments.

        Raises:
            ContainerError: the program fails.
        """
        sign_in = base64.b64encode(":".join(SIGN_IN.values()).encode()).decode()
        (self.folder / "config.json").write_text(
            json.dumps({"auths": {REGISTRY: {"auth": sign_in}}})
        )
        mounts = {
            str(self.folder): "/verify",
            str(self.registry.certificate): "/certificate.pem",
            str(go_tools.cosign()): "/cosign",
        }
        return self.engine.output(
            standins.DEBIAN,
            *("/cosign", *arguments),
            network_mode="host",
            extra_hosts=self.registry.hosts,
            environment={
                "DOCKER_CONFIG": "/verify",
                "SSL_CERT_FILE": "/certificate.pem",
                **environment,
            },
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


PACKAGES = rf"""
FROM {DEBIAN}
WORKDIR /opt
COPY python lib/web_kit-2.1.dist-info/METADATA
COPY python lib/gone-1.0.dist-info/METADATA
COPY node node_modules/@shop/cart/package.json
RUN rm -r lib/gone-1.0.dist-info
"""
FILES = {
    "Dockerfile": PACKAGES,
    "python": "Metadata-Version: 2.1\nName: Web_Kit\nVersion: 2.1\n\nName: a description\n",
    "node": json.dumps(
        {
            "author": {"name": 'a "b", c', "version": "9"},
            "name": "@shop/cart",
            "files": ["name", "version"],
            "scripts": {"version": "x"},
            "version": "3.0.1",
        }
    ),
}


ALPINE = {
    "Dockerfile": f"""
FROM {BUSYBOX}
COPY os-release /usr/lib/os-release
COPY apk /lib/apk/db/installed
""",
    "os-release": 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\n',
    "apk": "P:musl\nV:1.2.5-r10\nA:x86_64\n\nP:libstdc++\nV:14.2.0-r6\nA:x86_64\n",
}


def packages_of(verifier: Verifier, key: Key, image: str) -> dict[str, Any]:
    """The attested bill of materials."""
    printed = verifier.run(key, "verify-attestation", "--type", "cyclonedx", image)
    statement = json.loads(base64.b64decode(json.loads(printed)["payload"]))
    assert statement["subject"][0]["digest"] == {"sha256": image.split("@sha256:")[1]}
    return dict(statement["predicate"])


def built_from(
    controller: AgentController, command: str, files: dict[str, str], folder: str
) -> Run:
    """Build other files, signed as the others."""
    written = "".join(
        f"cat >{folder}/{name} <<'EOF'\n{text}\nEOF\n" for name, text in files.items()
    )
    controller.run(f"mkdir -p {folder}\n{written}")
    options = f"--context {folder} --tag {folder}"
    return build(controller, command.replace("--context stages", options))


def test_the_public_verifier_accepts_the_packages(
    image: str,
    command: str,
    controller: AgentController,
    verifier: Verifier,
    built: Built,
    key: Key,
) -> None:
    """Those of the layers as they are in the end, each by its package manager."""
    made = built_from(controller, command, FILES, "packages")
    bill = packages_of(verifier, key, f"{built.applications}@{made.digest}")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None
    assert bill["metadata"]["component"]["version"] == made.digest
    assert bill["compositions"] == [{"aggregate": "incomplete", "assemblies": ["image"]}]
    found = {c["purl"].rpartition("@")[0]: c for c in bill["components"]}
    assert found["pkg:deb/debian/libc6"]["purl"].endswith("&distro=debian-13")
    assert {url: (c["name"], c["version"]) for url, c in found.items() if "deb/" not in url} == {
        "pkg:pypi/web-kit": ("Web_Kit", "2.1"),
        "pkg:npm/%40shop/cart": ("@shop/cart", "3.0.1"),
    }
    made = built_from(controller, command, ALPINE, "alpine")
    bill = packages_of(verifier, key, f"{built.applications}@{made.digest}")
    assert [(c["name"], c["version"], c["purl"]) for c in bill["components"]] == [
        (
            "libstdc++",
            "14.2.0-r6",
            "pkg:apk/alpine/libstdc%2B%2B@14.2.0-r6?arch=x86_64&distro=alpine-3.22.1",
        ),
        ("musl", "1.2.5-r10", "pkg:apk/alpine/musl@1.2.5-r10?arch=x86_64&distro=alpine-3.22.1"),
    ]


@pytest.mark.parametrize(
    ("dockerfile", "reason"),
    [
        (f"FROM {BUSYBOX}\nRUN echo 1 >/file", "it has no packages of Debian, Alpine, pip or npm"),
        (
            f"FROM {DEBIAN}\nRUN mkdir -p /var/lib/rpm && touch /var/lib/rpm/rpmdb.sqlite",
            "it has an RPM database, which this image cannot read",
        ),
    ],
)
def test_an_image_whose_packages_cannot_be_listed_is_signed_without_them(
    image: str,
    command: str,
    controller: AgentController,
    verifier: Verifier,
    built: Built,
    key: Key,
    dockerfile: str,
    reason: str,
) -> None:
    made = built_from(controller, command, {"Dockerfile": dockerfile}, f"none-{len(reason)}")
    assert reason in made.log
    other = f"{built.applications}@{made.digest}"
    verifier.run(key, "verify", other)
    verifier.run(key, "verify-attestation", "--type", "slsaprovenance1", other)
    with pytest.raises(docker.errors.ContainerError):
        packages_of(verifier, key, other)


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


DOCUMENT = (go_tools.golang.ROOT / "docs/images.md").read_text()


def documented(verb: str, image: str, key: Key) -> list[str]:
    """Arguments of a command in docs/images.md."""
    (command,) = set(re.findall(rf"`cosign ({verb} [^`]*<digest>)`", DOCUMENT))
    repository, digest = image.split("@")
    placeholders = {"<ARN of the key>": key.arn, "<repository>": repository, "<digest>": digest}
    for placeholder, value in placeholders.items():
        command = command.replace(placeholder, value)
    return str(command).split(" ")


@pytest.mark.parametrize(
    ("verb", "refusal"),
    [("verify", "invalid signature"), ("verify-attestation", "no matching attestations")],
)
def test_the_documented_commands_verify_with_the_key_in_kms(
    image: str, verifier: Verifier, cloud: LocalCloud, key: Key, verb: str, refusal: str
) -> None:
    environment = {
        "AWS_ENDPOINT_URL_KMS": cloud.endpoint,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    assert verifier.output(*documented(verb, image, key), **environment)
    with pytest.raises(docker.errors.ContainerError) as failure:
        verifier.output(*documented(verb, image, Key.create(cloud)), **environment)
    assert refusal in str(failure.value)


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
