"""The checks of ``jenkins-platform check``."""
