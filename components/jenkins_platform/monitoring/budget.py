"""Budget: notifications when a month costs more than planned."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from ..base.context import PLATFORM_TAG, Context, SubComponent
from ..settings.budget import BudgetSettings


class Budget(SubComponent):
    """A monthly budget of all resources with the platform's tag."""

    def __init__(
        self,
        context: Context,
        settings: BudgetSettings,
        topic_arn: pulumi.Input[str] | None,
    ) -> None:
        super().__init__("budget", context)
        subscribers = {
            "subscriber_email_addresses": list(settings.email_addresses) or None,
            "subscriber_sns_topic_arns": [topic_arn] if topic_arn else None,
        }
        thresholds: list[dict[str, Any]] = [
            {"notification_type": "ACTUAL", "threshold": percent}
            for percent in settings.threshold_percents
        ]
        if settings.forecast:
            thresholds.append({"notification_type": "FORECASTED", "threshold": 100})
        notifications: Any = [
            {
                **notification,
                **subscribers,
                "comparison_operator": "GREATER_THAN",
                "threshold_type": "PERCENTAGE",
            }
            for notification in thresholds
        ]
        budget = aws.budgets.Budget(
            f"{context.name}-month",
            name=context.aws_name("month"),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=settings.limit_amount,
            limit_unit="USD",
            cost_filters=[
                {"name": "TagKeyValue", "values": [f"user:{PLATFORM_TAG}${context.name}"]}
            ],
            notifications=notifications,
            tags=context.tags("month"),
            opts=self.child(),
        )
        self.register_outputs({"name": budget.name})
