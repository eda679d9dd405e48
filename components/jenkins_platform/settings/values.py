"""The kinds of values that several groups of settings share."""

from __future__ import annotations

import difflib
import functools
import ipaddress
import re
from collections.abc import Iterator
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator

from .base import Group, Problem

_ARN = re.compile(r"^arn:aws[a-z-]*:([a-z0-9-]+):([a-z0-9-]*):(\d{12})?:(.+)$")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\U0010ffff\t\n]|[\ud800-\udfff]")

LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Retention periods of CloudWatch Logs, in days."""


_time_zones = functools.cache(available_timezones)
"""It reads the whole database of time zones."""


def _zone(value: str) -> str:
    known = _time_zones()
    if known and value not in known:
        close = difflib.get_close_matches(value, known, n=1)
        hint = f"; the nearest is '{close[0]}'" if close else ""
        raise ValueError(f"is not the name of a time zone{hint}")
    return value


def matching(pattern: str, what: str) -> AfterValidator:
    """A validator for text that must match a pattern as a whole; ``what`` says it in words."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"should be {what}")
        return value

    return AfterValidator(check)


def one_of(values: tuple[int, ...], what: str) -> AfterValidator:
    """A validator for a number out of a list; names the nearest one."""

    def check(value: int) -> int:
        if value not in values:
            nearest = min(values, key=lambda v: abs(v - value))
            raise ValueError(f"is not one of the {what}; the nearest is {nearest}")
        return value

    return AfterValidator(check)


def only_one_way(group: Group, key: str, making: tuple[str, ...], what: str) -> Iterator[Problem]:
    """Problems of a group that adopts something and also says how it is to be made."""
    if getattr(group, "existing", None) is not None:
        for name in sorted(group.model_fields_set & set(making)):
            yield Problem(
                f"{key}.{name}",
                getattr(group, name),
                f"goes with {what} that is made, but `existing` names one that is there. "
                "Leave one of the two out",
            )


def _cidr(value: str) -> str:
    try:
        network = ipaddress.ip_network(value)
    except ValueError as error:
        raise ValueError(f"is not an address range in CIDR notation: {error}") from None
    return str(network)


def _cron(value: str) -> str:
    fields = re.fullmatch(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)", value)
    if not fields:
        raise ValueError(
            "should be `cron(minute hour day-of-month month day-of-week year)`, such as "
            "cron(0 3 * * ? *)"
        )
    if (fields[3] == "?") == (fields[5] == "?"):
        raise ValueError("should have `?` as the day of the month or of the week, and not as both")
    return value


def arn(service: str, resource: str = ".+") -> AfterValidator:
    """A validator for the ARN of one service's resource."""
    tail = re.compile(resource)

    def check(value: str) -> str:
        parts = _ARN.fullmatch(value)
        if not parts or parts[1] != service or not tail.match(parts[4]):
            raise ValueError(f"should be an ARN like arn:aws:{service}:<region>:<account>:…")
        return value

    return AfterValidator(check)


def _printable(value: str) -> str:
    if found := _UNPRINTABLE.search(value):
        raise ValueError(f"holds the control character U+{ord(found[0]):04X}")
    return value


Text = Annotated[str, AfterValidator(_printable)]
Cidr = Annotated[str, AfterValidator(_cidr)]
KmsKeyArn = Annotated[str, arn("kms", "key/")]
CertificateArn = Annotated[str, arn("acm", "certificate/")]
LogRetention = Annotated[int, one_of(LOG_RETENTION_DAYS, "periods that CloudWatch Logs knows")]
LOG_RETENTION_VALID = "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, … 3653"
LogGroupName = Annotated[
    str, matching(r"[\w./#-]{1,512}", "up to 512 letters, digits and '.', '_', '/', '#', '-'")
]
PolicyArn = Annotated[str, arn("iam", "policy/")]
TopicArn = Annotated[str, arn("sns")]
EmailAddress = Annotated[
    str, matching(r"[^@\s]{1,64}@([\w-]+\.)+[\w-]{2,}", "an e-mail address like ops@example.com")
]
RepositoryArn = Annotated[str, arn("ecr", "repository/")]
RoleArn = Annotated[str, arn("iam", "role/")]
PrefixListId = Annotated[str, matching(r"pl-[0-9a-f]{8,17}", "an id like pl-0a1b2c3d4e5f")]
HostedZoneId = Annotated[str, matching(r"[A-Z0-9]{6,32}", "an id like Z0123456789ABCDEFGHIJ")]
WebAclArn = Annotated[str, arn("wafv2", "regional/webacl/")]
BucketName = Annotated[
    str,
    matching(
        r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        "3 to 63 lower-case letters, digits, '.' and '-'",
    ),
]
HttpsUrl = Annotated[
    str,
    matching(
        r"https://[A-Za-z0-9.-]+(:\d+)?(/[!-;=?-~]*)?", "an address that starts with https://"
    ),
]
SecurityGroupId = Annotated[str, matching(r"sg-[0-9a-f]{8,17}", "an id like sg-0a1b2c3d4e5f")]
FileSystemId = Annotated[str, matching(r"fs-[0-9a-f]{8,17}", "an id like fs-0a1b2c3d4e5f")]
AbsolutePath = Annotated[str, matching(r"/[^\0\n:]{0,254}", "an absolute path without a colon")]
IamAction = Annotated[
    str,
    matching(
        r"[a-z0-9-]+:[A-Za-z0-9]+\*?",
        "an action like s3:GetObject, with a `*` at its end at the most",
    ),
]
ResourceName = Annotated[
    str, matching(r"arn:aws[a-z-]*:\S+", "an ARN; `*` may stand in it, not for it")
]
VariableName = Annotated[
    str, matching(r"[A-Za-z_][A-Za-z0-9_]{0,127}", "the name of an environment variable")
]
Environment = dict[VariableName, Text]
SecretArn = Annotated[
    str,
    matching(
        r"arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:|ssm:[a-z0-9-]+:\d{12}:parameter/)\S+",
        "the ARN of a secret of Secrets Manager or of a parameter of SSM",
    ),
]
StoredSecretArn = Annotated[
    str,
    matching(
        r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:\s]+(:[^:\s]+::)?",
        "the ARN of a secret of Secrets Manager, with `:<key>::` at its end for one key of JSON",
    ),
]
TagKey = Annotated[
    str, matching(r"(?!aws:)[\w .:/=+@-]{1,128}", "up to 128 letters, digits, spaces and _.:/=+-@")
]
Tags = dict[TagKey, Annotated[Text, matching(r".{0,256}", "up to 256 characters")]]
VpcId = Annotated[str, matching(r"vpc-[0-9a-f]{8,17}", "an id like vpc-0a1b2c3d4e5f")]
SubnetId = Annotated[str, matching(r"subnet-[0-9a-f]{8,17}", "an id like subnet-0a1b2c3d4e5f")]
ImageReference = Annotated[
    str,
    matching(
        r"(?!.*//)[a-z0-9][a-zA-Z0-9._:/-]*(@sha256:[0-9a-f]{64})?",
        "an image reference like registry/repository:tag or registry/repository@sha256:…",
    ),
]
DomainName = Annotated[
    str,
    matching(
        r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
        "a DNS name like ci.example.com",
    ),
]
Region = Annotated[
    str, matching(r"[a-z]{2}(-[a-z]+)+-\d", "the code of an AWS region such as eu-west-1")
]
AccessPointId = Annotated[str, matching(r"fsap-[0-9a-f]{8,17}", "an id like fsap-0a1b2c3d4e5f")]
TimeZone = Annotated[str, AfterValidator(_zone)]
Cron = Annotated[str, AfterValidator(_cron)]
