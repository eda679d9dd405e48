"""The code of the platform's Lambda functions: Python's standard library and boto3, nothing else.

Each module has a ``handler``, and reads all that it must know from its environment. The modules
are packed as they stand here, see `jenkins_platform.base.lambda_function`.
"""
