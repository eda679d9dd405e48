"""Images and findings of scans in the emulated ECR, which scans nothing itself."""

from __future__ import annotations

import json
import urllib.request

from localcloud.cloud import REGION, LocalCloud


def add_image(cloud: LocalCloud, repository: str, digest: str) -> None:
    """Make an image known that is in no registry, or in that of the tests."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"digest": digest},
        "layers": [],
    }
    cloud.client("ecr").put_image(
        repositoryName=repository,
        imageTag=digest[-12:],
        imageManifest=json.dumps(manifest),
        imageDigest=digest,
    )


def set_findings(cloud: LocalCloud, repository: str, digest: str, counts: dict[str, int]) -> None:
    """What a scan of an image has found; known from then on."""
    image = {"imageDigest": digest}
    ecr = cloud.client("ecr")
    (known,) = ecr.describe_images(repositoryName=repository, imageIds=[image])["imageDetails"]
    if "imageScanStatus" not in known:
        ecr.start_image_scan(repositoryName=repository, imageId=image)
    result = {
        "registryId": known["registryId"],
        "repositoryName": repository,
        "imageId": image,
        "imageScanStatus": {"status": "COMPLETE", "description": "The scan was completed."},
        "imageScanFindings": {"findingSeverityCounts": counts},
    }
    body = json.dumps({"results": [result], "region": REGION}).encode()
    url = f"{cloud.endpoint}/moto-api/static/ecr/scan-finding-results"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).close()
