"""The few things a provider does by itself where one AWS call is not enough.

A step of the table names them with a leading ``!``.
"""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import Any

from . import waiting
from .protocol import ProviderError

_STEADY_SECONDS = 20 * 60
"""The real provider's default for creation and update."""
_DRAINED_SECONDS = 5 * 60


def empty_bucket(client: Any, Bucket: str) -> None:
    """Remove every version of every object, as ``forceDestroy`` of the real provider does."""
    for page in client.get_paginator("list_object_versions").paginate(Bucket=Bucket):
        doomed = [
            {"Key": item["Key"], "VersionId": item["VersionId"]}
            for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        ]
        if doomed:
            client.delete_objects(Bucket=Bucket, Delete={"Objects": doomed})


def delete_all_versions(client: Any, Bucket: str, Key: str) -> None:
    """Remove one object for good, as the real provider does with its objects."""
    for page in client.get_paginator("list_object_versions").paginate(Bucket=Bucket, Prefix=Key):
        for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            if item["Key"] == Key:
                client.delete_object(Bucket=Bucket, Key=Key, VersionId=item["VersionId"])


def get_object_content(client: Any, Bucket: str, Key: str) -> dict[str, str]:
    """The content of an object as text and in base64, so that drift of it is seen."""
    content: bytes = client.get_object(Bucket=Bucket, Key=Key)["Body"].read()
    return {
        "text": content.decode("utf-8", "replace"),
        "base64": base64.b64encode(content).decode(),
    }


def empty_zone(client: Any, HostedZoneId: str) -> None:
    """Remove all records but the zone's own, as ``forceDestroy`` of the real provider does."""
    for page in client.get_paginator("list_resource_record_sets").paginate(
        HostedZoneId=HostedZoneId
    ):
        doomed = [r for r in page["ResourceRecordSets"] if r["Type"] not in ("NS", "SOA")]
        for record in doomed:
            client.change_resource_record_sets(
                HostedZoneId=HostedZoneId,
                ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]},
            )


def deregister_instances(client: Any, ServiceId: str) -> None:
    """Deregister all instances of a Cloud Map service, as ``forceDestroy`` of the real provider
    does."""
    for page in client.get_paginator("list_instances").paginate(ServiceId=ServiceId):
        for instance in page["Instances"]:
            client.deregister_instance(ServiceId=ServiceId, InstanceId=instance["Id"])


def issued_certificate(
    client: Any, CertificateArn: str, Fqdns: list[str] | None = None
) -> dict[str, Any]:
    """The certificate, once it is issued. The real provider waits for that; here all records
    that prove the domain are there already or never will be.

    Raises:
        ProviderError: a record is missing.
    """
    found: dict[str, Any] = client.describe_certificate(CertificateArn=CertificateArn)
    certificate: dict[str, Any] = found["Certificate"]
    options = certificate.get("DomainValidationOptions", [])
    needed = {o["ResourceRecord"]["Name"].rstrip(".") for o in options if o.get("ResourceRecord")}
    given = {name.rstrip(".") for name in Fqdns or needed}
    if missing := needed - given:
        raise ProviderError(f"validationRecordFqdns lack {sorted(missing)}")
    if certificate["Status"] != "ISSUED":
        raise ProviderError(
            f"{CertificateArn} is {certificate['Status']}: there must be a CNAME record for each "
            f"of {sorted(needed)} in a hosted zone"
        )
    return certificate


def wait_until_steady(client: Any, cluster: str, service: str) -> None:
    """Wait until a service runs what it shall, as the real provider does.

    Raises:
        ProviderError: its deployment failed; the message says what ECS says of it.
    """

    if not _runs_tasks(client):
        return

    def steady() -> bool | None:
        (found,) = client.describe_services(cluster=cluster, services=[service])["services"]
        primary = found["deployments"][0]
        if primary["rolloutState"] == "FAILED":
            raise ProviderError(f"{primary['rolloutStateReason']}{_why(client, cluster, service)}")
        counts = found["runningCount"] == found["desiredCount"], len(found["deployments"]) == 1
        return True if all(counts) and primary["rolloutState"] == "COMPLETED" else None

    waiting.until(steady, f"ECS service {service} to be steady", _STEADY_SECONDS)


def wait_until_drained(client: Any, cluster: str, service: str) -> None:
    """Wait until the last task of a deleted service has stopped."""

    if not _runs_tasks(client):
        return

    def drained() -> bool | None:
        tasks = _tasks(client, cluster, service)
        return None if any(t["lastStatus"] != "STOPPED" for t in tasks) else True

    waiting.until(drained, f"tasks of ECS service {service} to stop", _DRAINED_SECONDS)


def _runs_tasks(client: Any) -> bool:
    """Whether the embedded cloud runs tasks; else moto says at once that all of them run."""
    with urllib.request.urlopen(f"{client.meta.endpoint_url}/localcloud/health") as answer:
        return bool(json.loads(answer.read())["runs_tasks"])


def _tasks(client: Any, cluster: str, service: str) -> list[dict[str, Any]]:
    arns = [
        arn
        for status in ("RUNNING", "STOPPED")
        for arn in client.list_tasks(cluster=cluster, desiredStatus=status)["taskArns"]
    ]
    if not arns:
        return []
    tasks = client.describe_tasks(cluster=cluster, tasks=arns[-100:])["tasks"]
    return [t for t in tasks if t["group"] == f"service:{service}"]


def _why(client: Any, cluster: str, service: str) -> str:
    """Why the last task of a service stopped."""
    tasks = sorted(_tasks(client, cluster, service), key=lambda t: str(t["createdAt"]))
    for task in reversed(tasks):
        if reason := task.get("stoppedReason"):
            exits = [
                f" Container {c['name']} ended with {c['exitCode']}."
                for c in task["containers"]
                if c.get("exitCode")
            ]
            return f" {task.get('stopCode')}: {reason}{''.join(exits)}"
    return ""
