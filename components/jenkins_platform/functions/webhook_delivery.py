"""Delivers the webhooks in the queue to Jenkins, from inside the VPC.

A webhook that Jenkins does not accept because it sleeps or restarts stays in the queue, which
delivers it again later. One that Jenkins rejects (status 4xx) is not delivered again.

Environment: ``JENKINS_URL``.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import urllib.error
import urllib.request
from typing import Any

TIMEOUT_SECONDS = 10
"""For one webhook; Jenkins answers before it acts on it."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect leads to a page for people, such as the sign-in, and would look like success."""

    def redirect_request(self, *arguments: Any, **options: Any) -> None:
        return None


_jenkins = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Deliver messages of the queue. Returns those that must be delivered again."""
    failed = [record["messageId"] for record in event["Records"] if not _delivered(record["body"])]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


def _delivered(message: str) -> bool:
    webhook = json.loads(gzip.decompress(base64.b64decode(message)))
    request = urllib.request.Request(  # noqa: S310  the platform's own URL
        os.environ["JENKINS_URL"].rstrip("/") + webhook["path"],
        data=base64.b64decode(webhook["body"]),
        headers=webhook["headers"],
        method="POST",
    )
    path = webhook["path"].partition("?")[0]
    try:
        with _jenkins.open(request, timeout=TIMEOUT_SECONDS) as answer:
            print(f"{path}: {answer.status}")
    except urllib.error.HTTPError as error:
        print(f"{path}: Jenkins answers {error.code}")
        return error.code < 500
    except OSError as error:
        print(f"{path}: Jenkins does not answer ({error})")
        return False
    return True
