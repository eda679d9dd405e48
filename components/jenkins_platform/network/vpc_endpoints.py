"""VpcEndpoints: private connections from the tasks to AWS services."""

from __future__ import annotations

import re
from functools import partial

import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..settings.endpoint_services import ASKED_FOR, full_name, interface_services
from .security_groups import SecurityGroups
from .vpc import Network

_FULL_NAME = re.compile(r"(cn\.)?com\.amazonaws\.")


class VpcEndpoints(SubComponent):
    """An interface endpoint in every zone for each service in `endpoint_services`.

    Inside the VPC the services' public DNS names resolve to them.

    Attributes:
        interfaces: The endpoints; what calls AWS depends on them.
    """

    def __init__(self, context: Context, network: Network, groups: SecurityGroups) -> None:
        super().__init__("vpc-endpoints", context)
        self.interfaces = [
            self._interface(service, reason, network, groups)
            for service, reason in interface_services(context.settings).items()
        ]
        self.register_outputs({"ids": [endpoint.id for endpoint in self.interfaces]})

    def _interface(
        self, service: str, reason: str, network: Network, groups: SecurityGroups
    ) -> aws.ec2.VpcEndpoint:
        context = self.context
        of_aws = not _FULL_NAME.match(service)
        role = "endpoint-" + _FULL_NAME.sub("", service, count=1).rpartition("vpce.")[-1]
        return aws.ec2.VpcEndpoint(
            f"{context.name}-{role}",
            vpc_id=network.vpc_id,
            service_name=context.region.apply(partial(full_name, service)) if of_aws else service,
            vpc_endpoint_type="Interface",
            subnet_ids=network.task_subnet_ids,
            security_group_ids=[groups.endpoints_id] if groups.endpoints_id is not None else None,
            # A service of another provider may have no private DNS name.
            private_dns_enabled=of_aws,
            # Not every service supports policies; those that the platform needs do.
            policy=None if reason == ASKED_FOR else iam.endpoint(context.account_id),
            tags=context.tags(role),
            opts=self.child(),
        )
