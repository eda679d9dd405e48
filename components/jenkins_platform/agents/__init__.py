"""The agents: cluster, task definitions, connection to the controller, reaper."""
