"""The embedded cloud: an emulated AWS that the real Pulumi engine can deploy to.

It knows AWS and Pulumi, never Jenkins. See ``localcloud/README.md``.
"""
