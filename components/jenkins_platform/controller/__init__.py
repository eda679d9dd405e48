"""The controller: service, configuration, secrets."""
