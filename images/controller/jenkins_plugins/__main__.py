"""``python -m jenkins_plugins``: writes the lock, and installs it in the image's build."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from . import files, install, lock, sources
from .order import Order
from .resolver import Policy, Request, ResolutionError, describe, resolve
from .update_center import CORE
from .versions import Version

HERE = Path(__file__).parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="jenkins_plugins", description=__doc__)
    parser.add_argument("--core", type=Version, required=True, help="version of Jenkins")
    parser.add_argument("--update-center", default=lock.PUBLIC, help="base URL, or a folder")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("lock", help="resolve the plugins and write the lock")
    installs = verbs.add_parser("install", help="install the locked plugins")
    installs.add_argument("--more", default="", help="name or name:version, separated by spaces")
    installs.add_argument("--policy", type=Policy, default=Policy.SECURITY)
    installs.add_argument("--own", type=Path, help="folder of plugins that come as files")
    installs.add_argument("--commons-lang", default="", help="URL of commons-lang-2.6.jar")
    arguments = parser.parse_args()
    try:
        {"lock": _lock, "install": _install}[arguments.verb](arguments)
    except (install.InstallError, ResolutionError, sources.UnreachableError, ValueError) as error:
        sys.exit(f"jenkins-plugins: {error}")


def _lock(arguments: argparse.Namespace) -> None:
    folder = Path(arguments.update_center)
    base = folder.resolve().as_uri() if folder.is_dir() else arguments.update_center
    center = sources.update_center(arguments.core, base)
    if warnings := center.warnings_of(CORE, arguments.core):
        raise ResolutionError(
            f"Jenkins {arguments.core} is affected by {describe(warnings)}: choose another core"
        )
    roots = _roots("plugins.txt") | _roots("optional-plugins.txt")
    pinned = {name: version for name, version in roots.items() if version is not None}
    resolution = resolve(Request(arguments.core, frozenset(roots), pinned), center)
    day = center.date or date.today().isoformat()
    written = lock.Lock(arguments.core, arguments.update_center, day, resolution.plugins)
    lock.write(HERE / "plugins.lock", written)
    for note in resolution.notes:
        print(f"note: {note}")
    print(f"plugins.lock: {len(resolution.plugins)} plugins for Jenkins {arguments.core}")


def _install(arguments: argparse.Namespace) -> None:
    own = files.releases(arguments.own) if arguments.own else {}
    order = Order(
        core=arguments.core,
        roots=frozenset(_roots("plugins.txt")),
        more=lock.roots(arguments.more.replace(" ", "\n")),
        locked=lock.read(HERE / "plugins.lock").plugins,
        policy=arguments.policy,
        update_center=arguments.update_center.rstrip("/"),
        own={release.name: release for release in own.values()},
    )
    install.install(order, own=arguments.own)
    install.repair(arguments.core, arguments.commons_lang)


def _roots(file: str) -> dict[str, Version | None]:
    return lock.roots((HERE / file).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
