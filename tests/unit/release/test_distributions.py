"""What a release consists of: notes and plugin archive."""

from __future__ import annotations

import tarfile
from importlib.metadata import version
from pathlib import Path

import pytest

from harness.documentation.pages import ROOT, Page
from release import notes, plugin_archive

CHANGELOG = """\
# Changelog

## [1.1.0] - 2026-01-01

### Added

- A thing.

## [1.0.0] - 2025-01-01

- The first.

## [0.9.0]
"""


def test_notes_are_the_section_of_the_version() -> None:
    assert notes.notes(CHANGELOG, "v1.1.0") == "### Added\n\n- A thing.\n"
    assert notes.notes(CHANGELOG, "v1.0.0") == "- The first.\n"


@pytest.mark.parametrize("tag", ["v2.0.0", "v1.1", "v0.9.0"])
def test_a_version_without_notes_is_an_error(tag: str) -> None:
    with pytest.raises(ValueError, match=r"CHANGELOG\.md has no section"):
        notes.notes(CHANGELOG, tag)


def test_the_page_on_pypi_has_no_links_within_the_repository() -> None:
    page = Page(ROOT / "release" / "pypi.md")
    assert [link.text for link in page.links if not link.text.startswith("https://")] == []
    for block in page.blocks:
        compile(block.text, block.where, "exec")


def test_the_plugin_archive_requires_the_wheel_of_its_version(tmp_path: Path) -> None:
    file = plugin_archive.write(tmp_path)
    assert file.name == f"pulumi-resource-jenkins-platform-v{version('jenkins-platform')}.tar.gz"
    with tarfile.open(file) as archive:
        names = archive.getnames()
        requirements = archive.extractfile("requirements.txt")
        assert requirements
        assert requirements.read() == f"jenkins-platform=={version('jenkins-platform')}\n".encode()
    assert sorted(names) == ["PulumiPlugin.yaml", "__main__.py", "requirements.txt", "schema.json"]
