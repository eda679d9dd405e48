"""The code of the platform's Lambda functions, which uses only the standard library and boto3.

Modules with a ``handler`` read their configuration from environment variables. The modules are
packaged unchanged, see `jenkins_platform.base.lambda_function`.
"""
