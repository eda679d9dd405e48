"""The few things a provider does by itself where one AWS call is not enough.

A step of the table names them with a leading ``!``.
"""

from __future__ import annotations

import base64
from typing import Any

from .protocol import ProviderError


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
