"""Plugins that come as files."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from jenkins_plugins import files
from jenkins_plugins.update_center import Dependency
from jenkins_plugins.versions import Version

from harness.jenkins.plugin_files import write_plugin


def test_a_release_is_read_from_the_manifest(tmp_path: Path) -> None:
    needs = "structs:362.va_b_695ef4fdf9,workflow-step-api:710.v3e456cc85233;resolution:=optional"
    release = files.read(write_plugin(tmp_path / "a.hpi", "acme-tools", "1.2-rc3", needs=needs))
    assert (release.name, release.version.text) == ("acme-tools", "1.2-rc3")
    assert release.required_core == Version("2.479.1")
    assert release.dependencies == (
        Dependency("structs", Version("362.va_b_695ef4fdf9")),
        Dependency("workflow-step-api", Version("710.v3e456cc85233"), optional=True),
    )
    assert len(release.sha256) == 44


def test_sections_for_single_files_are_not_read(tmp_path: Path) -> None:
    more = "\nName: a.class\nShort-Name: other"
    assert files.read(write_plugin(tmp_path / "a.jpi", "acme", "1", more=more)).name == "acme"


def test_what_is_not_a_plugin_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.hpi"
    text.write_text("no archive")
    jar = tmp_path / "library.hpi"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
    empty = tmp_path / "empty.hpi"
    with zipfile.ZipFile(empty, "w"):
        pass
    for file, message in (
        (text, "text.hpi is not a plugin's archive: File is not a zip file"),
        (jar, "library.hpi is not a plugin: its manifest has no Short-Name"),
        (empty, "empty.hpi is not a plugin's archive: "),
        (
            write_plugin(tmp_path / "bad.hpi", "bad", "1", needs="structs"),
            "bad.hpi has the dependency 'structs', without a name or a version",
        ),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            files.read(file)


def test_one_plugin_in_two_files_is_refused(tmp_path: Path) -> None:
    for file, version in (("a.hpi", "1"), ("b.jpi", "2")):
        write_plugin(tmp_path / file, "acme", version)
    with pytest.raises(ValueError, match=r"a\.hpi and b\.jpi are both the plugin acme"):
        files.releases(tmp_path)
