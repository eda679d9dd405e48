"""What a user's folder adds to the controller's image, and what stays of it in the home."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import docker.errors
import pytest
from jenkins_platform.container_images import build_contexts, builds
from jenkins_platform.inputs import Architecture
from jenkins_platform.settings import Settings

from harness.docker import platform_images, standins
from harness.docker.engine import Engine
from harness.docker.platform_images import images_on_standins
from harness.files import write_files
from harness.jenkins.plugin_files import write_plugin
from tests.images import test_controller
from tests.images.test_controller import PLUGINS, UP, Task, run, wait_for

pytestmark = pytest.mark.long

IMAGE = "test/additions"
OWN = "/var/jenkins_home/.jenkins-platform.own-plugins"
SCRIPTS = "/var/jenkins_home/init.groovy.d"
task = test_controller.task


@pytest.fixture(scope="module")
def image(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The controller's image with a folder of everything that can be in it."""
    place = tmp_path_factory.mktemp("program")
    folder = place / "additions"
    write_files(
        folder,
        {
            "packages.txt": "zip\n",
            "files/etc/acme/settings.xml": "<settings/>",
            "files/bin/acme": "#!/bin/sh\necho acme\n",
            "init.groovy.d/10-tools.groovy": "println 'tools'",
        },
    )
    (folder / "files/bin/acme").chmod(0o755)
    write_plugin(folder / "plugins/any.hpi", "acme", "1.0", needs="shop:1.1")
    standins.contexts(place / "images")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setattr(builds, "folder", lambda name: place / name)
        images = images_on_standins() | {"build_folder": "additions"}
        given = Settings.from_args("jenkins", {"images": images})  # type: ignore[typeddict-item]
        recipe = builds.controller(given, Architecture.X86_64)
    assert recipe.context.is_relative_to(place / build_contexts.FOLDER)
    engine.build(recipe.context, IMAGE, **recipe.arguments)
    return IMAGE


def output(engine: Engine, image: str, script: str) -> str:
    printed = engine.output(image, "bash", "-c", script, network_mode="none")
    return printed.strip().splitlines()[-1]


def test_packages_and_files_are_in_the_image(image: str, engine: Engine) -> None:
    assert output(engine, image, "zip --version | grep -c 'This is Zip'") == "1"
    assert output(engine, image, "acme") == "acme"
    assert output(engine, image, "stat -c '%U %a' /bin/acme /etc/acme/settings.xml | xargs") == (
        "root 755 root 644"
    )


def test_folders_of_the_image_keep_their_links_owners_and_permissions(
    image: str, engine: Engine
) -> None:
    look = "stat -c '%N %U %a' / /bin /etc /usr /usr/bin /usr/share /usr/share/jenkins | xargs"
    base = platform_images.base_of("jenkins")
    assert output(engine, image, look) == output(engine, base, look)


def test_own_plugins_are_installed_with_what_they_need(image: str, engine: Engine) -> None:
    listed = "ls /usr/share/jenkins/ref/plugins | grep -E '^(acme|cart|shop)' | xargs"
    assert output(engine, image, listed) == "acme.jpi cart.jpi shop.jpi"
    manifest = "unzip -p /usr/share/jenkins/ref/plugins/acme.jpi META-INF/MANIFEST.MF"
    assert output(engine, image, f"{manifest} | grep Short-Name | xargs") == "Short-Name: acme"


def test_what_the_image_no_longer_has_leaves_the_home(image: str, task: Task) -> None:
    """With the additions, without them, and with them again; what the user has put into the home
    stays."""
    added = replace(task, image=image)
    mine = f"echo mine >{PLUGINS}/mine.jpi && echo mine >{SCRIPTS}/mine.groovy"
    with added.running(home="additions-home") as container:
        wait_for(container, UP)
        run(container, mine)
        assert run(container, f"cat {SCRIPTS}/jenkins-platform-custom-10-tools.groovy") == (
            "println 'tools'"
        )
        assert run(container, f"ls {PLUGINS}/acme.jpi {PLUGINS}/shop.jpi | wc -l") == "2"
        assert run(container, f"cat {OWN}") == "acme"
    with task.running(home="additions-home") as container:
        log = wait_for(container, UP)
        assert "plugin acme of the home is removed: the image no longer has it" in log
        left = f"cd {PLUGINS} && ls acme.jpi* mine.jpi shop.jpi 2>/dev/null || true"
        assert run(container, left).split() == ["mine.jpi", "shop.jpi"]
        found = f"cd {SCRIPTS} && ls | grep -v jenkins-platform-start"
        assert run(container, found).split() == [
            "jenkins-platform-remove-stale-nodes.groovy",
            "jenkins-platform-report-starts.groovy",
            "mine.groovy",
        ]
        assert run(container, f"cat {OWN}") == ""
    with added.running(home="additions-home") as container:
        wait_for(container, UP)
        assert run(container, f"ls {PLUGINS}/acme.jpi | wc -l") == "1"


def test_the_build_stops_at_an_own_plugin_that_needs_what_is_not_published(
    engine: Engine, tmp_path: Path
) -> None:
    standins.contexts(tmp_path / "images")
    context = tmp_path / "images" / "controller"
    write_plugin(context / "custom/plugins/acme.jpi", "acme", "1.0", needs="nowhere:1.0")
    arguments = {
        "BASE": platform_images.base_of("jenkins"),
        "UPDATE_CENTER": standins.UPDATE_CENTER_URL,
        "COMMONS_LANG": standins.COMMONS_LANG_URL,
    }
    with pytest.raises(docker.errors.BuildError) as failure:
        engine.build(context, "test/refused", **arguments)
    log = "".join(str(line.get("stream", "")) for line in failure.value.build_log)
    assert "The update center does not offer nowhere. acme 1.0 needs it" in log
