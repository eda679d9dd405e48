"""Which plugins refer to Commons Lang 2, and what is done to them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from jenkins_plugins import commons_lang

USES = b"\xca\xfe\xba\xbe\x01\x00\x23org/apache/commons/lang/StringUtils\x00"
USES_3 = b"\xca\xfe\xba\xbe\x01\x00\x24org/apache/commons/lang3/StringUtils\x00"


def jar(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def plugin(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "shop.jpi"
    path.write_bytes(jar(**{"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n"} | files))
    return path


@pytest.mark.parametrize(
    "files",
    [
        {"WEB-INF/lib/shop.jar": jar(**{"com/Shop.class": USES})},
        {"WEB-INF/lib/a.jar": jar(), "WEB-INF/lib/b.jar": jar(**{"com/Shop.class": USES})},
        {"WEB-INF/classes/com/Shop.class": USES},
        {"WEB-INF/lib/shop.jar": jar(**{"com/S.class": b"org.apache.commons.lang.StringUtils"})},
        {"WEB-INF/lib/shop.jar": jar(**{"s.groovy": b"import org.apache.commons.lang.Validate"})},
        {"WEB-INF/classes/s.jelly": b'<j:new className="org.apache.commons.lang.Validate"/>'},
    ],
)
def test_a_plugin_that_refers_to_it_needs_it(tmp_path: Path, files: dict[str, bytes]) -> None:
    assert commons_lang.needs_library(plugin(tmp_path, files))


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"WEB-INF/lib/shop.jar": jar(**{"com/Shop.class": USES_3})},
        {"WEB-INF/lib/shop.jar": jar(**{"s.groovy": b"import org.apache.commons.lang3.Validate"})},
        {"WEB-INF/lib/shop.jar": jar(**{"notes.txt": b"org.apache.commons.lang.Validate"})},
        {
            "WEB-INF/lib/shop.jar": jar(**{"com/Shop.class": USES}),
            "WEB-INF/lib/z.jar": jar(**{"org/apache/commons/lang/StringUtils.class": USES}),
        },
    ],
)
def test_other_plugins_do_not_need_it(tmp_path: Path, files: dict[str, bytes]) -> None:
    assert not commons_lang.needs_library(plugin(tmp_path, files))


def test_the_library_is_added_and_nothing_else_changes(tmp_path: Path) -> None:
    path = plugin(tmp_path, {"WEB-INF/lib/shop.jar": jar(**{"com/Shop.class": USES})})
    before = path.read_bytes()
    commons_lang.add_library(path, b"library")
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(path) as new:
        assert set(new.namelist()) - set(old.namelist()) == {"WEB-INF/lib/commons-lang-2.6.jar"}
        assert new.read("WEB-INF/lib/commons-lang-2.6.jar") == b"library"
        for name in old.namelist():
            assert new.read(name) == old.read(name)


def test_the_result_does_not_depend_on_the_time(tmp_path: Path) -> None:
    path = plugin(tmp_path, {"WEB-INF/classes/com/Shop.class": USES})
    commons_lang.add_library(path, b"library")
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo(commons_lang.LIBRARY).date_time == (1980, 1, 1, 0, 0, 0)


def test_what_is_not_an_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "shop.jpi"
    path.write_text("<html>not found</html>")
    with pytest.raises(ValueError, match=r"shop\.jpi is not a plugin's archive"):
        commons_lang.needs_library(path)


def test_another_file_than_the_library_is_refused() -> None:
    with pytest.raises(ValueError, match=r"https://mirror/x is not commons-lang-2\.6\.jar"):
        commons_lang.check_library(b"something else", "https://mirror/x")
