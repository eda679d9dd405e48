"""Hosts `JenkinsPlatform` for programs in TypeScript, Go, C#, Java, YAML and Python."""

import sys

from jenkins_platform.provider import PlatformProvider
from pulumi.provider.server import main

if __name__ == "__main__":
    main(PlatformProvider(), sys.argv[1:])
