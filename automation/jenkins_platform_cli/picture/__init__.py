"""The picture of a platform on AWS."""
