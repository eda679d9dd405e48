"""The ``jenkins-platform`` command: the platform driven by Pulumi's Automation API."""
