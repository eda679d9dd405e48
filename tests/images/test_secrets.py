"""No secret is in an image, or in the files and logs of building and pushing it."""

from __future__ import annotations

import base64

import pytest
from localcloud.cloud import LocalCloud

from harness.docker.engine import Engine, Registry
from harness.docker.platform_images import TOKEN, Built, outputs
from harness.stacks.engine import PASSPHRASE

pytestmark = pytest.mark.long

PLUGIN = b"configuration-as-code"
"""In the list of plugins: a search that finds it would find a secret too."""


@pytest.fixture(scope="module")
def traces(built: Built, engine: Engine, registry: Registry, cloud: LocalCloud) -> dict[str, bytes]:
    """Every image in the registry, with configuration, history and all layers; every log."""
    images = {
        f"image {role}": b"".join(engine.client.images.get(reference).save(chunk_size=1 << 20))
        for role, reference in built.references.items()
    }
    return images | {
        "printed": "\n".join(built.printed).encode(),
        "log of the daemon": engine.log.read_bytes(),
        "log of the registry": registry.log.read_bytes(),
        "log of the cloud": (cloud.folder / "cloud.log").read_bytes(),
    }


@pytest.fixture(scope="module")
def secrets(built: Built, cloud: LocalCloud) -> dict[str, bytes]:
    """The secrets at the time of the build."""
    arn = outputs(built.stack, "Secret", "admin-password")["arn"]
    password = cloud.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    return {
        "token of the registry": TOKEN.encode(),
        "sign-in to the registry": base64.b64encode(f"AWS:{TOKEN}".encode()),
        "administrator's password": password.encode(),
        "passphrase of the state": PASSPHRASE.encode(),
    }


def test_no_secret_is_in_an_image_or_a_log(
    traces: dict[str, bytes], secrets: dict[str, bytes]
) -> None:
    found = [
        f"{name}, in {place}"
        for place, content in traces.items()
        for name, secret in secrets.items()
        if secret in content
    ]
    assert found == []


def test_the_search_covers_layers_and_histories(traces: dict[str, bytes]) -> None:
    """The newest layers of each image, and the commands that created them."""
    assert PLUGIN in traces["image controller"]
    for role, entry in (("controller", b"ENTRYPOINT"), ("agent", b"USER"), ("kaniko", b"COPY")):
        assert entry in traces[f"image {role}"], role
    assert b"created" in traces["printed"]
    assert b"PUT" in traces["log of the registry"]


def test_a_secret_in_a_build_is_found(
    engine: Engine, built: Built, secrets: dict[str, bytes]
) -> None:
    """A Dockerfile that copies a secret and removes it in the next step."""
    context = engine.folder / "leaking"
    context.mkdir()
    (context / "token").write_bytes(secrets["token of the registry"])
    (context / "Dockerfile").write_text(
        f"FROM {built.references['agent']}\nCOPY token /token\nUSER root\nRUN rm /token\n"
    )
    engine.build(context, "leaking:1")
    saved = b"".join(engine.client.images.get("leaking:1").save(chunk_size=1 << 20))
    assert [n for n, secret in secrets.items() if secret in saved] == ["token of the registry"]
