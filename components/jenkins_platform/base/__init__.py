"""What every sub-component builds on: context, roles, log groups, keys, buckets, functions."""
