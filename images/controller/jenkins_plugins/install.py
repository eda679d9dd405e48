"""Installs the plugins of the controller's image. Runs in the image's build."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from . import commons_lang, files, sources
from .lock import PUBLIC
from .order import Order
from .resolver import CORE_INPUT, describe
from .update_center import CORE, Release
from .versions import Version

FOLDER = Path("/usr/share/jenkins/ref/plugins")
OWN = Path("own-plugins.txt")
"""The names of the plugins that came as files."""
_TOOL = "jenkins-plugin-cli"


class InstallError(Exception):
    """The plugins could not be installed as they should."""


def install(order: Order, folder: Path = FOLDER, own: Path | None = None) -> None:
    """Download the plugins, add those that come as files, and check them.

    Args:
        own: Folder with the plugins of ``order.own``.

    Raises:
        InstallError: The plugin tool failed, or did not install what it should.
        ResolutionError: There is no such set of plugins.
        UnreachableError: The update center does not answer.
    """
    center = sources.update_center(order.core, order.update_center)
    if warnings := center.warnings_of(CORE, order.core):
        _say(
            f"WARNING: Jenkins {order.core} is affected by {describe(warnings)}. The newest of its "
            f"line is {center.newest_core}: set {CORE_INPUT}"
        )
    resolution = order.resolve(center)
    for note in resolution.notes:
        _say(f"NOTE: {note}")
    _say(f"{len(resolution.plugins)} plugins for Jenkins {order.core}")
    downloaded = {n: r for n, r in resolution.plugins.items() if n not in order.own}
    _download(downloaded, order)
    for file, release in files.releases(own).items() if own else ():
        shutil.copyfile(file, folder / f"{release.name}.jpi")
    OWN.write_text("".join(f"{name}\n" for name in order.own))
    _verify(resolution.plugins, order, folder)


def repair(core: Version, url: str, folder: Path = FOLDER) -> None:
    """Give Commons Lang to the plugins that refer to it, where core has none.

    Args:
        url: Where ``commons-lang-2.6.jar`` is. Empty: nothing is repaired.

    Raises:
        InstallError: A plugin needs the library and is not to be repaired.
        ValueError: A file is not what it should be.
    """
    if core < commons_lang.FIRST_CORE_WITHOUT:
        return
    plugins = [p for p in sorted(folder.glob("*.jpi")) if commons_lang.needs_library(p)]
    names = ", ".join(p.stem for p in plugins)
    if not plugins:
        _say("no plugin refers to Commons Lang 2")
        return
    if not url:
        raise InstallError(
            f"Jenkins {core} has no Commons Lang 2, which these plugins refer to: {names}. Set "
            "images.commons_lang_compatibility, or choose versions that do without"
        )
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - checked by its hash
        library = commons_lang.check_library(answer.read(), url)
    for plugin in plugins:
        commons_lang.add_library(plugin, library)
    _say(f"Commons Lang 2.6 added to: {names}")


def _download(plugins: Mapping[str, Release], order: Order) -> None:
    """Everything is in the list, so the tool has nothing to resolve. It does not judge warnings:
    the resolver did."""
    listed = Path("resolved-plugins.txt")
    listed.write_text("".join(f"{name}:{r.version}\n" for name, r in plugins.items()))
    command = [_TOOL, "--plugin-file", str(listed), "--latest", "false", "--hide-security-warnings"]
    base = order.update_center
    if base != PUBLIC:
        command += [
            *("--jenkins-update-center", f"{base}/{sources.site_path(order.core)}"),
            *("--jenkins-plugin-info", f"{base}/{sources.VERSIONS}"),
            *("--jenkins-update-center-download-url", f"{base}/download/plugins"),
        ]
    if subprocess.run(command).returncode:
        raise InstallError(f"{_TOOL} failed (see above). {sources.MIRROR_ADVICE}")


def _verify(plugins: Mapping[str, Release], order: Order, folder: Path) -> None:
    """Exactly the plugins of the list are there, with the hashes that are known."""
    found = {path.stem: path for path in folder.glob("*.jpi")}
    if missing := sorted(plugins.keys() - found.keys()):
        raise InstallError(f"{_TOOL} did not install: {', '.join(missing)}")
    if extra := sorted(found.keys() - plugins.keys()):
        raise InstallError(f"{_TOOL} installed plugins that were not resolved: {', '.join(extra)}")
    for name, release in plugins.items():
        expected = order.sha256(release)
        digest = base64.b64encode(hashlib.sha256(found[name].read_bytes()).digest()).decode()
        if expected and expected != digest:
            raise InstallError(f"{name} {release.version} has the SHA-256 {digest}, not {expected}")


def _say(line: str) -> None:
    print(f"jenkins-plugins: {line}", flush=True)
