"""The way in: load balancer, certificate, sign-in."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class Scheme(str, Enum):
    """Scheme of the load balancer, in Elastic Load Balancing's words."""

    INTERNAL = "internal"
    """Reached from inside the VPC and the networks connected to it."""
    INTERNET_FACING = "internet-facing"
    """Reached from the internet, by the allowed addresses only; needs a certificate."""


class CertificateArgs(TypedDict):
    """The TLS certificate of the load balancer."""

    adopt: NotRequired[pulumi.Input[str]]
    """ARN of an ACM certificate in the platform's region."""


class EntranceArgs(TypedDict):
    """The Application Load Balancer in front of Jenkins."""

    scheme: NotRequired[Scheme]
    """Default ``internal``."""
    certificate: NotRequired[CertificateArgs]
    """Certificate for HTTPS. Default: none. Jenkins is then reached by plain HTTP, which only an
    internal load balancer is allowed to offer, with a warning."""
    domain_name: NotRequired[str]
    """DNS name under which users reach Jenkins, such as ``ci.example.com``. Default: the load
    balancer's own name."""
    allowed_cidrs: NotRequired[list[str]]
    """Address ranges that may connect, in CIDR notation. Default: for an internal load balancer
    the address range of the VPC that was made; otherwise nobody."""


class SignInArgs(TypedDict):
    """How people sign in."""

    admin_user_name: NotRequired[str]
    """User name of the local administrator: a letter, then letters, digits, ``.``, ``_``, ``-``,
    64 characters at the most. Default ``ecsuser``. The password is generated and kept in
    Secrets Manager."""
