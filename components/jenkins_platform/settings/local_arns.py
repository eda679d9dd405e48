"""ARNs of resources that must be in the platform's own region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .arn import Arn
from .problems import Problem

if TYPE_CHECKING:
    from . import Settings


def elsewhere(settings: Settings, region: str) -> Iterator[Problem]:
    """Problems of existing resources in other regions; outputs are not compared.

    Args:
        settings: The settings.
        region: The platform's region.
    """
    for key, arn in _given(settings):
        if isinstance(arn, str) and (other := Arn.parse(arn).region) != region:
            message = f"is in {other}, but the platform is in {region}: name a resource there"
            yield Problem(key, arn, message)


def _given(settings: Settings) -> Iterator[tuple[str, object]]:
    load_balancer, monitoring = settings.load_balancer, settings.monitoring
    if load_balancer.certificate:
        yield "load_balancer.certificate.existing", load_balancer.certificate.existing
    for index, arn in enumerate(load_balancer.additional_certificate_arns):
        yield f"load_balancer.additional_certificate_arns[{index}]", arn
    if load_balancer.web_acl:
        yield "load_balancer.web_acl.existing", load_balancer.web_acl.existing
    if settings.storage.encryption_key:
        yield "storage.encryption_key.existing", settings.storage.encryption_key.existing
    if settings.backup.encryption_key:
        yield "backup.encryption_key.existing", settings.backup.encryption_key.existing
    if monitoring.log_key:
        yield "monitoring.log_key.existing", monitoring.log_key.existing
    yield "monitoring.topic.existing", monitoring.topic.existing
    yield "images.kms_key_arn", settings.images.kms_key_arn
