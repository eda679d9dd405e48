"""Commons Lang 2 for plugins that still use it.

Jenkins dropped the library in 2.579. A plugin that refers to it fails at the first call, unless the
library is in the plugin's own ``WEB-INF/lib``.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from .versions import Version

FIRST_CORE_WITHOUT = Version("2.579")
"""Version of Jenkins that dropped Commons Lang 2 (jenkinsci/jenkins pull request 26105)."""
LIBRARY = "WEB-INF/lib/commons-lang-2.6.jar"
SHA256 = "50f11b09f877c294d56f24463f47d28f929cf5044f648661c0f0cfbae9a2f49c"
_PACKAGE = b"org/apache/commons/lang/"
_DOTTED = b"org.apache.commons.lang."
_SOURCES = (".groovy", ".jelly")
_TIME = (1980, 1, 1, 0, 0, 0)


def needs_library(plugin: Path) -> bool:
    """Whether a plugin refers to Commons Lang 2 and does not bring it along.

    Looks into the classes of ``WEB-INF/classes`` and of the jars in ``WEB-INF/lib``: what a class
    refers to stands as text in its constant pool. Scripts and views are read too, since Jenkins
    compiles them when they run.

    Raises:
        ValueError: The file is not a plugin's archive.
    """
    refers = False
    for name, content in _files(plugin):
        if name.startswith(_PACKAGE.decode()) and name.endswith(".class"):
            return False
        refers = refers or _refers(name, content)
    return refers


def add_library(plugin: Path, library: bytes) -> None:
    """Put the library into a plugin, and change nothing else of it."""
    with zipfile.ZipFile(plugin, "a") as archive:
        archive.writestr(zipfile.ZipInfo(LIBRARY, _TIME), library)


def check_library(content: bytes, url: str) -> bytes:
    """The library, if it is Commons Lang 2.6 and nothing else.

    Raises:
        ValueError: It is another file.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        raise ValueError(f"{url} is not commons-lang-2.6.jar: its SHA-256 is {found}, not {SHA256}")
    return content


def _refers(name: str, content: bytes) -> bool:
    if name.endswith(".class"):
        return _PACKAGE in content or _DOTTED in content
    return name.endswith(_SOURCES) and _DOTTED in content


def _files(plugin: Path) -> Iterator[tuple[str, bytes]]:
    """Classes and resources of a plugin, by their path on the class path."""
    try:
        with zipfile.ZipFile(plugin) as archive:
            for name in archive.namelist():
                if name.startswith("WEB-INF/lib/") and name.endswith(".jar"):
                    with zipfile.ZipFile(io.BytesIO(archive.read(name))) as jar:
                        for inner in jar.namelist():
                            if inner.endswith((".class", *_SOURCES)):
                                yield inner, jar.read(inner)
                elif name.endswith((".class", *_SOURCES)):
                    yield name.removeprefix("WEB-INF/classes/"), archive.read(name)
    except zipfile.BadZipFile as error:
        raise ValueError(f"{plugin.name} is not a plugin's archive: {error}") from error
