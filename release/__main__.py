"""``make release-check``: prints what is not ready for a release, and exits with 1 if anything is
not."""

from __future__ import annotations

import sys

from .checks import run


def main() -> None:
    results = run()
    for subject, problems in results.items():
        print(f"{'not ready' if problems else 'ready':10} {subject}")
        for problem in problems:
            print(f"           - {problem}")
    if any(results.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
