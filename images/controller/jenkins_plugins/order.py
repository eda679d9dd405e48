"""Which plugins an image is to have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .lock import PUBLIC, closure
from .resolver import Policy, Request, Resolution, resolve
from .update_center import Release, UpdateCenter
from .versions import Version


@dataclass(frozen=True)
class Order:
    """The plugins of one image.

    Attributes:
        core: The version of Jenkins in the image.
        roots: The plugins that every controller has.
        more: Plugins to add, or other versions: name to exact version; None takes the locked one.
        locked: The plugins of the lock.
        own: Plugins that come as files; they take the place of others of the same name.
        update_center: Base URL.
    """

    core: Version
    roots: frozenset[str]
    more: Mapping[str, Version | None]
    locked: Mapping[str, Release]
    policy: Policy = Policy.SECURITY
    update_center: str = PUBLIC
    own: Mapping[str, Release] = field(default_factory=dict)

    def resolve(self, center: UpdateCenter) -> Resolution:
        """The plugins with all that they need."""
        pinned = {name: version for name, version in self.more.items() if version is not None}
        request = Request(self.core, self._wanted, pinned, self.locked, self.policy, self.own)
        return resolve(request, center)

    def sha256(self, release: Release) -> str:
        """The hash that a file must have: the lock's, whatever an update center or a mirror says
        by now, or else the update center's. Empty if neither has one."""
        if own := self.own.get(release.name):
            return own.sha256
        locked = self.locked.get(release.name)
        known = locked.sha256 if locked and locked.version == release.version else ""
        return known or release.sha256

    @property
    def _wanted(self) -> frozenset[str]:
        return self.roots | self.more.keys() | self.own.keys()

    def with_policy(self, policy: Policy) -> Order:
        """The same plugins under another policy."""
        return replace(self, policy=policy)

    def versions(self) -> dict[str, Version]:
        """The versions that are fixed beforehand: those of the lock, and those chosen over them."""
        known = {**self.locked, **self.own}
        locked = closure(known, self._wanted, self.core)
        chosen = {name: version for name, version in self.more.items() if version is not None}
        return {name: release.version for name, release in locked.items()} | chosen
