"""The container images: repositories, builds, references."""
