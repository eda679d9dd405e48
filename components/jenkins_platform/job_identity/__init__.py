"""The AWS identity of jobs: an OpenID Connect provider, and roles that trust jobs."""
