"""The provider packages ``aws``, ``random`` and ``docker``, as gRPC services for the engine."""
