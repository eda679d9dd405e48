"""The user's folder of additions to the controller's image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jenkins_platform.container_images import builds
from jenkins_platform.settings import Settings, SettingsError
from jenkins_plugins.versions import Version

from harness.files import write_files
from harness.jenkins.plugin_files import write_plugin


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with everything that can be in it."""
    path = tmp_path / "additions"
    write_files(
        path,
        {
            "README.md": "What this is.",
            "packages.txt": "maven  # for one job\n\njq=1.7.1-6+deb13u1\nmaven\n",
            "files/etc/acme/settings.xml": "<settings/>",
            "files/usr/local/bin/acme": "#!/bin/sh\n",
            "init.groovy.d/10-tools.groovy": "println 1",
            "plugins/.gitkeep": "",
        },
    )
    write_plugin(path / "plugins/acme.hpi", "acme", "1.0", needs="slack:1.0")
    return path


def settings(folder: Path | str, **images: Any) -> Settings:
    given = {"images": {"build_folder": str(folder), **images}}
    return Settings.from_args("jenkins", given)  # type: ignore[arg-type]


def problem(folder: Path | str, **images: Any) -> str:
    with pytest.raises(SettingsError) as failure:
        settings(folder, **images)
    (found,) = failure.value.problems
    assert found.key == "images.build_folder"
    assert found.value == str(folder)
    return str(found.message)


def test_a_valid_folder_is_accepted(folder: Path) -> None:
    given = settings(folder).images.additions
    assert given is not None
    assert given.packages == ("jq=1.7.1-6+deb13u1", "maven")
    assert {name: release.version.text for name, release in given.plugins.items()} == {
        "acme": "1.0"
    }
    assert [file.relative_to(folder).as_posix() for file in given.files] == [
        "files/etc/acme/settings.xml",
        "files/usr/local/bin/acme",
        "init.groovy.d/10-tools.groovy",
        "packages.txt",
        "plugins/acme.hpi",
    ]


def test_own_plugins_are_among_those_of_the_image(folder: Path) -> None:
    write_plugin(folder / "plugins/ecs.jpi", "amazon-ecs", "1.49-acme")
    found = builds.installed_plugins(settings(folder)).versions()
    assert found["acme"] == Version("1.0")
    assert found["amazon-ecs"].text == "1.49-acme"


def test_a_relative_path_starts_at_the_program(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    given = settings("additions").images.additions
    assert given is not None
    assert given.path == folder


@pytest.mark.parametrize("place", ["nowhere", "packages.txt"])
def test_what_is_not_a_folder_is_refused(folder: Path, place: str) -> None:
    assert problem(folder / place) == f"is not a folder: there is none at {folder / place}"


KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA"
VALID = "Valid: packages.txt, files, init.groovy.d, plugins"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("Dockerfile", "FROM a", f"has the entry Dockerfile. {VALID}"),
        ("scripts/a.groovy", "1", f"has the entry scripts. {VALID}"),
        ("packages.txt", "maven; rm", "lists 'maven; rm' in packages.txt: must be a Debian"),
        ("packages.txt", "-o", "lists '-o' in packages.txt: must be a Debian"),
        ("packages.txt", "Maven", "lists 'Maven' in packages.txt: must be a Debian"),
        ("packages.txt", b"\xff", "has a packages.txt that is not UTF-8"),
        ("plugins/a.jar", "a", "has the file plugins/a.jar, which is not a plugin: must be named"),
        ("plugins/more/a.hpi", "a", "has the file plugins/more/a.hpi, which is not a plugin"),
        ("plugins/a.hpi", "a", "cannot be installed: a.hpi is not a plugin's archive"),
        ("init.groovy.d/a.sh", "a", "has the file init.groovy.d/a.sh, which is not a start-up"),
        ("init.groovy.d/b/a.groovy", "a", "which is not a start-up script"),
        ("init.groovy.d/jenkins-platform-a.groovy", "a", "must not start with jenkins-platform-"),
        ("files/var/jenkins_home/a", "a", "cannot be added: /var/jenkins_home is the home"),
        ("files/usr/share/jenkins/ref/a", "a", "use init.groovy.d and plugins"),
        ("files/usr/share/jenkins-platform/a", "a", "belongs to the platform"),
        ("files/usr/local/bin/start-controller", "a", "belongs to the platform"),
        ("files/usr/local/bin/jenkins.sh", "a", "belongs to Jenkins"),
        ("files/run/a", "a", "/run is a temporary file system"),
        ("files/var/run/a", "a", "/var/run is a temporary file system"),
        ("files/proc/a", "a", "/proc is not a part of an image"),
        ("files/root/.ssh/id_ed25519", KEY, "contains a private key, which everyone who can pull"),
        ("init.groovy.d/a.groovy", "key = 'AKIA234567ABCDEFGHIJ'", "contains an AWS access key"),
        ("files/opt/env", "id=ASIA234567ABCDEFGHIJ", "contains an AWS access key"),
        ("files/opt/key", KEY.replace("OPENSSH ", ""), "contains a private key"),
    ],
)
def test_what_cannot_be_built_is_refused(
    folder: Path, name: str, content: str | bytes, message: str
) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = problem(folder)
    assert message in found
    assert "AAAA" not in found
    assert "AKIA2" not in found


def test_links_are_refused(folder: Path) -> None:
    (folder / "files/etc/link").symlink_to("/etc/passwd")
    assert problem(folder) == (
        "has the file files/etc/link, which is a symbolic link: copy what it refers to"
    )


def test_plugins_that_do_not_fit_are_refused(folder: Path) -> None:
    assert problem(folder, plugins={"acme": "2.0"}) == (
        "has the plugin acme, which is also in images.plugins: choose one"
    )
    write_plugin(folder / "plugins/acme.hpi", "acme", "1.0", core="2.580.3")
    assert settings(folder).images.additions is not None
    write_plugin(folder / "plugins/acme.hpi", "acme", "1.0", core="2.999")
    assert problem(folder) == (
        "has the plugin acme 1.0, which needs Jenkins 2.999 or newer, but "
        "images.controller.version is 2.580.3"
    )


def test_an_existing_image_is_not_built(folder: Path) -> None:
    assert problem(folder, controller={"existing": "registry.example/jenkins:1"}) == (
        "cannot be combined with images.controller.existing, which is not built"
    )
