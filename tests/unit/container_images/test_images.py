"""Which images there are, how they are built, and what their repositories allow."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jenkins_platform.container_images import builds
from jenkins_platform.container_images.builds import content_hash, more_plugins
from jenkins_platform.container_images.images import Images
from jenkins_platform.inputs import Architecture
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.settings.images import JENKINS_VERSION, OFFICIAL_DIGESTS
from jenkins_platform.testing import REGISTRY, Registration
from jenkins_plugins.resolver import Policy

from harness.inputs.lean import READY_IMAGES, SMALL
from harness.stacks.mocks import platform
from harness.stacks.parts import agents, controller, parts
from harness.stacks.registered import container_in

IMAGE = "docker:index/image:Image"
REPOSITORY = "aws:ecr/repository:Repository"
KANIKO = {"name": "builder", "platform_image": "kaniko"}
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd"
OTHER = "arn:aws:ecr:eu-central-1:210987654321:repository/release"
CONTROLLER_ARGUMENTS = {
    *("BASE", "CORE", "PACKAGES", "PLUGINS", "PLUGIN_POLICY", "UPDATE_CENTER", "COMMONS_LANG")
}
X86, ARM = Architecture.X86_64, Architecture.ARM64


def settings(**images: Any) -> Settings:
    return Settings.from_args("jenkins", {"images": images})  # type: ignore[typeddict-item]


def of_type(found: list[Registration], token: str) -> dict[str, dict[str, Any]]:
    return {r.name.removeprefix("jenkins-"): r.inputs for r in found if r.token == token}


def variables(found: list[Registration], template: str) -> dict[str, str]:
    definition = container_in(found, f"agent-{template}")
    return {v["name"]: v["value"] for v in definition["environment"]}


def allowed(found: list[Registration], action: str) -> dict[str, dict[str, Any]]:
    """The only statement of each role that allows an action."""
    statements = [
        (role, statement)
        for role, policy in of_type(found, "aws:iam/rolePolicy:RolePolicy").items()
        for statement in json.loads(policy["policy"])["Statement"]
        if action in statement["Action"]
    ]
    assert len(dict(statements)) == len(statements)
    return dict(statements)


@pytest.fixture(scope="module")
def both() -> list[Registration]:
    """A platform with both of the agents' images, one of them for two architectures."""
    templates = [
        {"name": "linux"},
        {"name": "arm", "architecture": "arm64"},
        {"name": "own", "image": "registry.example/own:1", "architecture": "arm64"},
        KANIKO,
    ]
    images = {
        "application_repositories": ["web/shop", "search"],
        "pull_through_caches": [{"prefix": "quay", "upstream": "quay.io"}],
    }
    return platform({**SMALL, "agents": templates, "images": images})


@pytest.fixture(scope="module")
def pushing() -> list[Registration]:
    """A platform with templates that push to all, to some and to no repositories."""
    templates = [
        {**KANIKO, "name": "all"},
        {**KANIKO, "name": "some", "push_repositories": [OTHER, "search"]},
        {**KANIKO, "name": "none", "push_repositories": []},
        {"name": "linux"},
    ]
    images = {
        **SMALL["images"],
        "kaniko": READY_IMAGES["kaniko"],
        "application_repositories": ["shop", "search"],
        "fail_on_severity": "high",
        "signing_key_arn": KEY,
    }
    return platform({**SMALL, "agents": templates, "images": images})


def test_an_image_is_built_for_each_architecture_that_a_template_asks_for(
    both: list[Registration],
) -> None:
    built = of_type(both, IMAGE)
    assert {name: image["build"]["platform"] for name, image in built.items()} == {
        "controller-x86-64": "linux/amd64",
        "agent-x86-64": "linux/amd64",
        "agent-arm64": "linux/arm64",
        "kaniko-x86-64": "linux/amd64",
    }
    for name, image in built.items():
        repository, tag = image["imageName"].split(":")
        assert repository == f"{REGISTRY}/jenkins-abcdef/{name.split('-')[0]}"
        assert tag.endswith("-a1b2c3")
        assert image["registry"] == {
            "server": REGISTRY,
            "username": "AWS",
            "password": "a-token-for-some-hours",
        }
    assert {r.secrets for r in both if r.token == IMAGE} == {("registry",)}


def test_another_recipe_or_context_is_another_build(both: list[Registration]) -> None:
    tags = of_type(both, "random:index/randomString:RandomString")
    arguments = {"controller": CONTROLLER_ARGUMENTS, "agent": {"BASE"}, "kaniko": {"BASE", "AGENT"}}
    for name, image in of_type(both, IMAGE).items():
        build, tag = image["build"], image["imageName"].split(":")[1]
        role = name.split("-")[0]
        assert build.keys() == {"context", "args", "platform"}
        assert build["context"].endswith(f"images/{role}")
        assert build["args"].keys() == arguments[role]
        recipe = tag.removesuffix("-a1b2c3")
        assert tags[name]["keepers"] == {"recipe": recipe, "context": build["context"]}


def test_templates_get_the_image_of_their_kind_and_architecture(both: list[Registration]) -> None:
    built = of_type(both, IMAGE)
    digest = f"@sha256:{'0' * 64}"
    assert {name: container_in(both, f"agent-{name}")["image"] for name in ("linux", "arm")} == {
        "linux": built["agent-x86-64"]["imageName"] + digest,
        "arm": built["agent-arm64"]["imageName"] + digest,
    }
    assert container_in(both, "agent-own")["image"] == "registry.example/own:1"
    built_with = container_in(both, "agent-builder")["image"]
    assert built_with.startswith(f"{REGISTRY}/jenkins-abcdef/kaniko")


def test_an_image_that_no_template_uses_is_not_built() -> None:
    found = parts(Images, {"agents": [KANIKO]})
    assert of_type(found, IMAGE).keys() == {"controller-x86-64", "kaniko-x86-64"}
    repositories = {"controller", "kaniko", "kaniko-cache/builder", "applications"}
    assert of_type(found, REPOSITORY).keys() == repositories


def test_existing_images_need_no_build_and_no_registry_login() -> None:
    found = platform(SMALL)
    assert of_type(found, IMAGE) == {}
    assert of_type(found, REPOSITORY).keys() == {"applications"}
    for family, role in (("controller", "controller"), ("agent-linux", "agent")):
        assert container_in(found, family)["image"] == READY_IMAGES[role]["existing"]


def test_only_the_cache_can_be_overwritten_and_everything_is_scanned(
    both: list[Registration],
) -> None:
    repositories = of_type(both, REPOSITORY)
    assert {name for name, r in repositories.items() if r["imageTagMutability"] == "MUTABLE"} == {
        "kaniko-cache/builder"
    }
    assert len(repositories) == 6
    for repository in repositories.values():
        assert repository["imageScanningConfiguration"] == {"scanOnPush": True}


@pytest.mark.parametrize(
    ("inputs", "with_images"),
    [
        ({}, False),
        ({"removal_policy": "destroy"}, True),
        ({"images": {"force_delete": True}}, True),
        ({"removal_policy": "destroy", "images": {"force_delete": False}}, False),
    ],
)
def test_only_images_of_pipelines_prevent_the_deletion_of_their_repository(
    inputs: dict[str, Any], with_images: bool
) -> None:
    repositories = of_type(parts(Images, inputs), REPOSITORY)
    applications = repositories.pop("applications")
    assert applications["forceDelete"] is with_images
    assert {r["forceDelete"] for r in repositories.values()} == {True}


def test_images_expire_by_the_kind_of_their_repository(both: list[Registration]) -> None:
    policies = of_type(both, "aws:ecr/lifecyclePolicy:LifecyclePolicy")
    found = {}
    for name, policy in policies.items():
        (rule,) = json.loads(policy["policy"])["rules"]
        selection = rule["selection"]
        found[name] = (selection["tagStatus"], selection["countType"], selection["countNumber"])
    own = ("any", "imageCountMoreThan", 20)
    assert found == {
        "controller": own,
        "agent": own,
        "kaniko": own,
        "web/shop": ("untagged", "sinceImagePushed", 7),
        "search": ("untagged", "sinceImagePushed", 7),
        "kaniko-cache/builder": ("any", "sinceImagePushed", 14),
    }


def test_no_build_can_delete_images_or_push_ours(both: list[Registration]) -> None:
    for name, policy in of_type(both, "aws:ecr/repositoryPolicy:RepositoryPolicy").items():
        (statement,) = json.loads(policy["policy"])["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"]["ArnLike"]["aws:PrincipalArn"] == (
            "arn:aws:iam::123456789012:role/jenkins-platform/jenkins-abcdef/agents/*"
        )
        assert {"ecr:BatchDeleteImage", "ecr:DeleteRepository"} <= set(statement["Action"])
        ours = name in ("controller", "agent", "kaniko")
        assert ("ecr:PutImage" in statement["Action"]) == ours


def test_only_builds_with_kaniko_may_push_and_only_to_applications_and_the_cache(
    both: list[Registration],
) -> None:
    policies = of_type(both, "aws:iam/rolePolicy:RolePolicy")
    roles = {n for n, p in policies.items() if "ecr:PutImage" in p["policy"]}
    assert roles == {"agent-builder"}
    statements = {s["Sid"]: s for s in json.loads(policies["agent-builder"]["policy"])["Statement"]}
    arn = "arn:aws:mock:eu-central-1:123456789012:jenkins"
    assert statements["PushImages"]["Resource"] == [
        *(f"{arn}-kaniko-cache/builder", f"{arn}-web/shop", f"{arn}-search")
    ]
    assert statements["PullThroughCaches"]["Resource"] == [
        "arn:aws:ecr:eu-central-1:123456789012:repository/quay/*"
    ]
    assert not any("Delete" in a for s in statements.values() for a in s["Action"])


def test_a_pull_through_cache_is_a_rule_of_the_registry(both: list[Registration]) -> None:
    assert of_type(both, "aws:ecr/pullThroughCacheRule:PullThroughCacheRule") == {
        "quay": {"ecrRepositoryPrefix": "quay", "upstreamRegistryUrl": "quay.io"}
    }
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf"
    cache = {"prefix": "hub", "upstream": "registry-1.docker.io", "credential_arn": arn}
    found = parts(Images, {"images": {"pull_through_caches": [cache]}})
    (rule,) = of_type(found, "aws:ecr/pullThroughCacheRule:PullThroughCacheRule").values()
    assert rule["credentialArn"] == arn


def test_only_the_kaniko_image_knows_where_to_push(both: list[Registration]) -> None:
    assert variables(both, "builder") == {
        "APPLICATION_REPOSITORY": f"{REGISTRY}/jenkins-abcdef/web/shop",
        "KANIKO_CACHE_REPOSITORY": f"{REGISTRY}/jenkins-abcdef/kaniko-cache/builder",
        "KANIKO_REGISTRY_MAP": f"quay.io={REGISTRY}/quay",
        "JENKINS_JAVA_OPTS": "-XX:MaxRAMPercentage=50",
    }
    assert variables(both, "linux").keys() == {"JENKINS_JAVA_OPTS"}


def test_builds_pull_through_every_cache_docker_hub_by_the_name_that_kaniko_uses() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf"
    caches = [
        {"prefix": "hub", "upstream": "registry-1.docker.io", "credential_arn": arn},
        {"prefix": "quay", "upstream": "quay.io"},
    ]
    found = parts(agents, {"agents": [KANIKO], "images": {"pull_through_caches": caches}})
    assert variables(found, "builder")["KANIKO_REGISTRY_MAP"] == (
        f"index.docker.io={REGISTRY}/hub;quay.io={REGISTRY}/quay"
    )


def test_each_template_pushes_to_its_own_repositories_and_its_own_cache(
    pushing: list[Registration],
) -> None:
    arn = "arn:aws:mock:eu-central-1:123456789012:jenkins-"
    pushed = {
        role.removeprefix("agent-"): [target.removeprefix(arn) for target in statement["Resource"]]
        for role, statement in allowed(pushing, "ecr:PutImage").items()
    }
    assert pushed == {
        "all": ["kaniko-cache/all", "shop", "search"],
        "some": ["kaniko-cache/some", OTHER, "search"],
        "none": ["kaniko-cache/none"],
    }
    first = {
        name: variables(pushing, name).get("APPLICATION_REPOSITORY")
        for name in ("all", "some", "none")
    }
    assert first == {
        "all": f"{REGISTRY}/jenkins-abcdef/shop",
        "some": "210987654321.dkr.ecr.eu-central-1.amazonaws.com/release",
        "none": None,
    }


def test_builds_that_wait_for_the_scan_may_read_it_in_the_repositories_that_they_push_to(
    both: list[Registration], pushing: list[Registration]
) -> None:
    assert variables(pushing, "all")["FAIL_ON_SEVERITY"] == "HIGH"
    reads = {
        role: statement["Resource"]
        for role, statement in allowed(pushing, "ecr:DescribeImageScanFindings").items()
    }
    arn = "arn:aws:mock:eu-central-1:123456789012:jenkins"
    assert reads == {
        "agent-all": [f"{arn}-shop", f"{arn}-search"],
        "agent-some": [OTHER, f"{arn}-search"],
    }
    assert "FAIL_ON_SEVERITY" not in variables(both, "builder")
    assert allowed(both, "ecr:DescribeImageScanFindings") == {}


def test_builds_may_sign_with_the_key_if_they_push(pushing: list[Registration]) -> None:
    assert variables(pushing, "all")["SIGNING_KEY_ARN"] == KEY
    sign = {
        "Sid": "SignImages",
        "Effect": "Allow",
        "Action": ["kms:Sign"],
        "Resource": KEY,
        "Condition": {"StringEquals": {"kms:SigningAlgorithm": "ECDSA_SHA_256"}},
    }
    assert allowed(pushing, "kms:Sign") == {"agent-all": sign, "agent-some": sign}


def test_a_template_may_push_elsewhere_by_itself() -> None:
    template = KANIKO | {"environment": {"APPLICATION_REPOSITORY": "registry.example/x"}}
    found = parts(agents, {"agents": [template]})
    assert variables(found, "builder")["APPLICATION_REPOSITORY"] == "registry.example/x"


def test_jenkins_knows_the_work_folder_that_a_build_never_deletes(
    both: list[Registration],
) -> None:
    document = of_type(both, "aws:s3/bucketObjectv2:BucketObjectv2")["configuration"]["content"]
    # Once for each kind of capacity.
    assert document.count('remoteFSRoot: "/kaniko/agent"') == 3
    assert "Sample image with Kaniko" in document
    assert (
        "Sample image with Kaniko"
        not in (
            of_type(platform(SMALL), "aws:s3/bucketObjectv2:BucketObjectv2")["configuration"][
                "content"
            ]
        )
    )


@pytest.mark.parametrize(("execute_command", "read_only"), [(False, True), (True, False)])
def test_the_controller_gets_what_its_image_relies_on(
    execute_command: bool, read_only: bool
) -> None:
    args = {
        "controller": {"enable_execute_command": execute_command},
        "agent_cloud": {"remove_stale_nodes": read_only},
        "jenkins": {"secrets": {"TOKEN": f"arn:aws:ssm:eu-central-1:{'1' * 12}:parameter/x"}},
    }
    definition = container_in(parts(controller, args), "controller")
    environment = {v["name"]: v["value"] for v in definition["environment"]}
    assert environment["VARIABLES_AS_FILES"] == "JENKINS_ADMIN_PASSWORD,TOKEN"
    assert [s["name"] for s in definition["secrets"]] == ["JENKINS_ADMIN_PASSWORD", "TOKEN"]
    assert environment["REMOVE_STALE_NODES"] == str(read_only).lower()
    assert definition["readonlyRootFilesystem"] is read_only
    assert definition["mountPoints"] == [
        {"sourceVolume": "home", "containerPath": "/var/jenkins_home"},
        {"sourceVolume": "scratch", "containerPath": "/run/jenkins-platform"},
    ]


# How images are built.


def test_bases_follow_from_versions() -> None:
    digest = f"sha256:{'a' * 64}"
    given = settings(
        controller={"version": "2.577", "base_repository": "mirror.example/jenkins"},
        agent={"base_digest": digest},
        kaniko={"version": "1.28.0"},
    )
    weekly = builds.controller(given, X86)
    assert weekly.arguments["BASE"] == "mirror.example/jenkins:2.577-jdk21"
    assert builds.controller(settings(), X86).arguments["BASE"] == (
        "jenkins/jenkins:2.580.3-lts-jdk21"
    )
    assert weekly.arguments["CORE"] == "2.577"
    assert builds.kaniko(given, ARM).arguments == {
        "BASE": "ghcr.io/osscontainertools/kaniko:v1.28.0",
        "AGENT": f"jenkins/inbound-agent:3391.va_37fa_a_305d6d-4-jdk21@{digest}",
    }


def test_a_known_digest_is_used_for_the_default_version_of_an_official_image_only() -> None:
    (known,) = OFFICIAL_DIGESTS.values()
    assert builds.agent(settings(), X86).arguments["BASE"].endswith(f"-jdk21@{known}")
    for agent in ({"version": "3400.v1-1"}, {"base_repository": "mirror.example/agent"}):
        assert "@" not in builds.agent(settings(agent=agent), X86).arguments["BASE"]


def test_the_dockerfiles_defaults_are_the_platforms() -> None:
    for role, recipe in (
        ("controller", builds.controller(settings(), X86)),
        ("agent", builds.agent(settings(), X86)),
        ("kaniko", builds.kaniko(settings(), X86)),
    ):
        lines = (recipe.context / "Dockerfile").read_text().splitlines()
        for name, value in recipe.arguments.items():
            default = value or '""'
            assert f"ARG {name}={default}" in lines, role


def test_plugins_that_a_setting_needs_come_with_it() -> None:
    assert more_plugins(settings()) == []
    given = Settings.from_args(
        "jenkins",
        {
            "monitoring": {"prometheus": True},
            "jenkins": {"credentials": {}},
            "images": {"plugins": {"prometheus": "900.v1", "Office-365-Connector": "1.0"}},
        },
    )
    assert more_plugins(given) == [
        "Office-365-Connector:1.0",
        "aws-secrets-manager-credentials-provider",
        "prometheus:900.v1",
    ]
    listed = (builds.controller(given, X86).context / "optional-plugins.txt").read_text()
    assert "aws-secrets-manager-credentials-provider" in listed
    assert "prometheus" in listed


def test_plugins_of_gitlab_and_bitbucket_come_with_their_inputs() -> None:
    token = {"token_secret_arn": "arn:aws:ssm:eu-central-1:123456789012:parameter/token"}
    sources: dict[str, Any] = {
        "gitlab": {**token, "groups": ["acme"]},
        "bitbucket": {**token, "workspaces": ["acme-b"]},
    }
    given = Settings.from_args("jenkins", {"jenkins": sources})  # type: ignore[typeddict-item]
    assert more_plugins(given) == ["cloudbees-bitbucket-branch-source", "gitlab-branch-source"]


def test_the_build_of_the_controller_follows_the_inputs() -> None:
    def arguments(**images: Any) -> Mapping[str, str]:
        return builds.controller(settings(**images), X86).arguments

    default = arguments()
    assert default["PLUGIN_POLICY"] == "security"
    assert default["UPDATE_CENTER"] == "https://updates.jenkins.io"
    assert default["COMMONS_LANG"].endswith("/commons-lang-2.6.jar")
    mirror = arguments(
        plugin_policy="locked",
        update_center_url="https://mirror.example/jenkins/",
        commons_lang_url="https://mirror.example/commons-lang-2.6.jar",
    )
    assert mirror["PLUGIN_POLICY"] == "locked"
    assert mirror["UPDATE_CENTER"] == "https://mirror.example/jenkins"
    assert mirror["COMMONS_LANG"] == "https://mirror.example/commons-lang-2.6.jar"
    old = {"version": "2.568.3"}
    assert arguments(controller=old, commons_lang_compatibility=False)["COMMONS_LANG"] == ""


def test_the_hash_is_of_what_goes_into_the_image_and_of_nothing_else(tmp_path: Path) -> None:
    def now(platform: str = "linux/amd64", **arguments: str) -> str:
        return content_hash(tmp_path, arguments, platform)

    file = tmp_path / "scripts" / "start"
    file.parent.mkdir()
    file.write_text("a")
    file.chmod(0o644)
    first = now()
    os.utime(file, (1, 1))
    assert now() == first
    seen = {first, now(platform="linux/arm64"), now(BASE="x"), now(BASE="y")}
    for change in (
        lambda: file.write_text("b"),
        lambda: file.chmod(0o755),
        lambda: file.rename(tmp_path / "scripts" / "begin"),
        lambda: (tmp_path / "more").write_text(""),
    ):
        change()
        seen.add(now())
    assert len(seen) == 8
    compiled = tmp_path / "scripts" / "__pycache__" / "start.pyc"
    compiled.parent.mkdir()
    compiled.write_text("")
    assert now() in seen


# What is refused.

OLD_PLUGIN = "Jenkins removed Commons Lang 2 in 2.579, which the plugin up to 1.49 requires"


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ({"commons_lang_compatibility": False}, OLD_PLUGIN),
        (
            {
                "controller": {"version": "2.579"},
                "plugins": {"amazon-ecs": "1.48"},
                "commons_lang_compatibility": False,
            },
            OLD_PLUGIN,
        ),
        ({"controller": {"version": "lts"}}, "a version such as 2.580.3"),
        (
            {"agent": {"existing": "x:1", "version": "1.2"}},
            "cannot be combined with `existing`",
        ),
        ({"agent": {"base_digest": "sha256:1"}}, "sha256: and 64 hexadecimal digits"),
        ({"agent": {"base_repository": "jenkins/agent:1"}}, "without a tag"),
        ({"plugins": {"git": "latest"}}, "an exact version such as 1.49; not 'latest'"),
        ({"application_repositories": []}, "at least one name"),
        ({"application_repositories": ["Web"]}, "a repository name such as web/shop"),
        ({"application_repositories": ["web", "web"]}, "'web': is listed more than once"),
        ({"keep_last": 1}, "2 to 1000"),
        (
            {"pull_through_caches": [{"prefix": "hub", "upstream": "registry-1.docker.io"}]},
            "ECR requires credentials for registry-1.docker.io",
        ),
        (
            {"pull_through_caches": [{"prefix": "own", "upstream": "registry.example"}]},
            "is not a registry that ECR supports",
        ),
        ({"pull_through_caches": [{"prefix": "q", "upstream": "quay.io"}]}, "2 to 30 lowercase"),
        ({"password": "x"}, "password"),
    ],
)
def test_wrong_images_are_refused(images: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as error:
        settings(**images)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "name", ["controller", "agent", "kaniko", "kaniko-cache", "kaniko-cache/linux"]
)
def test_repositories_of_the_platforms_own_are_not_for_applications(name: str) -> None:
    with pytest.raises(SettingsError, match="is a repository of the platform"):
        settings(application_repositories=[name])


@pytest.mark.parametrize(
    "images",
    [
        {},
        {"controller": {"version": "2.568.3"}, "commons_lang_compatibility": False},
        {"plugins": {"amazon-ecs": "1.50"}, "commons_lang_compatibility": False},
        {
            "controller": {"existing": "registry.example/jenkins:2.580.1"},
            "commons_lang_compatibility": False,
        },
        {"plugins": {"Office-365-Connector": "5.0.0", "42crunch-security-audit": "3.8"}},
    ],
)
def test_pairs_of_jenkins_and_plugin_that_work_are_taken(images: dict[str, Any]) -> None:
    assert settings(**images)


def test_builds_with_kaniko_are_root_in_their_container() -> None:
    with pytest.raises(SettingsError, match="cannot be combined with platform_image kaniko"):
        Settings.from_args("jenkins", {"agents": [{**KANIKO, "user": "1000"}]})  # type: ignore[typeddict-item]


def test_the_plugins_of_the_image_follow_its_version_and_inputs() -> None:
    found = builds.installed_plugins(settings())
    assert str(found.core) == JENKINS_VERSION
    assert "amazon-ecs" in found.roots
    assert (found.more, found.own) == ({}, {})
    assert (found.policy, found.update_center) == (Policy.SECURITY, "https://updates.jenkins.io")
    mirror = "https://mirror.example.com/jenkins/"
    chosen = builds.installed_plugins(
        settings(
            controller={"version": "2.590.1"},
            plugins={"shop": "1.2"},
            plugin_policy="locked",
            update_center_url=mirror,
        )
    )
    assert str(chosen.core) == "2.590.1"
    assert {name: str(version) for name, version in chosen.more.items()} == {"shop": "1.2"}
    assert (chosen.policy, chosen.update_center) == (Policy.LOCKED, mirror.rstrip("/"))
