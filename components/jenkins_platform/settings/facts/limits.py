"""Limits of AWS on what grows with the inputs. `counts` compares a platform with them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """One limit.

    Attributes:
        what: What is limited.
        maximum: The highest value that AWS accepts.
        source: Where AWS documents it.
        remedy: What to do if a platform exceeds it.
    """

    what: str
    maximum: int
    source: str
    remedy: str

    @property
    def message(self) -> str:
        """The message for a number above the maximum."""
        return f"{self.what}: AWS allows {self.maximum} ({self.source}). {self.remedy}"


_UNREACHABLE = "No input can exceed it"
TAGS = Limit("tags of one resource", 50, "AWS General Reference, tag naming limits", "Remove tags")
TAG_VALUE = Limit(
    "characters of all labels of one Jenkins template, which amazon-ecs sends as one tag of the "
    "task",
    256,
    "Amazon ECS API Reference, Tag",
    "Use fewer or shorter labels, or spread them over two templates",
)
ROLE_NAME = Limit(
    "characters of a role's name",
    64,
    "IAM quotas",
    "Use a shorter template name or name_prefix, or existing roles in task_role_arn and "
    "execution_role_arn",
)
INSTANCE_ROLE_NAME = Limit(
    "characters of the name of the instances' role",
    64,
    "IAM quotas",
    "Use a shorter template name or name_prefix",
)
INLINE_POLICIES = Limit(
    "characters of the inline policies of one role, without white space",
    10_240,
    "IAM quotas",
    "Share roles between templates, use `*` in names, several values in one JSON secret, or an "
    "existing role with managed policies",
)
MANAGED_POLICIES = Limit(
    "managed policies of one role",
    20,
    "IAM quotas; 10 without a higher quota",
    "Put the permissions of several policies into one",
)
TRUST_POLICY = Limit(
    "characters of a trust policy, without white space",
    2048,
    "IAM quotas",
    "Name folders with /* instead of single jobs, or use several roles",
)
TASK_DEFINITION = Limit(
    "bytes of a task definition",
    65_536,
    "Amazon ECS service quotas",
    "Move texts to files in the image, to S3 or to the SSM parameter store",
)
CONTAINERS = Limit(
    "containers of a task definition", 10, "Amazon ECS service quotas", "Use another template"
)
RULES_OF_GROUP = Limit(
    "inbound rules of a security group for one IP version. Each range counts once per port, and a "
    "prefix list at least once",
    60,
    "Amazon VPC quotas",
    "Combine ranges, use a customer-managed prefix list, or your own groups in "
    "load_balancer.security_group_ids",
)
RULES_OF_BALANCER = Limit(
    "rules of a load balancer",
    100,
    "quotas of Application Load Balancers",
    "Combine paths with `*`",
)
CONDITION_VALUES = Limit(
    "values of one condition of a listener rule",
    3,
    "Elastic Load Balancing, condition types of listener rules",
    "Use more rules",
)
CONDITION_WILDCARDS = Limit(
    "wildcards of one listener rule",
    5,
    "quotas of Application Load Balancers",
    "Use fewer wildcards",
)
CACHE_RULES = Limit(
    "pull-through cache rules of a registry", 50, "Amazon ECR service quotas", "Remove caches"
)
IMAGE_TAG = Limit(
    "characters of an image tag", 128, "Amazon ECR API Reference", "Use a shorter version"
)
FUNCTION_ENVIRONMENT = Limit(
    "bytes of the environment of a function", 4096, "AWS Lambda quotas", "Remove holidays"
)
PARAMETER = Limit(
    "characters of a standard parameter", 4096, "AWS Systems Manager quotas", _UNREACHABLE
)
WIDGETS = Limit("widgets of a dashboard", 500, "Amazon CloudWatch quotas", _UNREACHABLE)
METRIC_FILTERS = Limit(
    "metric filters of a log group", 100, "Amazon CloudWatch Logs quotas", _UNREACHABLE
)
ALARM_NAME = Limit("characters of an alarm's name", 255, "CloudWatch API Reference", _UNREACHABLE)
CAPACITY_PROVIDER_NAME = Limit(
    "characters of a capacity provider's name", 255, "Amazon ECS API Reference", _UNREACHABLE
)
GROUP_NAME = Limit(
    "characters of an Auto Scaling group's name",
    255,
    "Amazon EC2 Auto Scaling API Reference",
    _UNREACHABLE,
)
LAUNCH_TEMPLATE_NAME = Limit(
    "characters of a launch template's name", 128, "Amazon EC2 API Reference", _UNREACHABLE
)
CERTIFICATE_NAME = Limit(
    "characters of the first name of a certificate",
    64,
    "ACM API Reference, RequestCertificate",
    "Use a shorter name or an existing certificate",
)
