"""The file system that holds the Jenkins home, and its backups."""
