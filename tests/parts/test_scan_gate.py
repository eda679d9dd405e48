"""The end of a build with Kaniko: ECR's scan of the pushed image, by its API. The embedded cloud
has an image and its findings; a server of this process answers what that never does."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from localcloud.cloud import REGION, LocalCloud

from harness.aws import scans
from harness.servers.web import Answer, Call, Site

SCRIPT = Path(__file__).parent.parent.parent / "images/kaniko/scanned"
IMAGE = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/jenkins/shop:1"
DIGEST = f"sha256:{'a' * 64}"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    running = LocalCloud.start(tmp_path_factory.mktemp("cloud"))
    yield running
    running.stop()


def gate(url: str, severity: str = "HIGH", image: str = IMAGE, wait: int = 20) -> tuple[int, str]:
    """Exit status of the script, and what it prints."""
    done = subprocess.run(
        ["bash", str(SCRIPT), image, DIGEST, severity],
        env={
            "PATH": os.environ["PATH"],
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "a-secret-key",
            "AWS_ENDPOINT_URL_ECR": url,
            "SCAN_WAIT_SECONDS": str(wait),
            "SCAN_POLL_SECONDS": "0.05",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    assert "a-secret-key" not in done.stdout
    return done.returncode, done.stdout


def findings(status: str, counts: dict[str, int] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "registryId": "123456789012",
        "repositoryName": "jenkins/shop",
        "imageId": {"imageDigest": DIGEST},
        "imageScanStatus": {"status": status, "description": f"about {status}"},
        **({} if counts is None else {"imageScanFindings": {"findingSeverityCounts": counts}}),
        **more,
    }


@pytest.mark.parametrize(
    ("severity", "refused"), [("CRITICAL", False), ("HIGH", True), ("MEDIUM", True), ("LOW", True)]
)
def test_the_findings_of_a_pushed_image_decide(
    cloud: LocalCloud, severity: str, refused: bool
) -> None:
    repository = f"gate/{severity.lower()}"
    cloud.client("ecr").create_repository(repositoryName=repository)
    scans.add_image(cloud, repository, DIGEST)
    image = IMAGE.replace("jenkins/shop", repository)
    status, printed = gate(cloud.endpoint, severity, image, wait=0)
    assert status == 3
    assert f"no scan of {image} after 0 s (ScanNotFoundException): is scanning on" in printed
    scans.set_findings(cloud, repository, DIGEST, {"HIGH": 2, "MEDIUM": 1, "UNTRIAGED": 4})
    status, printed = gate(cloud.endpoint, severity, image)
    assert status == (3 if refused else 0), printed
    counts = "2 HIGH" if severity == "HIGH" else "2 HIGH 1 MEDIUM"
    found = f"{image}@{DIGEST} has findings of severity {severity} or above: {counts}."
    assert (found in printed) is refused


class Ecr(Site):
    """Gives one answer after the other, and the last one again."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers, self.calls = list(answers), list[Call]()

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        document = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return Answer(400 if "__type" in document else 200, json.dumps(document, indent=1).encode())


@contextmanager
def served(*answers: dict[str, Any]) -> Iterator[tuple[Ecr, str]]:
    site = Ecr(*answers)
    with site.served("127.0.0.1") as url:
        yield site, url


MISSING = {"__type": "ScanNotFoundException", "message": "no scan"}
BUSY = {"__type": "com.amazonaws.ecr#ThrottlingException", "message": "Rate exceeded"}


def test_a_scan_that_has_not_started_or_is_running_is_waited_for() -> None:
    answers = (
        MISSING,
        BUSY,
        findings("IN_PROGRESS"),
        findings("PENDING"),
        findings("COMPLETE", {}),
    )
    with served(*answers) as (site, url):
        status, printed = gate(url)
    assert status == 0, printed
    assert "has no finding of severity HIGH or above" in printed
    assert [json.loads(call.body) for call in site.calls] == [
        {
            "registryId": "123456789012",
            "repositoryName": "jenkins/shop",
            "imageId": {"imageDigest": DIGEST},
            "maxResults": 1,
        }
    ] * len(answers)
    headers = site.calls[0].headers
    assert headers["X-Amz-Target"] == (
        "AmazonEC2ContainerRegistry_V20150921.DescribeImageScanFindings"
    )
    assert f"/{REGION}/ecr/aws4_request" in headers["Authorization"]


def test_enhanced_scanning_counts_as_well() -> None:
    with served(findings("ACTIVE", {"CRITICAL": 1})) as (_, url):
        status, printed = gate(url)
    assert status == 3
    assert "above: 1 CRITICAL." in printed


def test_texts_of_findings_are_no_counts() -> None:
    text = (
        'see "findingSeverityCounts": {"CRITICAL": 9} and "imageScanStatus": {"status": "FAILED"}'
    )
    answer = findings("COMPLETE")
    answer["imageScanFindings"] = {
        "findings": [{"description": text}],
        "findingSeverityCounts": {"LOW": 3},
    }
    with served(answer) as (_, url):
        assert gate(url)[0] == 0


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (findings("FAILED"), f"ECR cannot scan {IMAGE}: FAILED about FAILED"),
        (findings("UNSUPPORTED_IMAGE"), "UNSUPPORTED_IMAGE about UNSUPPORTED_IMAGE"),
        (findings("IN_PROGRESS"), f"no scan of {IMAGE} after 0 s (IN_PROGRESS)"),
        (MISSING, "(ScanNotFoundException): is scanning on for this repository?"),
        ({"__type": "AccessDeniedException", "message": "no"}, "cannot be read: "),
        ({"__type": "RepositoryNotFoundException", "message": "no"}, "cannot be read: "),
        ({}, f"no scan of {IMAGE} after 0 s ({{}})"),
    ],
)
def test_without_a_result_nothing_passes(answer: dict[str, Any], message: str) -> None:
    with served(answer) as (_, url):
        status, printed = gate(url, wait=0)
    assert status == 3
    assert message in printed


def test_nothing_passes_without_an_answer_or_outside_of_ecr() -> None:
    for arguments, message in (
        ({"wait": 0}, "after 0 s"),
        ({"image": "registry.example.com/shop:1"}, "is not in ECR"),
        ({"severity": "high"}, "'high' is not one of CRITICAL HIGH MEDIUM LOW"),
    ):
        status, printed = gate("http://127.0.0.1:9", **arguments)  # type: ignore[arg-type]
        assert status == 3
        assert message in printed
