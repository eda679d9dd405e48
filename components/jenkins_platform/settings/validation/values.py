"""Types of values that several groups of settings share."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator

from .secret_names import contains_secret

_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\U0010ffff\t\n]|[\ud800-\udfff]")

LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Retention periods of CloudWatch Logs in days (API Reference, PutRetentionPolicy)."""


def matching(pattern: str, valid: str) -> AfterValidator:
    """A validator for text that must match a whole pattern; ``valid`` describes the pattern.

    Letters and digits are those of ASCII, as almost everywhere in AWS; ``(?u:…)`` includes others.
    """
    compiled = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"must be {valid}")
        return value

    return AfterValidator(check)


def one_of(values: tuple[int, ...], what: str) -> AfterValidator:
    """A validator for a number from a list; the error names the nearest one."""

    def check(value: int) -> int:
        if value not in values:
            nearest = min(values, key=lambda v: abs(v - value))
            raise ValueError(f"is not one of the {what}; the nearest is {nearest}")
        return value

    return AfterValidator(check)


def address_range(value: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """The range that a text in CIDR notation means.

    Raises:
        ValueError: it is not in CIDR notation, or not the first address of a range.
    """
    try:
        interface = ipaddress.ip_interface(value)
    except ValueError:
        raise ValueError("is not an address range in CIDR notation") from None
    if interface.ip != interface.network.network_address:
        raise ValueError(f"is not the first address of the range {interface.network}")
    return interface.network


def _cidr(value: str) -> str:
    return str(address_range(value))


def _printable(value: str) -> str:
    if found := _UNPRINTABLE.search(value):
        raise ValueError(f"contains the control character U+{ord(found[0]):04X}")
    return value


def _no_credentials(value: str) -> str:
    if contains_secret(value):
        raise ValueError("must not contain credentials")
    return value


NoCredentials = AfterValidator(_no_credentials)
Text = Annotated[str, AfterValidator(_printable)]
Cidr = Annotated[str, AfterValidator(_cidr)]
LogRetention = Annotated[int, one_of(LOG_RETENTION_DAYS, "periods that CloudWatch Logs supports")]
LOG_RETENTION_VALID = "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, … 3653"
LogGroupName = Annotated[
    str, matching(r"[\w./#-]{1,512}", "up to 512 letters, digits and '.', '_', '/', '#', '-'")
]
EmailAddress = Annotated[
    str,
    matching(
        r"(?!\.|.*\.\.|.*\.@)[\w.!#$%&'*+/=?^`{|}~-]{1,64}"
        r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]",
        "an email address like ops@example.com",
    ),
]
PrefixListId = Annotated[str, matching(r"pl-[0-9a-f]{8,17}", "an ID like pl-0a1b2c3d4e5f")]
HostedZoneId = Annotated[str, matching(r"[A-Z0-9]{6,32}", "an ID like Z0123456789ABCDEFGHIJ")]
BucketName = Annotated[
    str,
    matching(
        r"(?!.*\.\.|[\d.]+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        "3 to 63 lowercase letters, digits, '.' and '-'",
    ),
]
HttpsUrl = Annotated[
    str,
    matching(r"https://[A-Za-z0-9.-]+(:\d+)?(/[!-;=?-~]*)?", "a URL that starts with https://"),
    NoCredentials,
]
SecurityGroupId = Annotated[str, matching(r"sg-[0-9a-f]{8,17}", "an ID like sg-0a1b2c3d4e5f")]
FileSystemId = Annotated[str, matching(r"fs-[0-9a-f]{8,17}", "an ID like fs-0a1b2c3d4e5f")]
AccessPointId = Annotated[str, matching(r"fsap-[0-9a-f]{8,17}", "an ID like fsap-0a1b2c3d4e5f")]
VpcId = Annotated[str, matching(r"vpc-[0-9a-f]{8,17}", "an ID like vpc-0a1b2c3d4e5f")]
SubnetId = Annotated[str, matching(r"subnet-[0-9a-f]{8,17}", "an ID like subnet-0a1b2c3d4e5f")]
VariableName = Annotated[
    str, matching(r"[A-Za-z_][A-Za-z0-9_]{0,127}", "the name of an environment variable")
]
Environment = dict[VariableName, Text]
_IMAGE_NAME = r"[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*"
ImageReference = Annotated[
    str,
    matching(
        r"(?=.{1,400}$)"
        r"(([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d{1,5})?|[A-Za-z0-9-]+:\d{1,5}|localhost)/)?"
        rf"{_IMAGE_NAME}(/{_IMAGE_NAME})*(:\w[\w.-]{{0,127}})?(@sha256:[0-9a-f]{{64}})?",
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
