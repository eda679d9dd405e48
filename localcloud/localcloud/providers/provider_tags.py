"""Tags that a provider gives to all of its resources, and tags that it leaves to others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .protocol import Properties, holds_unknown


@dataclass(frozen=True)
class ProviderTags:
    """The options ``defaultTags`` and ``ignoreTags`` of a provider.

    Attributes:
        default: Keys and values for every resource that does not set them.
        ignored_keys: Keys that others manage.
        ignored_prefixes: Beginnings of such keys.
    """

    default: tuple[tuple[str, str], ...] = ()
    ignored_keys: frozenset[str] = frozenset()
    ignored_prefixes: tuple[str, ...] = ()

    @classmethod
    def of(cls, inputs: Properties) -> ProviderTags:
        """The tags of a provider with these inputs."""
        ignored = structured(inputs.get("ignoreTags")) or {}
        return cls(
            tuple(((structured(inputs.get("defaultTags")) or {}).get("tags") or {}).items()),
            frozenset(ignored.get("keys") or ()),
            tuple(ignored.get("keyPrefixes") or ()),
        )

    def added(self, inputs: Properties) -> Properties:
        """The inputs of a resource with the default tags. The real provider keeps them apart, in
        ``tagsAll``. Resources whose tags are a list get none there either."""
        own = inputs.get("tags") or {}
        overridden = (inputs.get("overrideProvider") or {}).get("defaultTags")
        if not self.default or overridden or not isinstance(own, Mapping) or holds_unknown(own):
            return inputs
        return inputs | {"tags": self.managed({**dict(self.default), **own})}

    def managed(self, tags: Any) -> Any:
        """Tags without those that others manage."""
        if not isinstance(tags, Mapping):
            return tags
        return {
            key: value
            for key, value in tags.items()
            if key not in self.ignored_keys and not key.startswith(self.ignored_prefixes)
        }


NO_TAGS = ProviderTags()
"""Of a provider without these options."""


def structured(option: Any) -> Any:
    """SDKs hand an option that is not a text over as JSON."""
    return json.loads(option) if isinstance(option, str) else option
