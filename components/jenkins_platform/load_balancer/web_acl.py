"""WebAcl: the web application firewall in front of the load balancer."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from ..base.context import Context, SubComponent
from ..base.log_groups import WAF_PREFIX
from ..outputs import concat
from ..settings.web_acl import ManagedRuleGroup, WebAclSettings

RATE_SECONDS = 300
NOT_LOGGED = ("authorization", "cookie", "x-amzn-oidc-data", "x-amzn-oidc-accesstoken")
"""Headers that contain credentials."""


class WebAcl(SubComponent):
    """A web ACL on the load balancer, existing or created with a log."""

    def __init__(
        self,
        context: Context,
        settings: WebAclSettings,
        balancer_arn: pulumi.Input[str],
        log_key_arn: pulumi.Input[str] | None,
    ) -> None:
        super().__init__("web-acl", context)
        self._log_key_arn = log_key_arn
        arn = settings.existing if settings.existing is not None else self._create(settings)
        aws.wafv2.WebAclAssociation(
            f"{context.name}-web-acl",
            web_acl_arn=arn,
            resource_arn=balancer_arn,
            # Deleting the old association would remove any web ACL from the load balancer.
            opts=self.child(delete_before_replace=True),
        )
        self.register_outputs({"arn": arn})

    def _create(self, settings: WebAclSettings) -> pulumi.Output[str]:
        context, name = self.context, f"{self.context.name}-web-acl"
        acl = aws.wafv2.WebAcl(
            name,
            name=context.aws_name("web-acl"),
            description="Jenkins load balancer",
            scope="REGIONAL",
            default_action={"allow": {}},
            rules=[
                _rate_rule(settings.rate_limit),
                *(_group_rule(p, g) for p, g in enumerate(settings.managed_rule_groups, 1)),
            ],
            visibility_config=_visibility("web-acl"),
            tags=context.tags("web-acl"),
            opts=self.child(),
        )
        log = aws.cloudwatch.LogGroup(
            name,
            name=concat(WAF_PREFIX, context.handle),
            kms_key_id=self._log_key_arn,
            retention_in_days=settings.log_retention_days,
            tags=context.tags("web-acl"),
            opts=self.child(),
        )
        aws.wafv2.WebAclLoggingConfiguration(
            name,
            resource_arn=acl.arn,
            log_destination_configs=[log.arn],
            redacted_fields=[{"single_header": {"name": header}} for header in NOT_LOGGED],
            opts=self.child(),
        )
        return acl.arn


def _rate_rule(limit: int) -> aws.wafv2.WebAclRuleArgsDict:
    return {
        "name": "rate-limit",
        "priority": 0,
        "action": {"block": {}},
        "statement": {
            "rate_based_statement": {
                "limit": limit,
                "evaluation_window_sec": RATE_SECONDS,
                "aggregate_key_type": "IP",
            }
        },
        "visibility_config": _visibility("rate-limit"),
    }


def _group_rule(priority: int, group: ManagedRuleGroup) -> aws.wafv2.WebAclRuleArgsDict:
    return {
        "name": group.name,
        "priority": priority,
        # Keep the group's own actions, except for the rules below.
        "override_action": {"none": {}},
        "statement": {
            "managed_rule_group_statement": {
                "vendor_name": "AWS",
                "name": group.name,
                "rule_action_overrides": [
                    {"name": rule, "action_to_use": {"count": {}}} for rule in group.counted
                ],
            }
        },
        "visibility_config": _visibility(group.name),
    }


def _visibility(metric: str) -> aws.wafv2.WebAclVisibilityConfigArgsDict:
    return {
        "cloudwatch_metrics_enabled": True,
        "metric_name": metric,
        "sampled_requests_enabled": True,
    }
