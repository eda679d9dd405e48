"""The load balancer in front of Jenkins: listeners, rules, certificate, web ACL."""
