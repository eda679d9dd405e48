"""Where calls go: the configured providers, their accounts and regions, and the clients."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

import botocore.config
import botocore.session
from pulumi.runtime.rpc import UNKNOWN

from .. import moto_speed
from .protocol import Properties, ProviderError
from .provider_tags import NO_TAGS, ProviderTags, structured

OPERATION_HEADER = "X-Localcloud-Operation"
"""Names the operation of a request for the emulator, so that a test can make it fail."""

_OPTIONS = {
    "region",
    "assumeRoles",
    "allowedAccountIds",
    "forbiddenAccountIds",
    "defaultTags",
    "ignoreTags",
    "version",
    "pluginDownloadURL",
}
_OPTIONS_LEFT_OUT = {
    "accessKey",
    "customCaBundle",
    "ec2MetadataServiceEndpoint",
    "ec2MetadataServiceEndpointMode",
    "httpProxy",
    "httpsProxy",
    "maxRetries",
    "noProxy",
    "profile",
    "retryMode",
    "s3UsEast1RegionalEndpoint",
    "secretKey",
    "sharedConfigFiles",
    "sharedCredentialsFiles",
    "skipCredentialsValidation",
    "skipMetadataApiCheck",
    "skipRegionValidation",
    "skipRequestingAccountId",
    "stsRegion",
    "token",
    "tokenBucketRateLimiterCapacity",
    "useDualstackEndpoint",
    "useFipsEndpoint",
    "userAgents",
}
"""How AWS is reached and with which credentials, which the embedded cloud decides itself."""


@dataclass(frozen=True)
class Account:
    """Where one configured provider works."""

    region: str
    credentials: tuple[str, str, str | None] = ("localcloud", "localcloud", None)
    id: str = ""
    tags: ProviderTags = NO_TAGS


class Accounts:
    """The account of every configured provider, and one client for each service and account."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._session = botocore.session.Session()
        self._session.register_component("data_loader", moto_speed.loader())
        self._configured: dict[str, Account] = {}
        self._clients: dict[tuple[str, Account], Any] = {}
        self._lock = threading.Lock()

    @staticmethod
    def check(inputs: Properties) -> dict[str, str]:
        """Reasons, by option, why a provider cannot be configured so."""
        failures = {
            key: f"the embedded cloud's aws provider has no option '{key}'"
            for key in inputs.keys() - _OPTIONS - _OPTIONS_LEFT_OUT
        }
        if not inputs.get("region"):
            failures["region"] = "aws:region is not set; set it to a region such as 'eu-central-1'"
        return failures

    def configure(self, instance: str, inputs: Properties) -> None:
        """Take on the provider's roles, one after the other.

        Raises:
            ProviderError: the account is not allowed.
        """
        account = Account(region=inputs["region"], tags=ProviderTags.of(inputs))
        for role in structured(inputs.get("assumeRoles")) or []:
            if not role.get("roleArn"):
                raise ProviderError(f"aws:assumeRoles has an entry without 'roleArn': {role}")
            session = role.get("sessionName") or "localcloud"
            given = self.client("sts", account).assume_role(
                RoleArn=role["roleArn"], RoleSessionName=session
            )
            keys = given["Credentials"]
            credentials = (keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
            account = replace(account, credentials=credentials)
        number = self.client("sts", account).get_caller_identity()["Account"]
        allowed = structured(inputs.get("allowedAccountIds"))
        if allowed and number not in allowed:
            raise ProviderError(f"account {number} is none of allowedAccountIds {allowed}")
        forbidden = structured(inputs.get("forbiddenAccountIds"))
        if number in (forbidden or ()):
            raise ProviderError(f"account {number} is one of forbiddenAccountIds {forbidden}")
        self._configured[instance] = replace(account, id=number)

    def of(self, instance: str, inputs: Properties) -> Account:
        """The account and region in which a resource lives."""
        account = self._configured.get(instance)
        if account is None:
            raise ProviderError("the connection to the engine was lost; run the command again")
        region = inputs.get("region")
        return replace(account, region=region) if region and region != UNKNOWN else account

    def client(self, service: str, account: Account) -> Any:
        """A client; clients serve all threads."""
        with self._lock:
            key = (service, account)
            if key not in self._clients:
                access, secret, token = account.credentials
                client = self._session.create_client(
                    service,
                    region_name=account.region,
                    endpoint_url=self._endpoint,
                    aws_access_key_id=access,
                    aws_secret_access_key=secret,
                    aws_session_token=token,
                    config=botocore.config.Config(
                        retries={"mode": "standard", "max_attempts": 6},
                        max_pool_connections=50,
                        parameter_validation=False,  # `calls` does it, for recorded calls too
                    ),
                )
                client.meta.events.register("request-created", _name_operation)
                self._clients[key] = client
            return self._clients[key]


def _name_operation(request: Any, operation_name: str, **_: Any) -> None:
    request.headers[OPERATION_HEADER] = operation_name
