"""What ``jenkins-platform check`` looks at."""
