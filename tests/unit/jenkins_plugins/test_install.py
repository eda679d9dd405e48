"""What the image's build does with the plugin tool, which is a script of the tests here."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from jenkins_plugins import commons_lang, files, install, lock
from jenkins_plugins.install import InstallError
from jenkins_plugins.order import Order
from jenkins_plugins.versions import Version

from harness.jenkins.plugin_files import write_plugin
from harness.jenkins.update_center import FOLDER, Facts

TOOL = """#!/bin/bash
mkdir -p plugins
while IFS=: read -r name _; do echo "$name" >plugins/"$name".jpi; done <"$2"
"""


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plugin tool that makes a file for each plugin of its list."""
    path = tmp_path / "bin" / "jenkins-plugin-cli"
    path.parent.mkdir()
    path.write_text(TOOL)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(path.parent), prepend=":")
    monkeypatch.chdir(tmp_path)
    return path


def order(core: str = "2.580.3", update_center: str = FOLDER.as_uri()) -> Order:
    center = Facts().center
    locked = {"structs": center.releases_of("structs")[0]}
    return Order(Version(core), frozenset(["structs"]), {}, locked, update_center=update_center)


def test_the_plugins_are_installed(tool: Path, tmp_path: Path) -> None:
    install.install(order(), tmp_path / "plugins")
    assert [path.name for path in (tmp_path / "plugins").iterdir()] == ["structs.jpi"]
    assert (tmp_path / "resolved-plugins.txt").read_text() == "structs:362.va_b_695ef4fdf9\n"


def test_a_warning_on_core_is_reported(
    tool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install.install(order("2.580.1"), tmp_path / "plugins")
    printed = capsys.readouterr().out
    assert "WARNING: Jenkins 2.580.1 is affected by core-2_588" in printed
    assert "The newest of its line is 2.580.3: set images.controller.version" in printed


def test_a_tool_that_fails_stops_the_build_with_the_remedy(tool: Path, tmp_path: Path) -> None:
    tool.write_text("#!/bin/bash\nexit 1\n")
    with pytest.raises(InstallError, match=r"name a mirror by images\.update_center_url"):
        install.install(order(), tmp_path / "plugins")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("mkdir -p plugins", "did not install: structs"),
        (TOOL + "touch plugins/more.jpi", "installed plugins that were not resolved: more"),
    ],
)
def test_other_plugins_than_asked_for_stop_the_build(
    tool: Path, tmp_path: Path, script: str, message: str
) -> None:
    tool.write_text(script if script.startswith("#!") else f"#!/bin/bash\n{script}\n")
    with pytest.raises(InstallError, match=message):
        install.install(order(), tmp_path / "plugins")


GOOD = base64.b64encode(hashlib.sha256(b"structs\n").digest()).decode()
BAD = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("locked", "offered", "accepted"),
    [
        ("", GOOD, True),
        ("", BAD, False),
        (GOOD, "", True),
        (GOOD, BAD, True),
        (BAD, GOOD, False),  # a file that was exchanged together with its hash
    ],
)
def test_the_hash_of_the_lock_counts_and_otherwise_the_update_centers(
    tool: Path, tmp_path: Path, locked: str, offered: str, accepted: bool
) -> None:
    facts = Facts()
    facts.site["plugins"]["structs"]["sha256"] = offered
    given = order(update_center=facts.write(tmp_path / "mirror"))
    release = replace(given.locked["structs"], sha256=locked)
    given = replace(given, locked={"structs": release})
    if accepted:
        install.install(given, tmp_path / "plugins")
        return
    with pytest.raises(InstallError, match=r"structs 362\.va_b_695ef4fdf9 has the SHA-256"):
        install.install(given, tmp_path / "plugins")


def test_the_hash_of_the_lock_is_for_its_version_only_and_for_no_own_file() -> None:
    locked = replace(order().locked["structs"], sha256="of the lock")
    given = replace(order(), locked={"structs": locked})
    offered = replace(locked, sha256="of the update center")
    assert given.sha256(offered) == "of the lock"
    newer = replace(offered, version=Version("999"))
    assert given.sha256(newer) == "of the update center"
    own = replace(locked, sha256="of the file")
    assert replace(given, own={"structs": own}).sha256(own) == "of the file"


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """Two plugins, one of which refers to Commons Lang 2."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    for name, content in (("shop", b"org/apache/commons/lang/Validate"), ("cart", b"")):
        with zipfile.ZipFile(folder / f"{name}.jpi", "w") as archive:
            archive.writestr("WEB-INF/classes/com/Shop.class", content)
    return folder


def test_who_needs_the_library_and_is_not_repaired_is_named(plugins: Path) -> None:
    with pytest.raises(InstallError, match="these plugins refer to: shop\\. Set"):
        install.repair(Version("2.580.3"), "", plugins)


def test_older_cores_have_the_library(plugins: Path) -> None:
    before = {path: path.read_bytes() for path in plugins.iterdir()}
    install.repair(Version("2.568.3"), "", plugins)
    assert {path: path.read_bytes() for path in plugins.iterdir()} == before


def test_another_library_is_not_put_in(plugins: Path, tmp_path: Path) -> None:
    (tmp_path / "other.jar").write_text("other")
    with pytest.raises(ValueError, match=r"is not commons-lang-2\.6\.jar"):
        install.repair(Version("2.580.3"), (tmp_path / "other.jar").as_uri(), plugins)
    assert commons_lang.LIBRARY.encode() not in (plugins / "shop.jpi").read_bytes()


def test_the_lock_that_is_installed_is_the_one_of_the_context() -> None:
    """The build's `plugins.lock`, resolved as the build does it, stays what it is."""
    controller = Path(lock.__file__).parents[1]
    locked = lock.read(controller / "plugins.lock")
    roots = lock.roots((controller / "plugins.txt").read_text())
    whole = Order(locked.core, frozenset(roots), {}, locked.plugins)
    resolved = whole.resolve(Facts.of_the_lock().center).plugins
    found = lock.closure(locked.plugins, roots, locked.core)
    assert {n: r.version for n, r in resolved.items()} == {n: r.version for n, r in found.items()}


def test_own_plugins_are_added_and_what_they_need_is_downloaded(tool: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    file = write_plugin(own / "any-name.hpi", "acme", "1.0", needs="structs:300.v1")
    release = files.read(file)
    given = replace(order(), roots=frozenset(), own={"acme": release})
    install.install(given, tmp_path / "plugins", own)
    assert (tmp_path / "resolved-plugins.txt").read_text() == "structs:362.va_b_695ef4fdf9\n"
    assert (tmp_path / "plugins" / "acme.jpi").read_bytes() == file.read_bytes()
    assert (tmp_path / "own-plugins.txt").read_text() == "acme\n"


def test_an_own_plugin_takes_the_place_of_a_published_one(tool: Path, tmp_path: Path) -> None:
    file = write_plugin(tmp_path / "own" / "structs.hpi", "structs", "999.patched")
    given = replace(order(), own={"structs": files.read(file)})
    install.install(given, tmp_path / "plugins", tmp_path / "own")
    assert (tmp_path / "plugins" / "structs.jpi").read_bytes() == file.read_bytes()
    assert given.versions() == {"structs": Version("999.patched")}
