"""The policy pack: `pulumi preview --policy-pack policies`."""

from jenkins_platform_policies import POLICIES
from pulumi_policy import EnforcementLevel, PolicyPack

PolicyPack(
    name="jenkins-platform",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=POLICIES,
)
