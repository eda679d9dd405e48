"""Plugins in the build of the controller's image.

The bases have a stand-in for Jenkins's plugin tool (see `tests/images/standins/jenkins`): these
tests show how the tool is called and how its results are used, not that the plugins exist, are
compatible or load.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import docker.errors
import pytest
from jenkins_platform.settings import images as versions
from jenkins_platform_cli.pulumi_cli.golang import ROOT
from jenkins_plugins import lock
from jenkins_plugins.commons_lang import LIBRARY

from harness.docker import standins
from harness.docker.engine import Engine
from harness.docker.platform_images import Built

pytestmark = pytest.mark.long

CONTROLLER = ROOT / "images" / "controller"
BASE = f"standin/jenkins:{versions.JENKINS_VERSION}-lts-jdk21"
PLUGINS = "/usr/share/jenkins/ref/plugins"
MIRROR = standins.UPDATE_CENTER_URL
COMES_AS = {"git": "plugin"}
"""Archives of the stand-in for the plugin tool, where they are not named like the plugin."""


def content(engine: Engine, image: str, path: str) -> bytes:
    """One file of an image."""
    container = engine.client.containers.create(image)
    try:
        chunks, _ = container.get_archive(path)
        with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
            member = archive.extractfile(archive.getmembers()[0])
            assert member
            return member.read()
    finally:
        container.remove(v=True)


def listed(engine: Engine, image: str) -> dict[str, str]:
    """The plugins that the tool was called with."""
    lines = content(engine, image, f"{PLUGINS}/plugin-cli-list").decode().splitlines()
    return dict(line.split(":") for line in lines)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The controller's build context."""
    folder = tmp_path_factory.mktemp("contexts") / "images"
    standins.contexts(folder)
    return folder / "controller"


def build(engine: Engine, context: Path, name: str, **arguments: str) -> None:
    defaults = {
        "BASE": BASE,
        "UPDATE_CENTER": standins.UPDATE_CENTER_URL,
        "COMMONS_LANG": standins.COMMONS_LANG_URL,
    }
    engine.build(context, name, **defaults | arguments)


def failure_of(engine: Engine, context: Path, **arguments: str) -> str:
    """What a build that stops prints."""
    with pytest.raises(docker.errors.BuildError) as failure:
        build(engine, context, "test/refused", **arguments)
    return "".join(str(line.get("stream", "")) for line in failure.value.build_log)


def in_lock(*more: str) -> dict[str, str]:
    """The plugins of the lock that every controller has, and some that settings add."""
    roots = lock.roots((CONTROLLER / "plugins.txt").read_text())
    locked = lock.read(CONTROLLER / "plugins.lock")
    found = lock.closure(locked.plugins, [*roots, *more], locked.core)
    return {name: str(release.version) for name, release in found.items()}


def test_the_image_has_exactly_the_plugins_of_the_lock(built: Built, engine: Engine) -> None:
    arguments = content(engine, built.references["controller"], f"{PLUGINS}/plugin-cli-arguments")
    assert arguments.decode().split() == [
        *("--plugin-file", "resolved-plugins.txt", "--latest", "false"),
        "--hide-security-warnings",
        *("--jenkins-update-center", f"{MIRROR}/stable/update-center.actual.json"),
        *("--jenkins-plugin-info", f"{MIRROR}/current/plugin-versions.json"),
        *("--jenkins-update-center-download-url", f"{MIRROR}/download/plugins"),
    ]
    plugins = listed(engine, built.references["controller"])
    assert plugins == in_lock()
    assert plugins["amazon-ecs"] == "1.49"


def test_plugins_are_added_with_what_they_need(engine: Engine, context: Path) -> None:
    build(engine, context, "test/added", PLUGINS="prometheus shop:1.1")
    found = listed(engine, "test/added")
    assert found.items() >= (in_lock("prometheus") | {"shop": "1.1", "cart": "1.0"}).items()
    assert "metrics" in found  # by prometheus


def test_an_affected_plugin_is_replaced_by_the_first_fixed_version(
    engine: Engine, context: Path
) -> None:
    build(engine, context, "test/fixed", PLUGINS="shop:1.0")
    assert listed(engine, "test/fixed") == in_lock() | {"shop": "1.1", "cart": "1.0"}


def test_the_policy_locked_stops_and_says_what_to_set(engine: Engine, context: Path) -> None:
    log = failure_of(engine, context, PLUGINS="shop:1.0", PLUGIN_POLICY="locked")
    assert "shop 1.0 is affected by SECURITY-1" in log
    assert "Set images.plugins: {shop: 1.1}" in log


def test_an_update_center_that_does_not_answer_stops_the_build(
    engine: Engine, context: Path
) -> None:
    log = failure_of(engine, context, UPDATE_CENTER="http://localhost:9")
    assert "http://localhost:9/stable/update-center.actual.json cannot be read" in log
    assert "name a mirror by images.update_center_url" in log


def test_plugins_that_need_the_library_have_it_and_others_are_as_they_came(
    built: Built, engine: Engine
) -> None:
    library = {LIBRARY: standins.commons_lang().read_bytes()}
    for name in ("amazon-ecs", "aws-credentials", "git"):
        came = archive(content(engine, BASE, f"/usr/share/standin/{COMES_AS.get(name, name)}.jpi"))
        plugin = content(engine, built.references["controller"], f"{PLUGINS}/{name}.jpi")
        files = archive(plugin)
        assert files == came | ({} if name == "git" else library)


def archive(plugin: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(plugin)) as files:
        return {name: files.read(name) for name in files.namelist()}


def test_a_plugin_that_needs_the_library_and_is_not_repaired_stops_the_build(
    engine: Engine,
    context: Path,
) -> None:
    log = failure_of(engine, context, COMMONS_LANG="")
    assert (
        "Jenkins 2.580.3 has no Commons Lang 2, which these plugins refer to: amazon-ecs, "
        "aws-credentials. Set images.commons_lang_compatibility" in log
    )


def test_the_plugin_class_loader_finds_the_added_library(
    built: Built, engine: Engine, tmp_path: Path
) -> None:
    """Jenkins unpacks a plugin and makes a class loader of the jars in WEB-INF/lib, with core's as
    its parent; core's has no Commons Lang here. A class that uses it, like the plugin's, works
    with the added library and fails without, which is the failure that users report.

    What this cannot show: that Jenkins loads the plugin, and that nothing else is missing.
    """
    loader = str(standins.jar("PluginLoader"))
    plugins = {
        "repaired": content(engine, built.references["controller"], f"{PLUGINS}/amazon-ecs.jpi"),
        "original": content(engine, BASE, "/usr/share/standin/amazon-ecs.jpi"),
    }
    for name, plugin in plugins.items():
        with zipfile.ZipFile(io.BytesIO(plugin)) as files:
            files.extractall(tmp_path / name)
    volumes = {
        loader: {"bind": "/loader.jar", "mode": "ro"},
        str(tmp_path): {"bind": "/plugins", "mode": "ro"},
    }
    printed = {
        name: engine.output(
            BASE,
            *("java", "-jar", "/loader.jar", f"/plugins/{name}/WEB-INF/lib", "EcsCloud"),
            entrypoint=[],
            network_mode="none",
            user="root",
            volumes=volumes,
        )
        for name in plugins
    }
    assert printed["repaired"] == "xxxxx"
    assert printed["original"] == (
        "java.lang.NoClassDefFoundError: org/apache/commons/lang/RandomStringUtils"
    )


def test_a_library_with_another_hash_is_refused(engine: Engine, context: Path) -> None:
    log = failure_of(engine, context, COMMONS_LANG="file:///build/plugins.txt")
    assert "file:///build/plugins.txt is not commons-lang-2.6.jar" in log
