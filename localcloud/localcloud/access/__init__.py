"""IAM, enforced for calls that are made with the credentials of tasks and functions."""
