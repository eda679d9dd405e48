"""Runs of the Pulumi engine: stack, project, progress, recovery from a killed run."""
