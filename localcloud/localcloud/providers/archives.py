"""Pulumi's assets and archives, as they stand in the properties of a resource."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pulumi.runtime.rpc import _special_archive_sig, _special_asset_sig, _special_sig_key

from .protocol import ProviderError

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of every entry: the same content must always give the same ZIP file."""


def is_asset(value: Any) -> bool:
    """Whether a value is an asset or an archive."""
    return isinstance(value, dict) and value.get(_special_sig_key) in (
        _special_asset_sig,
        _special_archive_sig,
    )


def zipped(archive: dict[str, Any]) -> bytes:
    """A ZIP file of an archive: of named assets and archives, of a folder, or one that is there.

    Raises:
        ProviderError: it is none of these, or a file is missing.
    """
    if (path := _local(archive)) and path.is_file() and path.suffix in (".zip", ".jar"):
        return path.read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in sorted(_entries(archive)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o755 << 16
            file.writestr(entry, content)
    return packed.getvalue()


def content(asset: dict[str, Any], name: str = "asset") -> bytes:
    """The bytes of one asset.

    Raises:
        ProviderError: it is neither a text nor a file that is there.
    """
    path = _local(asset)
    if path and path.is_file():
        return path.read_bytes()
    if not path and not asset.get("uri"):
        return str(asset.get("text", "")).encode()  # the engine leaves an empty text out
    raise ProviderError(f"'{name}': {_what(asset)}")


def _entries(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """File names and contents."""
    path = _local(value)
    if value.get(_special_sig_key) == _special_asset_sig:
        yield prefix, content(value, prefix)
    elif value.get("assets"):
        for name, item in value["assets"].items():
            yield from _entries(item, f"{prefix}/{name}" if prefix else name)
    elif path and path.is_dir():
        for file in path.rglob("*"):
            if file.is_file():
                name = file.relative_to(path).as_posix()
                yield (f"{prefix}/{name}" if prefix else name), file.read_bytes()
    else:
        raise ProviderError(f"archive '{prefix}': {_what(value)}")


def _local(value: dict[str, Any]) -> Path | None:
    return Path(value["path"]) if value.get("path") else None


def _what(value: dict[str, Any]) -> str:
    where = value.get("path") or value.get("uri") or "nothing"
    return (
        f"'{where}' cannot be packed; the embedded cloud takes texts, files, folders and ready "
        f".zip or .jar files; relative paths start at {Path.cwd()}"
    )
