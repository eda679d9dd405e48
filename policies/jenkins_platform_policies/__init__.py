"""Policies for AWS resources. They do not depend on this platform: any project that uses pulumi-aws
can run them.

Every violation says what is wrong with which resource and how to fix it. Rules read the properties
as the engine has them; values that are unknown in a preview are checked during the update.
"""

from pulumi_policy import Policy

from . import compute, data, entry, identity

POLICIES: list[Policy] = [*identity.POLICIES, *data.POLICIES, *entry.POLICIES, *compute.POLICIES]

__all__ = ["POLICIES"]
