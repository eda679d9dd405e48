"""A platform in a company's network, deployed: authority, proxy, key and realm."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml
from jenkins_platform.inputs import JenkinsPlatformArgs
from localcloud.cloud import REGION, LocalCloud

from harness.inputs.lean import LEAN, READY_IMAGES
from harness.stacks.engine import Stack, platform_program

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def test_a_platform_in_a_company_network(
    cloud: LocalCloud, make_stack: Callable[..., Stack]
) -> None:
    cloud.client("s3").create_bucket(
        Bucket="company", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    cloud.client("s3").put_object(
        Bucket="company", Key="root.pem", Body=PEM.encode(), ContentType="text/plain"
    )
    manager = cloud.client("secretsmanager")
    authority, bind = (
        manager.create_secret(Name=name, SecretString=PEM)["ARN"] for name in ("ca", "bind")
    )
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    certificate = cloud.client("acm").request_certificate(DomainName="ci.example.com")
    args: dict[str, Any] = {
        **LEAN,
        "images": READY_IMAGES,
        "network": {
            **LEAN["network"],
            "proxy": {"url": "http://proxy.example.com:3128"},
            "ca_certificate_arns": [authority, "arn:aws:s3:::company/root.pem"],
        },
        "load_balancer": {
            "domain_name": "ci.example.com",
            "certificate": {"existing": certificate["CertificateArn"]},
        },
        "sign_in": {
            "ldap": {
                "server_url": "ldaps://ldap.example.com",
                "root_dn": "dc=example,dc=com",
                "bind_dn": "cn=jenkins,dc=example,dc=com",
                "bind_password_secret_arn": bind,
            },
            "groups": [{"name": "admins", "role": "admin"}],
            "role_strategy": {},
        },
        "controller": {"ephemeral_storage_key_arn": key},
        "agent_cloud": {"ephemeral_storage_key_arn": key},
    }
    typed: JenkinsPlatformArgs = args  # type: ignore[assignment]
    stack = make_stack(platform_program(typed))
    stack.up()
    ecs = cloud.client("ecs")
    clusters = ecs.describe_clusters(
        clusters=ecs.list_clusters()["clusterArns"], include=["CONFIGURATIONS"]
    )["clusters"]
    assert [c["configuration"]["managedStorageConfiguration"] for c in clusters] == [
        {"fargateEphemeralStorageKmsKeyId": key}
    ] * 2
    for arn in ecs.list_task_definitions()["taskDefinitionArns"]:
        definition = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        (container,) = definition["containerDefinitions"]
        variables = {entry["name"]: entry["value"] for entry in container["environment"]}
        secrets = {entry["name"]: entry["valueFrom"] for entry in container["secrets"]}
        assert variables["https_proxy"] == "http://proxy.example.com:3128"
        assert variables["CA_CERTIFICATE_2"] == PEM
        assert secrets["CA_CERTIFICATE_1"] == authority
    document = yaml.safe_load(
        next(r for r in stack.resources() if r["type"].endswith(":BucketObjectv2"))["inputs"][
            "content"
        ]
    )
    assert document["jenkins"]["proxy"]["name"] == "proxy.example.com"
    assert "ldap" in document["jenkins"]["securityRealm"]
    assert bind not in json.dumps(document)
    assert "roleBased" in document["jenkins"]["authorizationStrategy"]
