"""Tags that every AWS service the platform uses accepts.

IAM, ECS, EFS, ELB, Lambda, CloudWatch Logs and WAF accept letters, digits, spaces and
``_.:/=+-@`` (their API references, "Tag"). IAM compares keys without regard to case, and
EventBridge Scheduler accepts no empty values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator

from .facts import limits
from .validation.base import Problem
from .validation.values import matching

MAX_TAGS = limits.TAGS.maximum - 10
"""Ten tags are left for the platform and for Pulumi."""
RESERVED = ("Name", "JenkinsPlatform")
"""Keys that the platform sets."""
TAGS_VALID = f"a map of up to {MAX_TAGS} tags"

TagKey = Annotated[
    str,
    matching(
        r"(?!(?i:aws:))(?u:[\w .:/=+@-]{1,128})",
        "up to 128 letters, digits, spaces and _.:/=+-@, not starting with aws:",
    ),
]
TagValue = Annotated[
    str, matching(r"(?u:[\w .:/=+@-]{1,256})", "1 to 256 letters, digits, spaces and _.:/=+-@")
]


def _unambiguous(tags: dict[str, str]) -> dict[str, str]:
    seen: dict[str, str] = {}
    for key in tags:
        if key.lower() in (reserved.lower() for reserved in RESERVED):
            raise ValueError(f"must not contain '{key}': the platform sets {', '.join(RESERVED)}")
        if other := seen.get(key.lower()):
            raise ValueError(f"must not contain both '{other}' and '{key}': IAM ignores case")
        seen[key.lower()] = key
    return tags


Tags = Annotated[dict[TagKey, TagValue], AfterValidator(_unambiguous)]


def merged_tags(
    key: str, tags: Mapping[str, str], more: Mapping[str, str], limit: int = MAX_TAGS
) -> Iterator[Problem]:
    """Problems of tags that are added to the platform's.

    Args:
        key: Key of the added tags.
        tags: Tags of the whole platform.
        more: The added tags.
        limit: Maximum number of both together.
    """
    names = {name.lower(): name for name in tags}
    for name in more:
        if (other := names.get(name.lower(), name)) != name:
            yield Problem(f"{key}.{name}", more[name], f"differs from tags.{other} only in case")
    if (count := len(tags.keys() | more.keys())) > limit:
        yield Problem(key, f"{count} tags", f"together with `tags` must be at most {limit}")
