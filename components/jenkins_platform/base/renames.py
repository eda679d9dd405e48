"""Former names of resources: a stack keeps what a release only renames.

An entry stays until the next major version, see docs/release.md.
"""

from __future__ import annotations

import re

import pulumi

COMPONENTS = {
    "load-balancer": "entrance",
    "log-groups": "logs",
    "monitoring": "watch",
    "notifications": "topic",
    "secrets": "sign-in",
    "vpc-endpoints": "endpoints",
}
"""Former roles of sub-components, which are in their types and names."""

CHILDREN = {
    "agent-cloud": (("agents-execution", "agent-execution"),),
    "notifications": (("monitoring", "watch"),),
    "security-groups": (("load-balancer(.*)", r"entrance\1"),),
}
"""Names of children after the platform's name, as patterns, and what they were."""


def former_component(role: str, platform: str, package: str) -> list[pulumi.Alias]:
    """What a sub-component was called."""
    former = COMPONENTS.get(role)
    if not former:
        return []
    kind = "".join(word.capitalize() for word in former.split("-"))
    return [pulumi.Alias(type_=f"{package}:index:{kind}", name=f"{platform}-{former}")]


def former_children(role: str, platform: str) -> list[pulumi.ResourceTransformation]:
    """Adds what the children of a sub-component were called."""
    patterns = CHILDREN.get(role, ())

    def add(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        for present, former in patterns:
            if found := re.fullmatch(f"{re.escape(platform)}-{present}", args.name):
                alias = pulumi.Alias(name=found.expand(f"{platform}-{former}"))
                options = pulumi.ResourceOptions(aliases=[alias])
                options = pulumi.ResourceOptions.merge(args.opts, options)
                return pulumi.ResourceTransformationResult(args.props, options)
        return None

    return [add] if patterns else []
