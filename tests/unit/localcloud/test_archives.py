"""Pulumi's assets and archives."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from localcloud.providers.archives import content, is_asset, zipped
from localcloud.providers.protocol import ProviderError
from pulumi.runtime.rpc import _special_archive_sig, _special_asset_sig, _special_sig_key


def asset(**what: Any) -> dict[str, Any]:
    return {_special_sig_key: _special_asset_sig, "hash": "x", **what}


def archive(**what: Any) -> dict[str, Any]:
    return {_special_sig_key: _special_archive_sig, "hash": "x", **what}


def files(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.py").write_text("one")
    (tmp_path / "deep" / "b.py").write_text("two")
    return tmp_path


def test_texts_files_and_folders_are_packed_under_their_names(folder: Path) -> None:
    packed = zipped(
        archive(
            assets={
                "text": asset(text="hello"),
                "file": asset(path=str(folder / "a.py")),
                "all": archive(path=str(folder)),
                "empty": asset(),
            }
        )
    )
    assert files(packed) == {
        "text": b"hello",
        "file": b"one",
        "all/a.py": b"one",
        "all/deep/b.py": b"two",
        "empty": b"",
    }


def test_a_folder_is_packed_from_its_own_top(folder: Path) -> None:
    assert files(zipped(archive(path=str(folder)))) == {"a.py": b"one", "deep/b.py": b"two"}


def test_the_same_content_gives_the_same_bytes(folder: Path) -> None:
    first = zipped(archive(path=str(folder)))
    (folder / "a.py").touch()
    assert zipped(archive(path=str(folder))) == first
    (folder / "a.py").write_text("other")
    assert zipped(archive(path=str(folder))) != first


def test_an_existing_archive_is_used_unchanged(tmp_path: Path) -> None:
    ready = tmp_path / "ready.zip"
    ready.write_bytes(b"any bytes")
    assert zipped(archive(path=str(ready))) == b"any bytes"


def test_what_cannot_be_packed_is_named() -> None:
    with pytest.raises(ProviderError, match=r"archive '': '/nowhere' cannot be packed"):
        zipped(archive(path="/nowhere"))
    missing = archive(assets={"a.py": asset(uri="https://example.com/a.py")})
    with pytest.raises(ProviderError, match=r"'a.py': 'https://example.com/a.py' cannot be packed"):
        zipped(missing)


def test_assets_are_distinguished_from_objects() -> None:
    assert is_asset(asset(text="x"))
    assert is_asset(archive(path="x"))
    assert not is_asset({"text": "x"})
    assert not is_asset("x")
    assert content(asset(text="ä")) == "ä".encode()
