"""Names in JCasC documents that the platform's plugins do not have, and which were probably meant.

Jenkins does not start with an unknown root element or attribute. Other plugins may have those that
are not in the lists here, so they result in warnings, never in errors.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator

import yaml

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


def _hint(name: str, known: Collection[str]) -> str:
    names = {other.lower(): other for other in known}
    close = difflib.get_close_matches(name.lower(), sorted(names), n=1, cutoff=0.75)
    return f"Did you mean '{names[close[0]]}'? " if close else ""
