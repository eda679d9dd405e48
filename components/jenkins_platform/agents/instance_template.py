"""The launch template of instances in an Auto Scaling group."""

from __future__ import annotations

import base64
import json

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import SubComponent
from ..inputs import Architecture
from ..settings.agents import AgentTemplate

_IMAGES = "/aws/service/ecs/optimized-ami/amazon-linux-2023"
_ROOT_DEVICE = "/dev/xvda"


def launch_template(
    component: SubComponent,
    template: AgentTemplate,
    cluster_name: pulumi.Input[str],
    profile_arn: pulumi.Input[str],
    security_group_id: pulumi.Input[str],
) -> aws.ec2.LaunchTemplate:
    """The launch template of a template's instances: encrypted disk, IMDSv2 that only the host
    itself reaches, no key pair, their own image or the newest during the deployment."""
    context, role = component.context, f"instance-{template.name}"
    tags = {**context.tags(role), **template.tags}
    return aws.ec2.LaunchTemplate(
        f"{context.name}-{role}",
        name=context.aws_name(role),
        description=f"Instances of the Jenkins agent {template.name}",
        image_id=_image(component, template),
        iam_instance_profile={"arn": profile_arn},
        vpc_security_group_ids=[security_group_id],
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            "http_put_response_hop_limit": 1,
            "instance_metadata_tags": "disabled",
        },
        block_device_mappings=[
            {
                "device_name": _ROOT_DEVICE,
                "ebs": {
                    "volume_size": template.host.disk_gib,
                    "volume_type": template.host.disk_type.value,
                    "encrypted": "true",
                    "delete_on_termination": "true",
                },
            }
        ],
        tag_specifications=[
            {"resource_type": kind, "tags": tags}
            for kind in ("instance", "network-interface", "volume")
        ],
        update_default_version=True,
        user_data=pulumi.Output.from_input(cluster_name).apply(
            lambda name: base64.b64encode(user_data(template, name).encode()).decode()
        ),
        tags=context.tags(role),
        opts=component.child(),
    )


def _image(component: SubComponent, template: AgentTemplate) -> pulumi.Input[str]:
    """ID of the image."""
    if template.host.ami_id is not None:
        return template.host.ami_id
    # Not `resolve:ssm:` in the launch template, which groups that choose instance types by
    # attributes do not support (Amazon EC2 Auto Scaling User Guide).
    return aws.ssm.get_parameter_output(
        name=template.host.ami_parameter or image_parameter(template),
        opts=pulumi.InvokeOutputOptions(parent=component),
    ).insecure_value


def image_parameter(template: AgentTemplate) -> str:
    """The public SSM parameter with the newest ECS-optimized image."""
    variant = "/arm64" if template.architecture is Architecture.ARM64 else ""
    if template.gpu:
        variant = "/gpu"
    return f"{_IMAGES}{variant}/recommended/image_id"


def user_data(template: AgentTemplate, cluster_name: str) -> str:
    """The start script: settings of the ECS agent."""
    settings = {
        "ECS_CLUSTER": cluster_name,
        # Tasks have the credentials of their own role, never those of the instance.
        "ECS_AWSVPC_BLOCK_IMDS": "true",
        "ECS_CONTAINER_INSTANCE_TAGS": json.dumps({iam.INSTANCE_TAG: template.name}),
        # Privileged containers only where the template asks for them.
        "ECS_DISABLE_PRIVILEGED": str(not template.docker).lower(),
        "ECS_ENABLE_SPOT_INSTANCE_DRAINING": "true",
        # The disk of an agent is free again before the next ones need it. Images stay.
        "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION": "5m",
    }
    if template.gpu:
        settings["ECS_ENABLE_GPU_SUPPORT"] = "true"
    lines = "\n".join(f"{key}={value}" for key, value in settings.items())
    return f"#!/bin/sh\nset -eu\ncat >> /etc/ecs/ecs.config <<'END'\n{lines}\nEND\n"
