"""The VPC, its security groups, endpoints and flow logs."""
