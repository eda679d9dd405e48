"""The certificate of the load balancer, existing or DNS-validated."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from ..base.context import SubComponent


def certificate_arn(component: SubComponent) -> pulumi.Input[str]:
    """ARN of the certificate, existing or issued once DNS proves the domain name.

    Args:
        component: Parent of its resources.
    """
    context, load_balancer = component.context, component.context.settings.load_balancer
    settings = load_balancer.certificate
    if settings and settings.existing is not None:
        return settings.existing
    assert load_balancer.domain_name  # noqa: S101  a rule of the settings
    certificate = aws.acm.Certificate(
        f"{context.name}-certificate",
        domain_name=load_balancer.domain_name,
        validation_method="DNS",
        tags=context.tags("certificate"),
        opts=component.child(),
    )
    zone = settings.validation_zone_id if settings else None
    validation = certificate.domain_validation_options[0]
    record = aws.route53.Record(
        f"{context.name}-certificate-proof",
        zone_id=zone if zone is not None else load_balancer.zone_id,
        name=validation.resource_record_name,
        type=validation.resource_record_type,
        ttl=300,
        records=[validation.resource_record_value],
        # Certificates of one name in an account share the validation record.
        allow_overwrite=True,
        opts=component.child(),
    )
    issued = aws.acm.CertificateValidation(
        f"{context.name}-certificate",
        certificate_arn=certificate.arn,
        validation_record_fqdns=[record.fqdn],
        opts=component.child(),
    )
    return issued.certificate_arn
