"""Facts of AWS, Jenkins and this package that need no settings."""
