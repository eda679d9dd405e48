"""Simulates the amazon-ecs plugin with plain boto3, after its source (1.49).

ECSService.registerTemplate: with ``taskDefinitionOverride`` it only describes that definition.
ECSService.runEcsTask: RunTask with the definition's ARN, a launch type only when there is no
strategy, subnets and groups split at commas, two tags, and the agent's command and secret as
container overrides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from localcloud.cloud import LocalCloud


def configuration_of(cloud: LocalCloud, cluster_arn: str) -> dict[str, Any]:
    """The JCasC document that the running controller downloads."""
    ecs = cloud.client("ecs")
    (service_arn,) = ecs.list_services(cluster=cluster_arn)["serviceArns"]
    (service,) = ecs.describe_services(cluster=cluster_arn, services=[service_arn])["services"]
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
    (container,) = definition["taskDefinition"]["containerDefinitions"]
    environment = {e["name"]: e["value"] for e in container["environment"]}
    place = {
        "Bucket": environment["CONFIGURATION_BUCKET"],
        "Key": environment["CONFIGURATION_KEY"],
    }
    if "CONFIGURATION_VERSION" in environment:
        place["VersionId"] = environment["CONFIGURATION_VERSION"]
    document = cloud.client("s3").get_object(**place)
    parsed: dict[str, Any] = yaml.safe_load(document["Body"].read())
    return parsed


def templates_of(configuration: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Cloud and template by label; the first match wins."""
    found: dict[str, tuple[Any, Any]] = {}
    for cloud in configuration["jenkins"]["clouds"]:
        for template in cloud["ecs"]["templates"]:
            for label in template["label"].split():
                found.setdefault(label, (cloud["ecs"], template))
    return found


def run_task_request(
    ecs: Any, cloud: Mapping[str, Any], template: Mapping[str, Any], node: str, secret: str
) -> dict[str, Any]:
    """The RunTask request that the plugin would send for a build on ``template``."""
    described = ecs.describe_task_definition(taskDefinition=template["taskDefinitionOverride"])
    definition = described["taskDefinition"]
    names = [c["name"] for c in definition["containerDefinitions"]]
    container = template.get("agentContainerName", names[0])
    if container not in names:
        raise LookupError(f"Could not find agent container name: {container}")
    command = ["-url", cloud["jenkinsUrl"]]
    if cloud.get("tunnel"):
        command += ["-tunnel", cloud["tunnel"]]
    request: dict[str, Any] = {
        "taskDefinition": definition["taskDefinitionArn"],
        "cluster": cloud["cluster"],
        "propagateTags": "TASK_DEFINITION",
        "enableExecuteCommand": template.get("enableExecuteCommand", False),
        "tags": [
            {"key": "jenkins.label", "value": template["label"]},
            # Beside a task definition the plugin drops the template's name.
            {"key": "jenkins.templatename", "value": ""},
        ],
        "overrides": {
            "containerOverrides": [
                {
                    "name": container,
                    "command": [*command, secret, node],
                    "environment": [
                        {"name": "SLAVE_NODE_NAME", "value": node},
                        {"name": "SLAVE_NODE_SECRET", "value": secret},
                    ],
                }
            ]
        },
    }
    if "capacityProviderStrategies" in template:
        request["capacityProviderStrategy"] = [
            {
                "capacityProvider": strategy["provider"],
                "base": strategy["base"],
                "weight": strategy["weight"],
            }
            for strategy in template["capacityProviderStrategies"]
        ]
    else:
        request["launchType"] = template.get("launchType", "EC2")
    if definition["networkMode"] == "awsvpc":
        request["networkConfiguration"] = {
            "awsvpcConfiguration": {
                "assignPublicIp": "ENABLED" if template.get("assignPublicIp") else "DISABLED",
                "securityGroups": template["securityGroups"].split(","),
                "subnets": template["subnets"].split(","),
            }
        }
    return request
