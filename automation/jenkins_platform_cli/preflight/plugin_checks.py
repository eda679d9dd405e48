"""Whether Jenkins and the plugins of the controller's image are current and free of known
vulnerabilities, from the public data of the update center."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from jenkins_platform.container_images.builds import installed_plugins
from jenkins_platform.settings import Settings
from jenkins_platform.settings.images import JENKINS_VERSION
from jenkins_plugins import sources
from jenkins_plugins.resolver import CORE_INPUT, PLUGINS_INPUT, Policy, ResolutionError, describe
from jenkins_plugins.update_center import CORE, UpdateCenter
from jenkins_plugins.versions import Version, is_lts

from ..pulumi_cli.golang import TOOLS
from .findings import Finding, Status

CACHE = TOOLS / "update-center"
_FRESH_SECONDS = 12 * 3600
_TIMEOUT_SECONDS = 5
_SHOWN = 5


def update_center(settings: Settings, cache: Path = CACHE) -> UpdateCenter | None:
    """The update center's data, at most half a day old; older data if it cannot be reached. None if
    there is none, or if the image is built elsewhere."""
    if settings.images.controller.existing is not None:
        return None
    base = settings.images.update_center_url.rstrip("/")
    with suppress(sources.UnreachableError, ValueError):
        return UpdateCenter(
            _document(f"{base}/{sources.site_path(_core(settings))}", cache),
            _document(f"{base}/{sources.VERSIONS}", cache),
        )
    return None


def summary(settings: Settings) -> str | None:
    """One line about what needs attention, for a preview; None if nothing does."""
    center = update_center(settings)
    findings = [] if center is None else list(check(settings, center))
    bad = [f.subject for f in findings if f.status is not Status.OK]
    return f"Affected by advisories or out of date: {', '.join(bad)}" if bad else None


def check(settings: Settings, center: UpdateCenter) -> Iterator[Finding]:
    """What is affected by a security warning, unsupported or behind."""
    yield _check_core(_core(settings), center)
    order = installed_plugins(settings)
    try:
        fixed = order.with_policy(Policy.SECURITY).resolve(center).plugins
    except ResolutionError as error:
        for line in str(error).splitlines():
            yield Finding("plugins of Jenkins", Status.PROBLEM, line, "The image cannot be built.")
        return
    affected = 0
    behind = []
    for name, version in order.versions().items():
        warnings = center.warnings_of(name, version)
        if warnings:
            affected += 1
            stops = order.policy is Policy.LOCKED
            yield Finding(
                f"plugin {name}",
                Status.PROBLEM if stops else Status.WARNING,
                f"{version} is affected by {describe(warnings)}"
                + (", and the build of the image stops" if stops else ""),
                f"Set {PLUGINS_INPUT}: {{{name}: {fixed[name].version}}}",
            )
        else:
            newest = center.newest(name, order.core)
            behind += [f"{name} {newest}"] if newest and version < newest else []
    if not affected:
        yield Finding("plugins of Jenkins", Status.OK, _progress(len(fixed), behind))


def _check_core(core: Version, center: UpdateCenter) -> Finding:
    newest = center.newest_core or core
    warnings = center.warnings_of(CORE, core)
    advice = f"Set {CORE_INPUT}: {newest}" if core < newest else ""
    if warnings:
        return Finding(
            "jenkins", Status.WARNING, f"{core} is affected by {describe(warnings)}", advice
        )
    if core >= newest:
        return Finding("jenkins", Status.OK, f"{core} is the newest of its line")
    if is_lts(core) and _line(core) != _line(newest):
        found = f"{core} gets no more fixes: the current line is {_line(newest)}"
        return Finding("jenkins", Status.WARNING, found, advice)
    return Finding("jenkins", Status.WARNING, f"{core} is behind {newest}", advice)


def _line(core: Version) -> str:
    return ".".join(core.text.split(".")[:2])


def _progress(total: int, behind: list[str]) -> str:
    found = f"{total}, none with a known vulnerability"
    if behind:
        more = ", …" if len(behind) > _SHOWN else ""
        found += f"; {len(behind)} have newer versions: {', '.join(behind[:_SHOWN])}{more}"
    return found


def _core(settings: Settings) -> Version:
    return Version(settings.images.controller.version or JENKINS_VERSION)


def _document(url: str, cache: Path) -> Any:
    """A document from the cache while it is fresh, or else from the update center; the cached one
    again if that cannot be reached."""
    file = cache / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.json"
    if file.exists() and time.time() - file.stat().st_mtime < _FRESH_SECONDS:
        return json.loads(file.read_bytes())
    try:
        found = sources.document(url, _TIMEOUT_SECONDS)
    except sources.UnreachableError:
        if file.exists():
            return json.loads(file.read_bytes())
        raise
    cache.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(f".{time.monotonic_ns()}")
    partial.write_text(json.dumps(found))
    partial.replace(file)
    return found
