"""Policy documents as pure functions: the one place to review who may do what."""
