"""Patches of moto's wrong answers. Each says what is wrong, and why."""

from __future__ import annotations

import base64
import json
import os
from datetime import datetime, timezone
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from moto.acm.models import CertBundle
from moto.core.config import default_user_config
from moto.core.utils import camelcase_to_underscores
from moto.ec2.models import EC2Backend
from moto.ecs.models import EC2ContainerServiceBackend, Task, TaskDefinition
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.elbv2.exceptions import TooManyTagsError
from moto.elbv2.models import ELBv2Backend
from moto.kms.exceptions import ValidationException
from moto.kms.responses import KmsResponse
from moto.kms.utils import ECDSAPrivateKey
from moto.logs.metric_filters import MetricFilters
from moto.route53.exceptions import ResourceRecordAlreadyExists
from moto.route53.models import Route53Backend, route53_backends
from moto.s3.models import FakeBucket
from moto.servicediscovery.models import ServiceDiscoveryBackend
from moto.sqs.models import Queue

from . import moto_deliveries, moto_instances, moto_ipv6, moto_refusals, moto_web_identity
from .providers.model_limits import TAGS


def _bucket_permission(self: FakeBucket, action: str, resource: str) -> Any:
    """moto takes a bucket policy's statement with a condition as one without: the usual "deny
    what is not TLS" would then deny everything. Here such a statement decides nothing."""
    from moto.iam.access_control import IAMPolicy, PermissionResult

    if self.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(self.policy)
    policy["Statement"] = [s for s in policy["Statement"] if "Condition" not in s]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


_resource_requirements = EC2ContainerServiceBackend._calculate_task_resource_requirements


def _fargate_resource_requirements(task_definition: TaskDefinition) -> dict[str, Any]:
    """moto adds up the memory of the containers, and fails where only the task has one, as ECS
    allows. No task needs a container instance here."""
    if task_definition.memory:
        return {"CPU": 0, "MEMORY": 0, "PORTS": [], "PORTS_UDP": []}
    requirements: dict[str, Any] = _resource_requirements(task_definition)
    return requirements


_modify_vpc_endpoint = EC2Backend.modify_vpc_endpoint


def _modify_vpc_endpoint_and_routes(self: EC2Backend, vpc_id: str, **changes: Any) -> None:
    """moto notes which route tables a gateway endpoint has, but changes none of them; then it
    cannot delete the endpoint, as it misses the routes."""
    _modify_vpc_endpoint(self, vpc_id, **changes)
    endpoint = self.vpc_end_points[vpc_id]
    prefixes = endpoint.destination_prefix_list_id
    for table in changes.get("remove_route_tables") or []:
        self.delete_route(table, "", destination_prefix_list_id=prefixes)
    for table in changes.get("add_route_tables") or []:
        self.create_route(
            table,
            destination_cidr_block=None,
            gateway_id=endpoint.id,
            destination_prefix_list_id=prefixes,
        )


_check_certificate = CertBundle.check


def _check_certificate_in_dns(self: CertBundle) -> None:
    """moto issues every certificate after a minute. Here one is issued when the records that
    prove its domains are in a hosted zone, at once and not before."""
    if self.status == "PENDING_VALIDATION":
        options = self.describe()["Certificate"]["DomainValidationOptions"]
        wanted = {(o["ResourceRecord"]["Name"], o["ResourceRecord"]["Value"]) for o in options}
        there = {
            (record.name, value.rstrip(".") + ".")
            for account in route53_backends.values()
            for zone in account["aws"].zones.values()
            for record in zone.rrsets
            if record.type == "CNAME"
            for value in record.records
        }
        if wanted <= there:
            self.status = "ISSUED"
    else:
        _check_certificate(self)


_change_records = Route53Backend.change_resource_record_sets


def _change_records_once(self: Route53Backend, zoneid: str, change_list: list[Any]) -> None:
    """moto makes a second record of the same name and type where Route 53 refuses to, and refuses
    one that was there before and is not any more."""
    for change in change_list:
        new = change["ResourceRecordSet"]
        name = new["Name"].rstrip(".") + "."
        same = [
            record
            for record in self.get_hosted_zone(zoneid).rrsets
            if (record.name, record.type) == (name, new["Type"])
            and record.set_identifier == new.get("SetIdentifier")
        ]
        if change["Action"] == "CREATE" and same:
            raise ResourceRecordAlreadyExists(name=name, _type=new["Type"])
        if change["Action"] == "CREATE":
            # Not there, so the same; moto looks for what it did before with CREATE only.
            change["Action"] = "UPSERT"
    _change_records(self, zoneid, change_list)


_FORGOTTEN_OF_SERVICES = (
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
)
_create_service = EC2ContainerServiceResponse.create_service


def _create_service_with_deployment(self: EC2ContainerServiceResponse) -> Any:
    """moto drops the deployment settings of a new ECS service, though it keeps the
    same settings of an update."""
    answer: Any = _create_service(self)
    service = answer.result["service"]
    for name in _FORGOTTEN_OF_SERVICES:
        value = self._get_param(name)
        if value is not None:
            setattr(service, camelcase_to_underscores(name), value)
    return answer


_begin_task = Task.__init__


def _begin_task_now(self: Task, *arguments: Any, **named: Any) -> None:
    """moto does not know since when a task is there."""
    _begin_task(self, *arguments, **named)
    self.created_at = datetime.now(timezone.utc)  # type: ignore[attr-defined]


_set_queue_attributes = Queue._set_attributes


def _set_queue_attributes_given(self: Queue, attributes: dict[str, Any], now: Any = None) -> None:
    """moto takes a queue's policy away whenever other attributes are set."""
    policy = getattr(self, "policy", None)
    _set_queue_attributes(self, attributes, now)
    if "Policy" not in attributes:
        self.policy = policy


_add_filter = MetricFilters.add_filter


def _add_or_replace_filter(
    self: MetricFilters, filter_name: str, pattern: str, log_group_name: str, metrics: Any
) -> None:
    """moto keeps the old metric filter beside one that is put under the same name."""
    self.metric_filters = [
        f
        for f in self.metric_filters
        if (f["filterName"], f["logGroupName"]) != (filter_name, log_group_name)
    ]
    _add_filter(self, filter_name, pattern, log_group_name, metrics)


_create_private_namespace = ServiceDiscoveryBackend.create_private_dns_namespace


def _create_private_namespace_by_name(
    self: ServiceDiscoveryBackend, name: str, vpc: str, **others: Any
) -> str:
    """moto lets a VPC have one private namespace, AWS one of each name. moto only compares
    what it takes for the VPC, so that the name can be part of it."""
    return _create_private_namespace(self, name=name, vpc=f"{name} in {vpc}", **others)


_delete_nat_gateway = EC2Backend.delete_nat_gateway


def _delete_nat_gateway_and_free_its_address(self: EC2Backend, nat_gateway_id: str) -> Any:
    """moto leaves the elastic address of a deleted NAT gateway associated, so that no other can
    have it."""
    gateway = _delete_nat_gateway(self, nat_gateway_id)
    for address in gateway.address_set:
        if association := address.get("associationId"):
            self.disassociate_address(association_id=association)
    return gateway


_DEFAULT_ROTATION_DAYS = 365
_enable_key_rotation = KmsResponse.enable_key_rotation


def _enable_key_rotation_by_period(self: KmsResponse) -> str:
    """moto forgets the rotation period."""
    answer = _enable_key_rotation(self)
    period = self._get_param("RotationPeriodInDays") or _DEFAULT_ROTATION_DAYS
    self.kms_backend.describe_key(self._get_param("KeyId")).rotation_period = period  # type: ignore[attr-defined]
    return answer


_get_key_rotation_status = KmsResponse.get_key_rotation_status


def _get_key_rotation_status_and_period(self: KmsResponse) -> str:
    """The period that moto forgets."""
    status = json.loads(_get_key_rotation_status(self))
    if status["KeyRotationEnabled"]:
        key = self.kms_backend.describe_key(self._get_param("KeyId"))
        status["RotationPeriodInDays"] = getattr(key, "rotation_period", _DEFAULT_ROTATION_DAYS)
    return json.dumps(status)


_sign = KmsResponse.sign
_MAX_MESSAGE = 4096
"""Bytes of a message that is not a hash (AWS KMS API Reference, Sign)."""


def _sign_hashes(self: KmsResponse) -> str:
    """moto hashes what is a hash already, and signs messages of any length."""
    message: bytes = self._get_param("Message")
    if self._get_param("MessageType") != "DIGEST":
        if len(message) > _MAX_MESSAGE:
            raise ValidationException(f"Message must have at most {_MAX_MESSAGE} bytes")
        return _sign(self)
    answer = json.loads(_sign(self))
    key: Any = self.kms_backend.describe_key(self._get_param("KeyId")).private_key
    algorithm = self._get_param("SigningAlgorithm")
    if isinstance(key, ECDSAPrivateKey):
        hashed = getattr(hashes, algorithm.removeprefix("ECDSA_").replace("_", ""))()
        if len(message) != hashed.digest_size:
            raise ValidationException(f"Digest is invalid length for algorithm {algorithm}.")
        signature = key.private_key.sign(message, ec.ECDSA(Prehashed(hashed)))
        answer["Signature"] = base64.b64encode(signature).decode()
    return json.dumps(answer)


def _add_tags_up_to_the_quota(self: ELBv2Backend, resource_arns: list[str], tags: Any) -> None:
    """moto allows ten tags, AWS fifty."""
    for arn in resource_arns:
        self._get_resource_by_arn(arn)
        if len(self.describe_tags([arn])[arn] | self.tagging_service.flatten_tag_list(tags)) > TAGS:
            raise TooManyTagsError
        self.tagging_service.tag_resource(arn, tags)


def apply() -> None:
    """Patch moto in this process."""
    # AWS has its own managed policies everywhere; moto only on request.
    default_user_config["iam"]["load_aws_managed_policies"] = True
    patched: list[tuple[type, str, Any]] = [
        (CertBundle, "check", _check_certificate_in_dns),
        (
            EC2ContainerServiceBackend,
            "_calculate_task_resource_requirements",
            staticmethod(_fargate_resource_requirements),
        ),
        (EC2Backend, "delete_nat_gateway", _delete_nat_gateway_and_free_its_address),
        (EC2Backend, "modify_vpc_endpoint", _modify_vpc_endpoint_and_routes),
        (EC2ContainerServiceResponse, "create_service", _create_service_with_deployment),
        (Task, "__init__", _begin_task_now),
        (ELBv2Backend, "add_tags", _add_tags_up_to_the_quota),
        (FakeBucket, "get_permission", _bucket_permission),
        (KmsResponse, "enable_key_rotation", _enable_key_rotation_by_period),
        (KmsResponse, "get_key_rotation_status", _get_key_rotation_status_and_period),
        (KmsResponse, "sign", _sign_hashes),
        (MetricFilters, "add_filter", _add_or_replace_filter),
        (Queue, "_set_attributes", _set_queue_attributes_given),
        (Route53Backend, "change_resource_record_sets", _change_records_once),
        (
            ServiceDiscoveryBackend,
            "create_private_dns_namespace",
            _create_private_namespace_by_name,
        ),
    ]
    for owner, name, method in (*patched, *moto_instances.patches()):
        setattr(owner, name, method)
    moto_deliveries.apply()
    moto_web_identity.apply()
    moto_ipv6.apply()
    moto_refusals.apply()
    # A service's task runs, so that its deployment ends; in moto only on request.
    os.environ.setdefault("MOTO_ECS_SERVICE_RUNNING", "1")
