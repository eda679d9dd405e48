"""Guardrails as code. They know AWS's resources, not this platform's component: any project that
uses pulumi-aws can run them.

Every rule says what is wrong with which resource and what to do. Rules read the properties as the
engine has them; what is not known yet in a preview is judged at the update.
"""

from pulumi_policy import Policy

from . import compute, data, entry, identity

POLICIES: list[Policy] = [*identity.POLICIES, *data.POLICIES, *entry.POLICIES, *compute.POLICIES]

__all__ = ["POLICIES"]
