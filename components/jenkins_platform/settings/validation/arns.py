"""ARNs and IAM names (IAM User Guide, "Amazon Resource Names")."""

from __future__ import annotations

import difflib
import re
from typing import Annotated

from pydantic import AfterValidator

from .values import matching

PARTITION = "(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc)"
_ARN = re.compile(
    rf"arn:{PARTITION}:(?P<service>[a-z0-9-]+):(?P<place>[^:]*:[^:]*):(?P<resource>.+)",
    re.ASCII,
)
_REGIONAL = r"[a-z]{2}(-[a-z]+)+-\d:\d{12}"
_GLOBAL = r":\d{12}"
_RESOURCE = re.compile(rf"arn:{PARTITION}:[a-z0-9-]+:[^:\s]*:[^:\s]*:[^\s\x00-\x1f\x7f]+")
_VARIABLE = re.compile(r"\$\{[^{}]+\}")
_ALL_OF_A_KIND = re.compile(r"(?:[^:]*:){5}(secret:|parameter/|role/|user/|key/)?[:/]*[*?][*?:/]*")


def arn(service: str, resource: str, like: str, place: str = _REGIONAL) -> AfterValidator:
    """A validator for the ARN of one resource of a service.

    Args:
        service: Namespace of the service, such as ``kms``.
        resource: Pattern of the resource part.
        like: Form of the resource part, for the message.
        place: Pattern of region and account; by default both are required.
    """

    def check(value: str) -> str:
        match = _ARN.fullmatch(value)
        if (
            not match
            or match["service"] != service
            or not re.fullmatch(place, match["place"], re.ASCII)
            or not re.fullmatch(resource, match["resource"], re.ASCII)
        ):
            shape = "<region>" if place == _REGIONAL else ""
            raise ValueError(f"must be an ARN like arn:aws:{service}:{shape}:<account>:{like}")
        return value

    return AfterValidator(check)


def _resource(value: str) -> str:
    if value == "*":
        return value
    if not _RESOURCE.fullmatch(value):
        raise ValueError("must be an ARN, which may contain `*`, or `*` alone")
    if value.count("${") != len(_VARIABLE.findall(value)):
        raise ValueError("has a policy variable without its end. Write ${$} for a dollar sign")
    if _ALL_OF_A_KIND.fullmatch(value):
        raise ValueError("must not cover all resources of a kind, such as all secrets or roles")
    return value


_NAME = r"[\w+=,.@/-]+"
_STORED_NAME = r"[A-Za-z0-9/_+=.@!-]+-[A-Za-z0-9]{6}"
_INCOMPLETE = "with the six characters that Secrets Manager appends to its name"

KmsKeyArn = Annotated[str, arn("kms", r"key/[A-Za-z0-9-]+", "key/<id>")]
CertificateArn = Annotated[str, arn("acm", r"certificate/[A-Za-z0-9-]+", "certificate/<id>")]
ClusterArn = Annotated[str, arn("ecs", r"cluster/[A-Za-z0-9_-]{1,255}", "cluster/<name>")]
TopicArn = Annotated[str, arn("sns", r"[\w-]{1,256}", "<topic>")]
RepositoryArn = Annotated[str, arn("ecr", r"repository/[a-z0-9._/-]{2,256}", "repository/<name>")]
ListenerArn = Annotated[
    str,
    arn(
        "elasticloadbalancing",
        r"listener/app/[A-Za-z0-9-]+/[0-9a-f]+/[0-9a-f]+",
        "listener/app/<load balancer>/<id>/<id>",
    ),
]
WebAclArn = Annotated[
    str, arn("wafv2", r"regional/webacl/[\w-]+/[\w-]+", "regional/webacl/<name>/<id>")
]
RoleArn = Annotated[str, arn("iam", rf"role/{_NAME}", "role/<name>", _GLOBAL)]
PolicyArn = Annotated[str, arn("iam", rf"policy/{_NAME}", "policy/<name>", r":(\d{12}|aws)")]
"""``aws`` instead of the account is the form of AWS managed policies."""
MANAGED_POLICIES_VALID = "a list of ARNs such as arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
CacheCredentialArn = Annotated[
    str,
    arn(
        "secretsmanager",
        rf"secret:ecr-pullthroughcache/{_STORED_NAME}",
        "secret:ecr-pullthroughcache/<name>-<six characters>",
    ),
]
IamAction = Annotated[
    str,
    matching(
        r"[a-z0-9-]+:[A-Za-z0-9]+\*?", "an action like s3:GetObject, with `*` only at the end"
    ),
]
ResourceName = Annotated[
    str,
    AfterValidator(_resource),
]
_OPERATORS = (
    *(f"String{name}" for name in ("Equals", "EqualsIgnoreCase", "Like")),
    *(f"StringNot{name}" for name in ("Equals", "EqualsIgnoreCase", "Like")),
    *(
        f"{kind}{name}"
        for kind in ("Numeric", "Date")
        for name in ("Equals", "GreaterThan", "GreaterThanEquals", "LessThan", "LessThanEquals")
    ),
    *("NumericNotEquals", "DateNotEquals", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
    *("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
)


def _operator(value: str) -> str:
    plain = re.sub(r"^(ForAnyValue:|ForAllValues:)|IfExists$", "", value)
    if plain not in _OPERATORS and value != "Null":
        close = difflib.get_close_matches(plain, [*_OPERATORS, "Null"], n=1)
        hint = f"; the nearest is {close[0]}" if close else ""
        raise ValueError(f"is not a condition operator of IAM{hint}")
    return value


ConditionOperator = Annotated[str, AfterValidator(_operator)]
"""IAM User Guide, "IAM JSON policy elements: Condition operators"."""
ConditionKey = Annotated[
    str,
    matching(
        r"[A-Za-z0-9.-]+(/[\w./-]+)?:(?u:[\w .:/=+@-]{1,256})",
        "a condition key with its prefix, like aws:ResourceTag/team",
    ),
]
_STORED = rf"arn:{PARTITION}:secretsmanager:{_REGIONAL}:secret:{_STORED_NAME}"
RegistryCredentialsArn = Annotated[
    str,
    matching(
        _STORED,
        f"the complete ARN of a secret in Secrets Manager, {_INCOMPLETE}, without a JSON key",
    ),
]
"""ECS reads ``username`` and ``password`` from it (Amazon ECS Developer Guide, "Using non-AWS
container images")."""
SECRET_ARN = (
    rf"{_STORED}(:[^:\s]*:[^:\s]*:[^:\s]*)?"
    rf"|arn:{PARTITION}:ssm:{_REGIONAL}:parameter/(?!/|aws/|.*//)[A-Za-z0-9_./-]+"
)
"""Pattern of `SecretArn`. Parameters below ``aws/reference`` are secrets, which ECS would not be
allowed to read."""
SecretArn = Annotated[
    str,
    matching(
        SECRET_ARN,
        f"the complete ARN of a secret in Secrets Manager, {_INCOMPLETE}, or of an SSM parameter",
    ),
]
"""The suffix is required because IAM would not match the policy of an incomplete ARN (AWS Secrets
Manager User Guide, "Permissions policy examples")."""
StoredSecretArn = Annotated[
    str,
    matching(
        rf"{_STORED}(:[^:\s]+:[^:\s]*:)?",
        f"the complete ARN of a secret in Secrets Manager, {_INCOMPLETE}, and `:<key>::` for one "
        "key of JSON",
    ),
]
