"""JMESPath functions of the table: what AWS's requests and answers need beyond standard JMESPath.

``null`` in, ``null`` out, unless said otherwise. `README.md` lists them.
"""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Callable
from typing import Any

import jmespath.functions
from pulumi.runtime.rpc import UNKNOWN

from .archives import content, zipped

_ANY: dict[str, list[str]] = {"types": []}
_TEXT = {"types": ["string"]}
_OPTIONAL_MAP = {"types": ["object", "null"]}
_OPTIONAL_LIST = {"types": ["array", "null"]}
_OPTIONAL_TEXT = {"types": ["string", "null"]}


class TableFunctions(jmespath.functions.Functions):  # type: ignore[misc]
    """What AWS request shapes need beyond standard JMESPath. ``null`` in, ``null`` out."""

    @jmespath.functions.signature(_OPTIONAL_MAP, _TEXT, _TEXT)  # type: ignore[untyped-decorator]
    def _func_to_pairs(self, mapping: dict[str, Any] | None, key: str, value: str) -> Any:
        """``{a: 1}`` -> ``[{key: a, value: 1}]``, sorted by key: how AWS writes tags."""
        if mapping is None:
            return None
        return [{key: k, value: v} for k, v in sorted(mapping.items())]

    @jmespath.functions.signature(_OPTIONAL_LIST, _TEXT, _TEXT)  # type: ignore[untyped-decorator]
    def _func_from_pairs(self, pairs: list[dict[str, Any]] | None, key: str, value: str) -> Any:
        """``[{key: a, value: 1}]`` -> ``{a: 1}``."""
        return None if pairs is None else {p[key]: p.get(value) for p in pairs}

    @jmespath.functions.signature(_OPTIONAL_LIST, _TEXT)  # type: ignore[untyped-decorator]
    def _func_keyed(self, items: list[dict[str, Any]] | None, key: str) -> Any:
        """``[{key: a, b: 1}]`` -> ``{a: {b: 1}}``."""
        if items is None:
            return None
        return {item[key]: {k: v for k, v in item.items() if k != key} for item in items}

    @jmespath.functions.signature(_OPTIONAL_MAP, _TEXT)  # type: ignore[untyped-decorator]
    def _func_from_keyed(self, objects: dict[str, Any] | None, key: str) -> Any:
        """The way back."""
        return None if objects is None else [{key: k, **v} for k, v in sorted(objects.items())]

    @jmespath.functions.signature(_OPTIONAL_TEXT)  # type: ignore[untyped-decorator]
    def _func_from_json(self, text: str | None) -> Any:
        return None if text is None or text == UNKNOWN else json.loads(text)

    @jmespath.functions.signature(_ANY)  # type: ignore[untyped-decorator]
    def _func_to_json(self, value: Any) -> Any:
        return None if value is None else json.dumps(value, sort_keys=True)

    @jmespath.functions.signature(_OPTIONAL_TEXT, _TEXT)  # type: ignore[untyped-decorator]
    def _func_split(self, text: str | None, separator: str) -> Any:
        return None if text is None else text.split(separator)

    @jmespath.functions.signature(_OPTIONAL_LIST, _OPTIONAL_LIST)  # type: ignore[untyped-decorator]
    def _func_without(self, items: list[Any] | None, others: list[Any] | None) -> Any:
        """The items of the first list that the second does not hold."""
        return None if items is None else [i for i in items if i not in (others or [])]

    @jmespath.functions.signature(_OPTIONAL_LIST, _TEXT, _ANY)  # type: ignore[untyped-decorator]
    def _func_where(self, items: list[Any] | None, key: str, value: Any) -> Any:
        """The items whose ``key`` has a value of the outer scope, which a filter cannot see."""
        return None if items is None else [i for i in items if i.get(key) == value]

    @jmespath.functions.signature(_ANY)  # type: ignore[untyped-decorator]
    def _func_or_empty(self, value: Any) -> Any:
        """An empty list for ``null``: for calls that take 'none' as a list."""
        return [] if value is None else value

    @jmespath.functions.signature(_OPTIONAL_TEXT)  # type: ignore[untyped-decorator]
    def _func_budget_time(self, text: str | None) -> Any:
        """``2026-01-31_00:00``, as budgets have it, in ISO form."""
        return None if text is None else text.replace("_", "T") + ":00Z"

    @jmespath.functions.signature(_ANY, _ANY, _ANY)  # type: ignore[untyped-decorator]
    def _func_or_reset(self, new: Any, old: Any, default: Any) -> Any:
        """What the program says; AWS's own value where it has just stopped saying something."""
        return new if new is not None else default if old is not None else None

    @jmespath.functions.signature(_OPTIONAL_TEXT)  # type: ignore[untyped-decorator]
    def _func_from_base64(self, text: str | None) -> Any:
        return None if text is None else base64.b64decode(text)

    @jmespath.functions.signature(_OPTIONAL_TEXT)  # type: ignore[untyped-decorator]
    def _func_text_of_base64(self, text: str | None) -> Any:
        return None if text is None else base64.b64decode(text).decode()

    @jmespath.functions.signature(_OPTIONAL_MAP)  # type: ignore[untyped-decorator]
    def _func_tag_filters(self, tags: dict[str, str] | None) -> Any:
        """How EC2 is asked for things with these tags."""
        return [{"Name": f"tag:{k}", "Values": [v]} for k, v in sorted((tags or {}).items())]

    @jmespath.functions.signature(_OPTIONAL_MAP)  # type: ignore[untyped-decorator]
    def _func_zipped(self, archive: dict[str, Any] | None) -> Any:
        """The bytes of a Pulumi archive as a ZIP file."""
        return None if archive is None else zipped(archive)

    @jmespath.functions.signature(_OPTIONAL_MAP)  # type: ignore[untyped-decorator]
    def _func_bytes_of(self, asset: dict[str, Any] | None) -> Any:
        """The bytes of a Pulumi asset."""
        return None if asset is None else content(asset)

    @jmespath.functions.signature(_OPTIONAL_MAP)  # type: ignore[untyped-decorator]
    def _func_to_query(self, mapping: dict[str, str] | None) -> Any:
        """``{a: 1}`` -> ``a=1``: how S3 takes tags along with an object."""
        return None if mapping is None else urllib.parse.urlencode(mapping)

    @jmespath.functions.signature(_OPTIONAL_TEXT, _TEXT)  # type: ignore[untyped-decorator]
    def _func_without_end(self, text: str | None, end: str) -> Any:
        """DNS names as the real provider shows them: without the closing dot."""
        return None if text is None else text.removesuffix(end)

    @jmespath.functions.signature(_OPTIONAL_TEXT, _OPTIONAL_TEXT)  # type: ignore[untyped-decorator]
    def _func_dns_name(self, name: str | None, zone: str | None) -> Any:
        """The full name of a record that may be named within its zone, without closing dot."""
        if name is None or zone is None:
            return None
        short, zone = name.lower().removesuffix("."), zone.removesuffix(".")
        inside = short == zone or short.endswith(f".{zone}")
        return short if inside else f"{short}.{zone}" if short else zone

    @jmespath.functions.signature(_OPTIONAL_LIST, _OPTIONAL_TEXT)  # type: ignore[untyped-decorator]
    def _func_dns_records(self, values: list[str] | None, kind: str | None) -> Any:
        """Record values as Route 53 takes them: texts in quotes."""
        if values is None:
            return None
        return [{"Value": f'"{v}"' if kind in ("TXT", "SPF") else v} for v in values]

    @jmespath.functions.signature(_OPTIONAL_LIST, _OPTIONAL_TEXT)  # type: ignore[untyped-decorator]
    def _func_from_dns_records(self, records: list[Any] | None, kind: str | None) -> Any:
        """The way back."""
        if records is None:
            return None
        text = kind in ("TXT", "SPF")
        return [r["Value"].strip('"') if text else r["Value"] for r in records]

    @jmespath.functions.signature(_ANY, _ANY)  # type: ignore[untyped-decorator]
    def _func_capitalized(self, value: Any, names: dict[str, str]) -> Any:
        """The value with the keys of all its objects as AWS writes them, ``name`` -> ``Name``.

        ``names`` holds those that do not follow the rule, by key or by ``parent.key``; one that
        begins with ``=`` belongs to an object whose keys the user chooses. For structures that
        nest too deeply to be spelt out; AWS's model of the call refuses what it does not know.
        """

        def rename(key: str, parent: str) -> tuple[str, str]:
            name = names.get(f"{parent}.{key}") or names.get(key)
            return name or key[:1].upper() + key[1:], key

        return _renamed(value, rename)

    @jmespath.functions.signature(_ANY, _ANY)  # type: ignore[untyped-decorator]
    def _func_uncapitalized(self, value: Any, names: dict[str, str]) -> Any:
        """The way back."""
        back = {}
        for ours, aws in names.items():
            *parent, key = ours.split(".")
            back[".".join([*parent, aws.lstrip("=")])] = ("=" if aws[0] == "=" else "") + key

        def rename(key: str, parent: str) -> tuple[str, str]:
            name = back.get(f"{parent}.{key}") or back.get(key) or key[:1].lower() + key[1:]
            return name, name.lstrip("=")

        return _renamed(value, rename)

    @jmespath.functions.signature(_ANY)  # type: ignore[untyped-decorator]
    def _func_attributes(self, values: dict[str, Any]) -> Any:
        """``{a: true, b: null}`` -> ``[{Key: a, Value: 'true'}]``: what load balancers take."""
        return [
            {"Key": k, "Value": v if isinstance(v, str) else json.dumps(v)}
            for k, v in values.items()
            if v is not None
        ]

    @jmespath.functions.signature(_OPTIONAL_LIST)  # type: ignore[untyped-decorator]
    def _func_from_attributes(self, pairs: list[dict[str, str]] | None) -> Any:
        """The way back; numbers and booleans come out as such."""
        return {pair["Key"]: _parsed(pair.get("Value")) for pair in pairs or []}

    @jmespath.functions.signature(_ANY)  # type: ignore[untyped-decorator]
    def _func_text(self, value: Any) -> Any:
        """Numbers and booleans as AWS writes them in string attributes; points in time."""
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value, default=str).strip('"')


def _renamed(value: Any, rename: Callable[[str, str], tuple[str, str]], parent: str = "") -> Any:
    """The value with other keys. ``rename`` gets a key and our name of the object around it,
    and returns the new key and our name of what is below."""
    if isinstance(value, list):
        return [_renamed(v, rename, parent) for v in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if not isinstance(value, dict):
        return value
    renamed = {}
    for key, item in value.items():
        name, below = rename(key, parent)
        renamed[name.lstrip("=")] = item if name[0] == "=" else _renamed(item, rename, below)
    return renamed


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except ValueError:
        return text
