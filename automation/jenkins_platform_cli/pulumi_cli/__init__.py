"""Find a Pulumi CLI, or build one from source."""
