"""A Docker daemon of the tests, the platform's images on stand-in bases, and tasks on them."""
