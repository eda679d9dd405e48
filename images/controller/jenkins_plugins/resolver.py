"""Which version of which plugin: the closure of some roots for one Jenkins.

Of each plugin the locked version is taken, or else the newest that the core loads. A version is
never lower than any other plugin of the set needs. A version that a security warning is about is
replaced by the first one without, or refused, as the policy says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from .update_center import Release, SecurityWarning, UpdateCenter
from .versions import Version

PLUGINS_INPUT = "images.plugins"
"""The input that adds a plugin or chooses another version."""
FILES_INPUT = "images.build_folder"
"""The input that adds plugins as files."""
CORE_INPUT = "images.controller.version"
"""The input that chooses the version of Jenkins."""


class Policy(str, Enum):
    """What becomes of a version that a security warning is about."""

    SECURITY = "security"
    LOCKED = "locked"


class ResolutionError(Exception):
    """There is no set of plugins as it was asked for. The message has one line for each problem."""


class _UnavailableError(ResolutionError):
    """No release of a plugin will do; another release of what needs it may not need it."""


@dataclass(frozen=True)
class Request:
    """What is wanted.

    Attributes:
        core: The version of Jenkins.
        roots: The plugins asked for.
        pinned: Exact versions requested by the user, by plugin.
        locked: Releases to prefer, by plugin: the lock.
        own: Releases that come as files, by plugin: no other is taken.
    """

    core: Version
    roots: frozenset[str]
    pinned: Mapping[str, Version] = field(default_factory=dict)
    locked: Mapping[str, Release] = field(default_factory=dict)
    policy: Policy = Policy.SECURITY
    own: Mapping[str, Release] = field(default_factory=dict)


@dataclass(frozen=True)
class Resolution:
    """A set of plugins that belong together.

    Attributes:
        plugins: Every plugin of the closure, by name.
        notes: What was decided otherwise than asked, one sentence each.
    """

    plugins: Mapping[str, Release]
    notes: tuple[str, ...]


def resolve(request: Request, center: UpdateCenter) -> Resolution:
    """The closure of the roots.

    Raises:
        ResolutionError: A plugin or version is not published, does not run on the core, is too low
            for another plugin, or is affected by a security warning that the policy does not let
            pass or no version fixes.
    """
    return _Resolver(request, center).run()


class _Resolver:
    """Lowest versions only rise and excluded releases stay excluded, so the search ends; cycles of
    dependencies need no care."""

    def __init__(self, request: Request, center: UpdateCenter) -> None:
        self._request = request
        self._center = center
        self._lowest: dict[str, tuple[Version, Release]] = {}
        self._excluded: dict[Release, str] = {}
        self._needed_by: dict[str, Release] = {}
        self._notes: dict[str, str] = {}

    def run(self) -> Resolution:
        while True:
            chosen, problems = self._walk()
            if self._raise_lowest(chosen) or self._exclude(problems):
                continue
            if problems:
                raise ResolutionError("\n".join(str(problems[name]) for name in sorted(problems)))
            notes = tuple(self._notes[name] for name in sorted(self._notes))
            return Resolution(dict(sorted(chosen.items())), notes)

    def _walk(self) -> tuple[dict[str, Release], dict[str, ResolutionError]]:
        """Choose a release of each root and of everything that they need."""
        chosen: dict[str, Release] = {}
        problems: dict[str, ResolutionError] = {}
        self._needed_by, self._notes = {}, {}
        waiting = sorted(self._request.roots)
        while waiting:
            name = waiting.pop()
            if name in chosen or name in problems:
                continue
            try:
                release = chosen[name] = self._choose(name)
            except ResolutionError as error:
                problems[name] = error
                continue
            for need in release.needs(self._request.core):
                if not need.optional:
                    self._needed_by.setdefault(need.name, release)
                    waiting.append(need.name)
        return chosen, problems

    def _raise_lowest(self, chosen: Mapping[str, Release]) -> bool:
        """Note the dependencies that the chosen versions do not meet. An optional one counts where
        the plugin is in the set."""
        raised = False
        for release in chosen.values():
            for need in release.needs(self._request.core):
                present = chosen.get(need.name)
                if present is not None and present.version < need.version:
                    self._lowest[need.name] = (need.version, release)
                    raised = True
        return raised

    def _exclude(self, problems: Mapping[str, ResolutionError]) -> bool:
        """Go without a release that needs what cannot be had, where there is a choice."""
        for name, problem in problems.items():
            _, needing = self._lowest.get(name, (None, self._needed_by.get(name)))
            if (
                isinstance(problem, _UnavailableError)
                and needing is not None
                and needing.name not in self._request.pinned
                and needing.name not in self._request.own
            ):
                self._excluded[needing] = str(problem)
                self._lowest.clear()
                return True
        return False

    def _choose(self, name: str) -> Release:
        if own := self._request.own.get(name):
            return self._checked(own)
        candidates = self._candidates(name)
        release = self._pinned(name) or self._locked(name, candidates)
        if release is None:
            if not candidates:
                raise _UnavailableError(self._no_candidate(name))
            safe = [r for r in candidates if not self._center.warnings_of(name, r.version)]
            release = (safe or candidates)[0]
        if warnings := self._center.warnings_of(name, release.version):
            return self._safe_instead(release, warnings, candidates)
        return release

    def _candidates(self, name: str) -> list[Release]:
        """The releases that the core loads and that are new enough, the newest first."""
        lowest = self._lowest[name][0] if name in self._lowest else None
        return [
            release
            for release in self._center.releases_of(name)
            if release.required_core <= self._request.core
            and release not in self._excluded
            and (lowest is None or lowest <= release.version)
        ]

    def _pinned(self, name: str) -> Release | None:
        version = self._request.pinned.get(name)
        if version is None:
            return None
        release = self._center.release(name, version)
        if release is None:
            raise ResolutionError(
                f"{name} {version} ({PLUGINS_INPUT}) is not offered by the update center: check "
                "the spelling"
            )
        self._check(release, PLUGINS_INPUT)
        return release

    def _checked(self, own: Release) -> Release:
        """A release that comes as a file, which nothing can be taken instead of."""
        self._check(own, FILES_INPUT)
        if warnings := self._center.warnings_of(own.name, own.version):
            raise ResolutionError(
                f"{own.name} {own.version} ({FILES_INPUT}) is affected by {describe(warnings)}"
            )
        return own

    def _check(self, release: Release, source: str) -> None:
        """Whether a release that the user chose fits the core and the other plugins."""
        chosen = f"{release.name} {release.version} ({source})"
        if self._request.core < release.required_core:
            raise ResolutionError(
                f"{chosen} needs Jenkins {release.required_core} or newer, but {CORE_INPUT} is "
                f"{self._request.core}"
            )
        lowest, needing = self._lowest.get(release.name, (release.version, None))
        if release.version < lowest and needing is not None:
            raise ResolutionError(
                f"{chosen} is too old: {needing.name} {needing.version} needs {lowest} or newer"
            )

    def _locked(self, name: str, candidates: list[Release]) -> Release | None:
        """The locked release, unless something else of the set needs a newer one."""
        locked = self._request.locked.get(name)
        if locked is None:
            return None
        release = next((r for r in candidates if r.version == locked.version), None)
        if release is None and name not in self._lowest and locked not in self._excluded:
            offered = self._center.release(name, locked.version)
            reason = (
                f"needs Jenkins {offered.required_core} or newer"
                if offered
                else "is not offered by the update center any more"
            )
            self._replace(locked, reason, candidates[0] if candidates else None)
        return release

    def _safe_instead(
        self, release: Release, warnings: list[SecurityWarning], candidates: list[Release]
    ) -> Release:
        affected = f"is affected by {describe(warnings)}"
        safe = [
            r
            for r in candidates
            if release.version < r.version and not self._center.warnings_of(r.name, r.version)
        ]
        if not safe:
            raise ResolutionError(
                f"{release.name} {release.version} {affected}, and no version for Jenkins "
                f"{self._request.core} fixes it. {self._left_out(release.name)}"
                f"{self._origin(release.name)}"
            )
        self._replace(release, affected, safe[-1])
        return safe[-1]

    def _replace(self, release: Release, reason: str, instead: Release | None) -> None:
        """Note that another release is taken, which only the policy ``security`` allows."""
        sentence = f"{release.name} {release.version} {reason}"
        if instead is None:
            raise _UnavailableError(f"{sentence}. {self._no_candidate(release.name)}")
        if self._request.policy is Policy.LOCKED:
            raise ResolutionError(
                f"{sentence}. Set {PLUGINS_INPUT}: {{{instead.name}: {instead.version}}}"
            )
        self._notes[release.name] = f"{sentence}: {instead.version} is taken instead"

    def _no_candidate(self, name: str) -> str:
        releases = self._center.releases_of(name)
        if not releases:
            return f"The update center does not offer {name}. {self._origin(name)}"
        lowest = f" {self._lowest[name][0]} or newer" if name in self._lowest else ""
        left_out = self._left_out(name)
        newest = f"{releases[0].version} needs Jenkins {releases[0].required_core}. "
        return (
            f"No version of {name}{lowest} fits Jenkins {self._request.core} ({CORE_INPUT}). "
            f"{left_out or newest}{self._origin(name)}"
        )

    def _left_out(self, name: str) -> str:
        """Why the newest version of a plugin cannot be taken, if that is for its dependencies."""
        left_out = [(e.version, reason) for e, reason in self._excluded.items() if e.name == name]
        return f"{name} {left_out[0][0]} cannot be taken: {left_out[0][1]}. " if left_out else ""

    def _origin(self, name: str) -> str:
        """Where a plugin comes from, so that the reader knows what to leave out."""
        needing = self._lowest[name][1] if name in self._lowest else self._needed_by.get(name)
        if needing is not None:
            return f"{needing.name} {needing.version} needs it"
        return f"It is one of the plugins asked for ({PLUGINS_INPUT} or plugins.txt)"


def describe(warnings: list[SecurityWarning]) -> str:
    """Warnings in one line: identifier, what it is, where to read more."""
    return "; ".join(f"{w.id} ({w.message}, {w.url})" for w in warnings)
