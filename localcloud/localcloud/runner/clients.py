"""What the runner uses of the emulated AWS: plain boto3, as any user of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore.config import Config

from .. import moto_speed

INTERNAL_KEY = "localcloud"
"""Access key of the embedded cloud itself and of who runs it: may do everything."""


_session = botocore.session.Session()
_session.register_component("data_loader", moto_speed.loader())
_lock = threading.Lock()


class Clients:
    """Clients by service and region.

    Args:
        endpoint: URL of the emulated AWS.
        credentials: Of whom they act for, as STS answers. Default: the embedded cloud itself.
    """

    def __init__(self, endpoint: str, credentials: Mapping[str, Any] | None = None) -> None:
        self.endpoint = endpoint
        self._credentials = {
            "aws_access_key_id": INTERNAL_KEY,
            "aws_secret_access_key": INTERNAL_KEY,
        }
        if credentials:
            self._credentials = {
                "aws_access_key_id": credentials["AccessKeyId"],
                "aws_secret_access_key": credentials["SecretAccessKey"],
                "aws_session_token": credentials["SessionToken"],
            }
        self._made: dict[tuple[str, str], Any] = {}

    def get(self, service: str, region: str) -> Any:
        with _lock:
            if (service, region) not in self._made:
                self._made[service, region] = _session.create_client(
                    service,
                    region_name=region,
                    endpoint_url=self.endpoint,
                    **self._credentials,
                    # Many tasks at a time share a client.
                    config=Config(max_pool_connections=50),
                )
            return self._made[service, region]
