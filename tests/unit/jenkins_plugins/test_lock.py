"""The lock in the repository, and the verb that writes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jenkins_platform.settings.facts.package_data import folder
from jenkins_platform.settings.images import JENKINS_VERSION
from jenkins_plugins import lock
from jenkins_plugins.update_center import Dependency, Release
from jenkins_plugins.versions import Version

CONTROLLER = folder("images") / "controller"
ROOT = Path(__file__).parents[3]


def test_the_lock_is_for_the_default_core_and_has_the_roots_with_what_they_need() -> None:
    locked = lock.read(CONTROLLER / "plugins.lock")
    assert locked.core == Version(JENKINS_VERSION)
    texts = [(CONTROLLER / f).read_text() for f in ("plugins.txt", "optional-plugins.txt")]
    roots = {name for text in texts for name in lock.roots(text)}
    assert roots <= locked.plugins.keys()
    assert lock.closure(locked.plugins, roots, locked.core).keys() == locked.plugins.keys()


def test_the_lock_is_closed_and_fits_its_core() -> None:
    """Whatever it was made from: nothing is missing, too old, or for a newer core."""
    locked = lock.read(CONTROLLER / "plugins.lock")
    for release in locked.plugins.values():
        assert release.required_core <= locked.core
        for need in release.needs(locked.core):
            if not need.optional or need.name in locked.plugins:
                assert need.version <= locked.plugins[need.name].version, (release, need)


def test_what_is_only_optional_is_not_in_the_closure() -> None:
    core, one = Version("2.580.3"), Version("1.0")
    needs = (Dependency("needed", one), Dependency("optional", one, optional=True))
    plugins = {
        "root": Release("root", one, core, needs),
        "needed": Release("needed", one, core),
        "optional": Release("optional", one, core),
    }
    assert lock.closure(plugins, ["root"], core).keys() == {"root", "needed"}


def test_a_lock_is_read_as_it_was_written(tmp_path: Path) -> None:
    locked = lock.read(CONTROLLER / "plugins.lock")
    lock.write(tmp_path / "plugins.lock", locked)
    assert (tmp_path / "plugins.lock").read_text() == (CONTROLLER / "plugins.lock").read_text()
    assert lock.read(tmp_path / "plugins.lock") == locked


def test_a_hash_is_kept(tmp_path: Path) -> None:
    release = replace(lock.read(CONTROLLER / "plugins.lock").plugins["structs"], sha256="abc=")
    made = lock.Lock(Version("2.580.3"), lock.PUBLIC, "2026-11-28", {"structs": release})
    lock.write(tmp_path / "plugins.lock", made)
    assert lock.read(tmp_path / "plugins.lock").plugins["structs"].sha256 == "abc="


def test_a_lock_says_whether_it_was_made_from_the_public_update_center(tmp_path: Path) -> None:
    for source, words in (
        (lock.PUBLIC, "from the public update center."),
        ("some/folder", "from an extract of public records, not from the public update center"),
    ):
        made = lock.Lock(Version("2.580.3"), source, "2026-11-28", {})
        lock.write(tmp_path / "plugins.lock", made)
        assert words in (tmp_path / "plugins.lock").read_text()
        assert lock.read(tmp_path / "plugins.lock").is_public == (source == lock.PUBLIC)


def test_roots_may_name_a_version() -> None:
    roots = lock.roots("# comment\ngit\nslack:1.2 # why\n\nOffice-365-Connector\n")
    assert {n: str(v) if v else None for n, v in roots.items()} == {
        "git": None,
        "slack": "1.2",
        "Office-365-Connector": None,
    }
