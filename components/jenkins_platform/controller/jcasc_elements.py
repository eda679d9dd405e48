"""Names in JCasC documents that the platform's plugins do not have, with those that were probably
meant, and secrets in plain text.

Jenkins does not start with an unknown root element or attribute. Other plugins may have those that
are not in the lists here, so they result in warnings, never in errors.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator

import yaml

from ..settings.validation.secret_names import names_place_of_secret, names_secret
from .jcasc_merge import Path, composed


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ROOTS = _names(
    "appearance configuration-as-code credentials jenkins jobs security tool unclassified"
)
"""Root elements: those of Jenkins's categories (GlobalConfigurationCategory), of the plugins
configuration-as-code, credentials and job-dsl."""
_ECS = ("jenkins", "clouds", "ecs")
COMPLETE: dict[Path, frozenset[str]] = {
    _ECS: _names(
        "allowedOverrides assumedRoleArn cluster credentialsId jenkinsUrl maxAgents "
        "maxCpu maxMemory maxMemoryReservation name numExecutors regionName "
        "retainAgents retentionTimeout slaveTimeoutInSeconds "
        "taskPollingIntervalInSeconds templates tunnel"
    ),
    (*_ECS, "templates"): _names(
        "agentContainerName assignPublicIp capacityProviderStrategies containerUser cpu "
        "cpuArchitecture defaultCapacityProvider dnsSearchDomains "
        "dynamicTaskDefinitionOverride efsMountPoints enableExecuteCommand entrypoint "
        "environments ephemeralStorageSizeInGiB executionRole extraHosts image "
        "inheritFrom jvmArgs kernelCapabilities label launchType logDriver "
        "logDriverOptions memory memoryReservation mountPoints networkMode "
        "operatingSystemFamily placementStrategies platformVersion portMappings "
        "privileged remoteFSRoot repositoryCredentials securityGroups sharedMemorySize "
        "subnets tags taskDefinitionOverride taskrole templateName ulimits "
        "uniqueRemoteFSRoot"
    ),
    ("configuration-as-code",): _names("deprecated restricted unknown version"),
    ("unclassified", "location"): frozenset(("adminAddress", "url")),
}
"""All attributes of an element, by its path; lists add no step. Those of amazon-ecs
1.49 (ECSCloud and ECSTaskTemplate), of configuration-as-code, and of Jenkins."""
FREQUENT: dict[Path, frozenset[str]] = {
    ("jenkins",): _names(
        "authorizationStrategy clouds crumbIssuer disableRememberMe "
        "disabledAdministrativeMonitors globalNodeProperties labelAtoms labelString log "
        "markupFormatter mode myViewsTabBar noUsageStatistics nodeMonitors nodes "
        "numExecutors primaryView projectNamingStrategy proxy quietPeriod "
        "remotingSecurity scmCheckoutRetryCount securityRealm slaveAgentPort "
        "systemMessage updateCenter views viewsTabBar"
    ),
    ("unclassified",): _names(
        "artifactManager awsCredentialsProvider bitbucketEndpointConfiguration buildDiscarders "
        "fingerprints gitHubPluginConfig gitLabServers gitSCM globalDefaultFlowDurabilityLevel "
        "globalLibraries junitTestResultStorage location mailer openTelemetry pollSCM "
        "prometheusConfiguration timestamper"
    ),
    ("security",): _names(
        "apiToken gitHostKeyVerificationConfiguration globalJobDslSecurityConfiguration "
        "queueItemAuthenticator scriptApproval sSHD"
    ),
    ("tool",): _names("ant git gradle jdk maven nodejs"),
}
"""Attributes that plugins add to. A name is only reported if it is similar to one of these."""


def unknown(texts: Collection[str]) -> Iterator[str]:
    """Warnings about names of valid documents that the platform's plugins do not have."""
    for index, text in enumerate(texts):
        node = composed(text)
        if isinstance(node, yaml.MappingNode):
            where = f"jenkins.extra_jcasc[{index}]"
            yield from _unknown_roots(node, where)
            for key, value in node.value:
                yield from _unknown_attributes(value, (key.value,), where)


def _unknown_roots(node: yaml.MappingNode, where: str) -> Iterator[str]:
    for key, _ in node.value:
        name = key.value
        if name not in ROOTS and not name.startswith("x-"):
            yield (
                f"{where}: '{name}' (line {key.start_mark.line + 1}) is not a root element of "
                f"Jenkins or the platform's plugins. {_hint(name, ROOTS)}Jenkins does not start "
                "unless another plugin has it."
            )


def _unknown_attributes(node: yaml.Node, path: Path, where: str) -> Iterator[str]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _unknown_attributes(item, path, where)
    if not isinstance(node, yaml.MappingNode):
        return
    complete = COMPLETE.get(path)
    known = complete or FREQUENT.get(path, frozenset())
    names = {name.lower() for name in known}
    for key, value in node.value:
        name = key.value
        hint = _hint(name, known)
        # Attributes are case-insensitive.
        if known and name.lower() not in names and (complete or hint):
            yield (
                f"{where}: '{'.'.join((*path, name))}' (line {key.start_mark.line + 1}) is not an "
                f"attribute of Jenkins or the platform's plugins. {hint}Jenkins does not start "
                "unless another plugin has it."
            )
        yield from _unknown_attributes(value, (*path, name), where)


def plain_secrets(texts: Collection[str]) -> Iterator[str]:
    """Warnings about attributes of valid documents that are named like a secret and contain the
    text itself instead of a reference."""
    for index, text in enumerate(texts):
        node = composed(text)
        for path, value in _texts(node, ()) if node else ():
            name = path[-1]
            if names_secret(name) and not names_place_of_secret(name) and "${" not in value.value:
                yield (
                    f"jenkins.extra_jcasc[{index}]: '{'.'.join(path)}' (line "
                    f"{value.start_mark.line + 1}) seems to be a secret. It is readable in S3 and "
                    "in the state. Use `jenkins.secrets` and write ${NAME} instead."
                )


def _texts(node: yaml.Node, path: Path) -> Iterator[tuple[Path, yaml.ScalarNode]]:
    """The texts in a document that are not empty, each with its path."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _texts(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _texts(item, path)
    elif isinstance(node, yaml.ScalarNode) and node.tag.endswith((":str", ":int")) and node.value:
        yield path, node


def _hint(name: str, known: Collection[str]) -> str:
    names = {other.lower(): other for other in known}
    close = difflib.get_close_matches(name.lower(), sorted(names), n=1, cutoff=0.75)
    return f"Did you mean '{names[close[0]]}'? " if close else ""
