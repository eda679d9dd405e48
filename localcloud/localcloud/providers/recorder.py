"""The calls that the emulator cannot take, kept for inspection."""

from __future__ import annotations

import copy
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

Entry = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Whose calls: one resource in one account and region."""

    token: str
    id: str
    account: str = ""
    region: str = ""

    @property
    def key(self) -> str:
        return f"{self.token} {self.id}"


@dataclass
class Recorder:
    """Entries by resource, oldest first; gone with their resource."""

    _entries: dict[Place, list[Entry]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, place: Place, operation: str, parameters: Any, why: str) -> None:
        entry = {
            "operation": operation,
            "parameters": parameters,
            "why": why,
            "account": place.account,
            "region": place.region,
        }
        with self._lock:
            self._entries.setdefault(place, []).append(entry)

    def move(self, old: Place, new: Place) -> None:
        """What was recorded while the resource had no id yet."""
        with self._lock:
            if old in self._entries:
                self._entries.setdefault(new, []).extend(self._entries.pop(old))

    def drop(self, place: Place) -> None:
        with self._lock:
            self._entries.pop(place, None)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def knows(self, place: Place) -> bool:
        with self._lock:
            return place in self._entries

    def holds(self, place: Place, operations: Collection[str]) -> bool:
        """Whether one of the operations was recorded for the resource."""
        with self._lock:
            return any(e["operation"] in operations for e in self._entries.get(place, []))

    def entries(self) -> dict[str, list[Entry]]:
        """All entries by ``<type> <id>``."""
        found: dict[str, list[Entry]] = {}
        with self._lock:
            for place, entries in self._entries.items():
                found.setdefault(place.key, []).extend(copy.deepcopy(entries))
        return found
