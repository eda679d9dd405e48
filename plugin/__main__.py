"""Hosts `JenkinsPlatform` for programs in TypeScript, Go, C#, Java, YAML and Python."""

import sys
from importlib.metadata import version
from typing import Any

from jenkins_platform import JenkinsPlatform, SettingsError
from pulumi import InputPropertiesError
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.provider import ConstructResult
from pulumi.provider.server import ComponentInitError, main


class PlatformProvider(ComponentProvider):
    """The SDK's host, but invalid inputs are reported as such instead of as a crash."""

    def construct(self, *args: Any, **kwargs: Any) -> ConstructResult:
        try:
            return super().construct(*args, **kwargs)
        except ComponentInitError as error:
            if isinstance(error.inner, SettingsError):
                raise InputPropertiesError(
                    "",
                    [{"property_path": p.key, "reason": p.message} for p in error.inner.problems],
                ) from None
            raise


if __name__ == "__main__":
    main(
        PlatformProvider(
            [JenkinsPlatform],
            name="jenkins-platform",
            namespace=None,
            version=version("jenkins-platform"),
        ),
        sys.argv[1:],
    )
