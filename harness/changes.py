"""Changes of every input of the platform, generated from the settings, new inputs included.

Values are candidates from the type and its validators that the settings accept. An input without
such a value fails with a message; `BY_HAND` gives values for those.
"""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import strategies
from jenkins_platform.controller import jcasc
from jenkins_platform.inputs import JenkinsPlatformArgs
from jenkins_platform.settings import AgentTemplate, Settings, SettingsError
from jenkins_platform.settings.validation.base import Group
from pulumi import Output
from pydantic import AfterValidator
from pydantic.fields import FieldInfo

from harness.realms import REALMS

Args = dict[str, Any]

SUGGESTIONS: dict[str, tuple[Any, ...]] = {
    "_cidr": ("10.1.0.0/16", "10.2.0.0/16", "203.0.113.0/24"),
    "_backup": ("cron(0 1 * * ? *)", "cron(0 2 * * ? *)"),
    "_fields": ("cron(0 1 * * ? *)", "cron(0 2 * * ? *)"),
    "_printable": ("one", "two"),
}
"""Values for validators whose accepted values cannot be derived, by their function."""

_ARN = "arn:aws:{}:eu-central-1:123456789012:{}"
_KEY = {"create": {"rotation_days": 180, "deletion_window_days": 7}}
_TLS = {"certificate": {"existing": _ARN.format("acm", "certificate/one")}}
_BALANCER_OIDC = {
    "issuer": "https://id.example.com",
    "authorization_endpoint": "https://id.example.com/authorize",
    "token_endpoint": "https://id.example.com/token",
    "user_info_endpoint": "https://id.example.com/me",
    "client_id": "balancer",
    "client_secret_arn": _ARN.format("secretsmanager", "secret:balancer-AbCdEf"),
    "scopes": ["openid"],
    "session_timeout_seconds": 3600,
    "paths": ["/job/*"],
    "bypass_paths": ["/open/*"],
    "bypass_api": True,
    "bypass_api_cidrs": ["203.0.113.0/24"],
    "bypass_path_cidrs": ["198.51.100.0/24"],
}
_TEMPLATE = {
    "volumes": [
        {
            "container_path": "/cache",
            "efs": {"file_system_id": "fs-0a1b2c3d", "access_point_id": "fsap-0a1b2c3d"},
            "read_only": True,
        }
    ],
    "policy_statements": [
        {
            "actions": ["s3:GetObject"],
            "resources": ["arn:aws:s3:::a/*"],
            "conditions": [
                {"operator": "StringEquals", "key": "aws:ResourceTag/team", "values": ["web"]}
            ],
        }
    ],
    "sidecars": [
        {
            "name": "db",
            "image": "postgres:17",
            "command": ["postgres"],
            "environment": {"A": "b"},
            "secrets": {"B": _ARN.format("secretsmanager", "secret:db-AbCdEf")},
            "image_credentials_arn": _ARN.format("secretsmanager", "secret:registry-AbCdEf"),
            "memory_mib": 256,
        }
    ],
}
_SOURCES = ("github", "gitlab", "bitbucket")
_JOB_ROLE = {
    "name": "deploy",
    "jobs": ["acme/web/main"],
    "policy_statements": _TEMPLATE["policy_statements"],
}
_TOOL = {"kind": "maven", "name": "maven", "version": "3.9.9"}
_ARCHIVE = {
    "kind": "jdk",
    "name": "jdk",
    "archive_url": "https://tools.example.com/jdk.tgz",
    "archive_folder": "jdk-21",
}
_CRON = {
    "time_zone": "Europe/Berlin",
    "wake_cron": ["0 7 ? * MON *"],
    "sleep_cron": ["0 19 ? * MON *"],
}
_WEBHOOKS = {
    **{f"{source}_secret_arn": _ARN.format("ssm", "parameter/hooks") for source in _SOURCES},
    "wake": True,
    "max_concurrency": 20,
}
_BUILD_FOLDER = Path(__file__).parent.parent / "tests" / "data" / "build-folder"
_WINDOW = {"days": ["sat"], "start": "08:00", "end": "12:00"}

_VPC = {
    "existing": {
        "vpc_id": "vpc-0a1b2c3d",
        "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"],
    }
}

BY_HAND: dict[str, Args] = {
    # Refused with the amazon-ecs of the lock, which needs the library.
    "images.commons_lang_compatibility": {
        "images": {"commons_lang_compatibility": False, "plugins": {"amazon-ecs": "1.50"}}
    },
    "images.build_folder": {"images": {"build_folder": str(_BUILD_FOLDER)}},
    "images.pull_through_caches": {
        "images": {"pull_through_caches": [{"prefix": "quay", "upstream": "quay.io"}]}
    },
    "images.application_repository_arns": {
        "images": {
            "application_repository_arns": ["arn:aws:ecr:eu-central-1:123456789012:repository/shop"]
        }
    },
    "agent_cloud.cluster_arn": {
        "agent_cloud": {"cluster_arn": _ARN.format("ecs", "cluster/shared")}
    },
    "agent_cloud.default_template": {
        "agent_cloud": {"default_template": "second"},
        "agents": [{"name": "linux"}, {"name": "second"}],
    },
    "backup.time_zone": {"backup": {"time_zone": "Europe/Berlin"}},
    "agent_defaults": {"agent_defaults": {"memory_mib": 2048, **_TEMPLATE}},
    "agents[].push_repositories": {
        "agents": [{"name": "linux", "platform_image": "kaniko", "push_repositories": []}]
    },
    "agents[].volumes": {"agents": [{"name": "linux", "volumes": _TEMPLATE["volumes"]}]},
    "agents[].image_credentials_arn": {
        "agents": [
            {
                "name": "linux",
                "image": "registry.example.com/agent:1",
                "image_credentials_arn": _ARN.format("secretsmanager", "secret:r-AbCdEf"),
            }
        ]
    },
    "agents[].sidecars": {"agents": [{"name": "linux", "sidecars": _TEMPLATE["sidecars"]}]},
    "agents[].instances": {
        "agents": [
            {
                "name": "linux",
                "capacity": "instances",
                "instances": {
                    "provider": "auto-scaling-group",
                    "spot": True,
                    "max_instances": 3,
                    "instance_types": ["m7i.*"],
                    "min_vcpus": 2,
                    "max_vcpus": 4,
                    "min_memory_mib": 4096,
                    "disk_gib": 100,
                    "disk_type": "gp2",
                    "ami_id": "ami-0123456789abcdef0",
                    "session_manager": True,
                },
            }
        ]
    },
    "agents[].docker": {
        "agents": [
            {
                "name": "linux",
                "capacity": "instances",
                "docker": True,
                "cpu": 2048,
                "memory_mib": 4096,
                "instances": {"docker_cache": True, "docker_image": "mirror/docker:28.5.1-dind"},
            }
        ]
    },
    "agents[].gpu": {
        "agents": [
            {
                "name": "linux",
                "capacity": "instances",
                "gpu": 1,
                "instances": {"idle_minutes": 5},
            }
        ]
    },
    "agents[].policy_statements": {
        "agents": [{"name": "linux", "policy_statements": _TEMPLATE["policy_statements"]}]
    },
    "network.availability_zones": {
        "network": {"availability_zones": ["eu-central-1a", "eu-central-1c"]}
    },
    "network.existing": {"network": _VPC},
    "network.proxy": {
        "network": {"proxy": {"url": "http://proxy.example.com:3128", "no_proxy": [".example.com"]}}
    },
    "network.ca_certificate_arns": {
        "network": {"ca_certificate_arns": [_ARN.format("secretsmanager", "secret:ca-AbCdEf")]}
    },
    "controller.environment": {"controller": {"environment": {"TEAM": "a"}}},
    "storage.transition_to_primary_on_access": {
        "storage": {
            "transition_to_ia_after": "AFTER_30_DAYS",
            "transition_to_primary_on_access": False,
        }
    },
    "storage.throughput_mode": {"storage": {"throughput_mode": "bursting"}},
    "storage.provisioned_throughput_mibps": {
        "storage": {"throughput_mode": "provisioned", "provisioned_throughput_mibps": 10}
    },
    "storage.performance_mode": {
        "storage": {"throughput_mode": "bursting", "performance_mode": "maxIO"}
    },
    "storage.encryption_key": {"storage": {"encryption_key": _KEY}},
    "storage.replication": {
        "storage": {"replication": {"region": "eu-west-1", "encryption_key": _KEY}}
    },
    "backup.encryption_key": {"backup": {"encryption_key": _KEY}},
    "backup.lock": {
        "backup": {
            "lock": {
                "mode": "compliance",
                "min_retention_days": 7,
                "max_retention_days": 200,
                "changeable_for_days": 3,
            }
        }
    },
    "backup.copy_to": {
        "backup": {
            "copy_to": {
                "region": "eu-west-1",
                "encryption_key": _KEY,
                "cold_storage_after_days": 10,
                "delete_after_days": 200,
            }
        }
    },
    "load_balancer.scheme": {"load_balancer": {"scheme": "internet-facing", **_TLS}},
    "load_balancer.existing": {
        "network": _VPC,
        "load_balancer": {
            "existing": {
                "listener_arn": _ARN.format("elasticloadbalancing", "listener/app/web/0a/0b"),
                "priority": 1000,
            },
            "domain_name": "ci.example.com",
            "security_group_ids": ["sg-0a1b2c3d"],
        },
    },
    "load_balancer.ip_address_type": {
        "network": _VPC,
        "load_balancer": {"ip_address_type": "dualstack"},
    },
    "load_balancer.zone_id": {
        "load_balancer": {"zone_id": "Z0123456789", "domain_name": "ci.example.com"}
    },
    "load_balancer.additional_domain_names": {
        "load_balancer": {
            **_TLS,
            "domain_name": "ci.example.com",
            "additional_domain_names": ["build.example.com"],
        }
    },
    "load_balancer.additional_certificate_arns": {
        "load_balancer": {
            **_TLS,
            "additional_certificate_arns": [_ARN.format("acm", "certificate/two")],
        }
    },
    "load_balancer.certificate": {"load_balancer": _TLS},
    "load_balancer.certificate.validation_zone_id": {
        "load_balancer": {
            "domain_name": "ci.example.com",
            "certificate": {"validation_zone_id": "Z0123456789"},
        }
    },
    **{
        f"sign_in.{name}": {
            "load_balancer": _TLS,
            "sign_in": {name: realm, "groups": [{"name": "ops", "role": "admin"}]},
        }
        for name, realm in REALMS.items()
    },
    "sign_in.saml.metadata_xml": {
        "load_balancer": _TLS,
        "sign_in": {
            "saml": {"metadata_xml": "<EntityDescriptor/>"},
            "groups": [{"name": "ops", "role": "admin"}],
        },
    },
    "sign_in.ldap.group_membership_filter": {
        "load_balancer": _TLS,
        "sign_in": {
            "ldap": {
                "server_url": "ldaps://ldap.example.com",
                "root_dn": "dc=example,dc=com",
                "group_membership_filter": "member={0}",
            },
            "groups": [{"name": "ops", "role": "admin"}],
        },
    },
    "sign_in.role_strategy": {
        "sign_in": {
            "role_strategy": {
                "item_roles": [
                    {
                        "name": "team",
                        "pattern": "team/.*",
                        "role": "viewer",
                        "permissions": ["Job/Build"],
                        "groups": ["team"],
                        "users": ["ann"],
                    }
                ]
            }
        }
    },
    "sign_in.load_balancer_oidc": {
        "load_balancer": _TLS,
        "sign_in": {"load_balancer_oidc": _BALANCER_OIDC},
    },
    "sign_in.groups": {"sign_in": {"groups": [{"name": "ops", "permissions": ["Job/Read"]}]}},
    "sign_in.users": {"sign_in": {"users": [{"name": "ann", "permissions": ["Job/Read"]}]}},
    "jenkins.extra_jcasc": {"jenkins": {"extra_jcasc": ["unclassified: {}"]}},
    "jenkins.build_discarder": {"jenkins": {"build_discarder": {"keep_builds": 9}}},
    "jenkins.tools": {"jenkins": {"tools": [_TOOL, _ARCHIVE]}},
    "jenkins.configuration_reload_seconds": {
        "jenkins": {"configuration_rollout": "reload", "configuration_reload_seconds": 90}
    },
    "usage_estimate.build_hours": {"usage_estimate": {"build_hours": {"linux": 10}}},
    "monitoring.log_key": {"monitoring": {"log_key": _KEY}},
    "jenkins.github": {
        "jenkins": {
            "github": {
                "app_id": "1234",
                "private_key_secret_arn": _ARN.format("secretsmanager", "secret:app-AbCdEf"),
                "organizations": ["acme"],
                "webhook_secret_arn": _ARN.format("secretsmanager", "secret:hooks-AbCdEf"),
            }
        }
    },
    "jenkins.gitlab": {
        "jenkins": {
            "gitlab": {
                "token_secret_arn": _ARN.format("secretsmanager", "secret:gitlab-AbCdEf"),
                "groups": ["acme/platform"],
                "webhook_secret_arn": _ARN.format("secretsmanager", "secret:hooks-AbCdEf"),
                "create_webhooks": True,
            }
        }
    },
    "jenkins.bitbucket": {
        "jenkins": {
            "bitbucket": {
                "token_secret_arn": _ARN.format("secretsmanager", "secret:bitbucket-AbCdEf"),
                "workspaces": ["acme"],
                "user_name": "ci",
                "url": "https://bitbucket.example.com",
                "webhook_secret_arn": _ARN.format("secretsmanager", "secret:hooks-AbCdEf"),
                "create_webhooks": True,
            }
        }
    },
    "jenkins.job_identity": {"jenkins": {"job_identity": {"roles": [_JOB_ROLE]}}},
    "webhooks": {"webhooks": _WEBHOOKS, "schedule": {}},
    "schedule.time_zone": {"schedule": {"time_zone": "Europe/Berlin"}},
    "schedule.windows": {"schedule": {"time_zone": "Europe/Berlin", "windows": [_WINDOW]}},
    "schedule.wake_cron": {"schedule": _CRON},
    "schedule.sleep_cron": {"schedule": _CRON},
    "schedule.holidays": {"schedule": {"time_zone": "Europe/Berlin", "holidays": ["2026-12-25"]}},
    "budget": {
        "budget": {
            "monthly_usd": 100,
            "threshold_percents": [50],
            "forecast": False,
            "email_addresses": ["ops@example.com"],
        }
    },
}
"""Values of inputs that require other inputs; a key also covers the inputs below it."""


class NoValueError(AssertionError):
    """No other value of an input is known."""


@dataclass
class Change:
    """Arguments that differ from a platform with no arguments.

    Attributes:
        paths: The inputs that they change.
    """

    paths: list[str]
    args: Args


def inputs() -> Iterator[Change]:
    """Every input, each changed alone.

    Raises:
        NoValueError: an input has no candidate that is valid alone.
    """
    for path, args in _inputs():
        if not _is_valid(args):
            raise NoValueError(f"the values of {path} in harness/changes.py are not valid")
        yield Change([path], args)


def together(found: Iterable[Change]) -> list[Change]:
    """The same changes, combined where they are valid together."""
    joined: list[Change] = []
    for change in found:
        for other in joined:
            merged = _merged(other.args, change.args)
            if merged is not None and _is_valid(merged):
                other.paths += change.paths
                other.args = merged
                break
        else:
            joined.append(Change(list(change.paths), change.args))
    return joined


def _merged(one: Args, other: Args) -> Args | None:
    """Both; None where they have different values for one input."""
    merged = dict(one)
    for key, value in other.items():
        mine = merged.get(key, value)
        if isinstance(mine, dict) and isinstance(value, dict):
            inner = _merged(mine, value)
            if inner is None:
                return None
            merged[key] = inner
        elif (
            isinstance(mine, list)
            and len(mine) == 1
            and isinstance(mine[0], dict)
            and mine != value
        ):
            inner = _merged(mine[0], value[0]) if len(value) == 1 else None
            if inner is None:
                return None
            merged[key] = [inner]
        elif mine != value:
            return None
        else:
            merged[key] = value
    return merged


def _inputs() -> Iterator[tuple[str, Args]]:
    """Every input with a value."""
    for key in JenkinsPlatformArgs.__annotations__:
        if key in BY_HAND:
            yield key, BY_HAND[key]
            continue
        yield from _field(Settings.model_fields[key], key, (key,))
        if key == "agents":
            yield from _fields(AgentTemplate, "agents[]", (key, 0))


Place = tuple[str | int, ...]


def _fields(group: type[Group], path: str, place: Place) -> Iterator[tuple[str, Args]]:
    """Required fields are set together with the group."""
    for name, field in group.model_fields.items():
        if not field.is_required():
            yield from _field(field, f"{path}.{name}", (*place, name))


def _field(field: FieldInfo, path: str, place: Place) -> Iterator[tuple[str, Args]]:
    inner = _group_in(field.annotation)
    by_hand = path in BY_HAND
    if by_hand:
        yield path, BY_HAND[path]
    elif not (inner and not field.is_required() and _is_plain(field)):
        yield path, _value(field, path, place)
    if inner and path != "agents" and not by_hand:
        many = _is_list(field.annotation)
        yield from _fields(inner, f"{path}[]" if many else path, (*place, *([0] if many else [])))


def _value(field: FieldInfo, path: str, place: Place) -> Args:
    """Arguments with a valid value that is not the default."""
    default = _arguments(place, None)
    for value in candidates(field.annotation, field.metadata, field.default):
        args = _arguments(place, value)
        if value != field.default and args != default and _is_valid(args):
            return args
    raise NoValueError(f"give a value for {path} in harness/changes.py")


def _is_valid(args: Args) -> bool:
    try:
        jcasc.check(Settings.from_args("jenkins", args))  # type: ignore[arg-type]
    except SettingsError:
        return False
    return True


def _arguments(place: Place, value: Any) -> Args:
    """Arguments with one value at its place, and the required fields of its groups."""
    root: Args = {}
    holder: Any = root
    for position, part in enumerate(place[:-1]):
        following = place[position + 1]
        group = _group_at(place[: position + 1])
        fresh: Any = [] if isinstance(following, int) else _required(group)
        if isinstance(part, int):
            holder.append(fresh)
        else:
            holder[part] = fresh
        holder = fresh
    if value is not None:
        holder[place[-1]] = value
    return root


def _group_at(place: Place) -> type[Group] | None:
    """The group at a place; None for a list or another type."""
    group: type[Group] | None = Settings
    for part in place:
        if isinstance(part, int) or group is None:
            continue
        group = _group_in(group.model_fields[part].annotation)
    return group


def _required(group: type[Group] | None) -> Args:
    """A group with only its required fields."""
    if group is None:
        return {}
    return {
        name: next(iter(candidates(field.annotation, field.metadata, None)))
        for name, field in group.model_fields.items()
        if field.is_required()
    }


def _group_in(annotation: Any) -> type[Group] | None:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, Group) else None
    return next((g for a in typing.get_args(annotation) if (g := _group_in(a))), None)


def _is_plain(field: FieldInfo) -> bool:
    """Whether a field is a required group, not a list or an optional one."""
    return isinstance(field.annotation, type) and issubclass(field.annotation, Group)


def _is_list(annotation: Any) -> bool:
    return typing.get_origin(annotation) is tuple or any(
        _is_list(a) for a in typing.get_args(annotation)
    )


def candidates(annotation: Any, metadata: Any = (), default: Any = None) -> Iterator[Any]:
    """Candidate values of a type."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        yield from candidates(arguments[0], (*arguments[1:], *metadata), default)
    elif origin in (typing.Union, types.UnionType):
        for argument in arguments:
            if argument is not type(None) and typing.get_origin(argument) is not Output:
                yield from candidates(argument, metadata, default)
    elif origin is tuple:
        yield from ([value] for value in candidates(arguments[0]))
    elif origin is dict:
        keys, values = candidates(arguments[0]), candidates(arguments[1])
        yield from ({k: v} for k, v in zip(keys, values, strict=False))
    elif isinstance(annotation, type):
        yield from _plain_candidates(annotation, metadata, default)


def _plain_candidates(kind: type, metadata: Any, default: Any) -> Iterator[Any]:
    if issubclass(kind, Group):
        yield _required(kind)
    elif issubclass(kind, Enum):
        yield from (member.value for member in kind)
    elif kind is bool:
        yield from (True, False)
    elif kind in (int, float):
        yield from _numbers(metadata, default)
    elif kind is str:
        yield from _texts(metadata)


def _numbers(metadata: Any, default: Any) -> Iterator[Any]:
    for item in metadata:
        values = _closure(item).get("values")
        if values:
            yield from values
    for name in ("ge", "le"):
        yield from (getattr(item, name) for item in metadata if hasattr(item, name))
    if isinstance(default, int | float) and not isinstance(default, bool):
        yield from (default + 1, default - 1, default * 2)


def _texts(metadata: Any) -> Iterator[str]:
    for item in metadata:
        if not isinstance(item, AfterValidator):
            continue
        yield from SUGGESTIONS.get(item.func.__name__, ())
        inside = _closure(item)
        if "compiled" in inside:
            yield from _matching(inside["compiled"].pattern)
        elif "service" in inside:
            region = "" if inside["place"].startswith(":") else "eu-central-1"
            (resource,) = _matching(inside["resource"])
            yield f"arn:aws:{inside['service']}:{region}:123456789012:{resource}"
    yield from ("one", "two")


@functools.cache
def _matching(pattern: str) -> tuple[str, ...]:
    """A text that a pattern matches."""
    texts = strategies.from_regex(pattern, fullmatch=True)
    once = hypothesis.settings(
        derandomize=True, database=None, deadline=None, phases=[hypothesis.Phase.generate]
    )
    return (hypothesis.find(texts, lambda _: True, settings=once),)


def _closure(validator: Any) -> Mapping[str, Any]:
    """The variables that a validator closes over."""
    function = getattr(validator, "func", None)
    return inspect.getclosurevars(function).nonlocals if inspect.isfunction(function) else {}
