"""Existing resources must be in the platform's region."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform import JenkinsPlatform
from jenkins_platform.settings import Settings
from jenkins_platform.settings.local_arns import elsewhere
from jenkins_platform.testing import register


def resources(region: str) -> Any:
    def arn(service: str, resource: str) -> str:
        return f"arn:aws:{service}:{region}:123456789012:{resource}"

    key = {"existing": arn("kms", "key/a-b")}
    return {
        "load_balancer": {
            "certificate": {"existing": arn("acm", "certificate/a-b")},
            "additional_certificate_arns": [arn("acm", "certificate/c-d")],
            "web_acl": {"existing": arn("wafv2", "regional/webacl/a/b")},
        },
        "storage": {"encryption_key": key},
        "backup": {"encryption_key": key},
        "monitoring": {"log_key": key, "topic": {"existing": arn("sns", "alarms")}},
        "images": {"kms_key_arn": key["existing"]},
    }


def test_each_resource_of_another_region_is_a_problem() -> None:
    settings = Settings.from_args("jenkins", resources("us-east-1"))
    assert [problem.key for problem in elsewhere(settings, "eu-central-1")] == [
        "load_balancer.certificate.existing",
        "load_balancer.additional_certificate_arns[0]",
        "load_balancer.web_acl.existing",
        "storage.encryption_key.existing",
        "backup.encryption_key.existing",
        "monitoring.log_key.existing",
        "monitoring.topic.existing",
        "images.kms_key_arn",
    ]
    assert list(elsewhere(settings, "us-east-1")) == []


def test_the_program_reports_them() -> None:
    args = {"storage": resources("us-east-1")["storage"]}
    message = r"storage.encryption_key.existing: .* is in us-east-1, but the platform is in eu-cent"
    with pytest.raises(Exception, match=message):
        register(lambda: JenkinsPlatform("jenkins", args))  # type: ignore[arg-type]
