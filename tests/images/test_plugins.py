"""What the controller's build does with plugins.

The bases have a stand-in for Jenkins's plugin tool (see `tests/images/standins/jenkins`): these
tests show how the tool is called and what is made of its answers, not that the plugins exist, fit
together or load.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
import zipfile
from pathlib import Path

import docker.errors
import pytest
from jenkins_platform.settings import images as versions
from jenkins_platform.settings.images import ImagesSettings
from jenkins_platform_cli.pulumi_cli.golang import ROOT

from tests.images.conftest import Built
from tests.support import standins
from tests.support.docker_engine import Engine

CONTROLLER = ROOT / "images" / "controller"
BASE = f"standin/jenkins:{versions.JENKINS_VERSION}-lts-jdk21"
PLUGINS = "/usr/share/jenkins/ref/plugins"


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
    """The plugins that the tool was asked for."""
    lines = content(engine, image, f"{PLUGINS}/plugin-cli-list").decode().splitlines()
    return dict(line.split(":") for line in lines)


def test_the_tool_is_asked_for_the_listed_plugins_at_their_versions(
    built: Built, engine: Engine
) -> None:
    arguments = content(engine, built.references["controller"], f"{PLUGINS}/plugin-cli-arguments")
    assert arguments.decode() == "--plugin-file /build/merged-plugins.txt --latest false\n"
    plugins = listed(engine, built.references["controller"])
    assert plugins == ImagesSettings().all_plugins
    assert plugins["amazon-ecs"] == "1.49"


def test_plugins_can_be_added_and_versions_changed(engine: Engine) -> None:
    engine.build(CONTROLLER, "test/added", BASE=BASE, PLUGINS="git:5.11 slack:795.v4b_9705b_e6d47")
    expected = ImagesSettings().all_plugins | {"git": "5.11", "slack": "795.v4b_9705b_e6d47"}
    assert listed(engine, "test/added") == expected


def test_a_security_warning_fails_the_build(engine: Engine) -> None:
    with pytest.raises(docker.errors.BuildError) as failure:
        engine.build(CONTROLLER, "test/warned", BASE=BASE, PLUGINS="with-a-warning:1.0")
    log = "".join(str(line.get("stream", "")) for line in failure.value.build_log)
    assert "with-a-warning (1.0): SECURITY-1 something" in log
    assert "Choose a version without one by the input images.controller.plugins." in log


def test_without_the_compatibility_step_the_plugin_is_as_it_came(
    built: Built, engine: Engine
) -> None:
    plugin = content(engine, built.references["controller"], f"{PLUGINS}/amazon-ecs.jpi")
    with zipfile.ZipFile(io.BytesIO(plugin)) as archive:
        assert "WEB-INF/lib/commons-lang-2.6.jar" not in archive.namelist()


@pytest.fixture(scope="module")
def repacked(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in plugin from an image that was built with the compatibility step. The library is
    the real one; it comes from a file, as builds have no network here."""
    context = tmp_path_factory.mktemp("compatible") / "controller"
    subprocess.run(["cp", "-r", str(CONTROLLER), str(context)], check=True)
    (context / "library" / "commons-lang.jar").write_bytes(standins.commons_lang().read_bytes())
    engine.build(
        context,
        "test/compatible",
        BASE=BASE,
        COMMONS_LANG="true",
        COMMONS_LANG_URL="file:///build/library/commons-lang.jar",
    )
    plugin = context.parent / "amazon-ecs.jpi"
    plugin.write_bytes(content(engine, "test/compatible", f"{PLUGINS}/amazon-ecs.jpi"))
    return plugin


def test_the_compatibility_step_adds_one_library_and_changes_nothing_else(
    repacked: Path, built: Built, engine: Engine
) -> None:
    original = content(engine, built.references["controller"], f"{PLUGINS}/amazon-ecs.jpi")
    with zipfile.ZipFile(io.BytesIO(original)) as before, zipfile.ZipFile(repacked) as after:
        added = set(after.namelist()) - set(before.namelist())
        assert {name for name in added if not name.endswith("/")} == {
            "WEB-INF/lib/commons-lang-2.6.jar"
        }
        assert after.read("WEB-INF/lib/commons-lang-2.6.jar") == (
            standins.commons_lang().read_bytes()
        )
        for name in before.namelist():
            assert after.read(name) == before.read(name)


def test_the_plugins_class_loader_finds_what_core_dropped(
    repacked: Path, built: Built, engine: Engine, tmp_path: Path
) -> None:
    """Jenkins unpacks a plugin and makes a class loader of the jars in WEB-INF/lib, with core's as
    its parent; core's has no Commons Lang here. A class that uses it, as the plugin's do, works
    with the added library and fails without, which is the failure that users report.

    What this cannot show: that Jenkins loads the plugin, and that nothing else is missing.
    """
    loader = str(standins.jar("PluginLoader"))
    original = tmp_path / "original.jpi"
    original.write_bytes(
        content(engine, built.references["controller"], f"{PLUGINS}/amazon-ecs.jpi")
    )
    for name, plugin in (("repacked", repacked), ("original", original)):
        with zipfile.ZipFile(plugin) as archive:
            archive.extractall(tmp_path / name)
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
        for name in ("repacked", "original")
    }
    assert printed["repacked"] == "xxxxx"
    assert printed["original"] == (
        "java.lang.NoClassDefFoundError: org/apache/commons/lang/RandomStringUtils"
    )


def test_another_file_than_commons_lang_is_refused(engine: Engine) -> None:
    with pytest.raises(docker.errors.BuildError) as failure:
        engine.build(
            CONTROLLER,
            "test/wrong",
            BASE=BASE,
            COMMONS_LANG="true",
            COMMONS_LANG_URL="file:///build/plugins.txt",
        )
    log = "".join(str(line.get("stream", "")) for line in failure.value.build_log)
    assert "WEB-INF/lib/commons-lang-2.6.jar: FAILED" in log
