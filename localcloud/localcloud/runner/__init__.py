"""Runs what the emulated AWS only describes: tasks, load balancers, functions, schedules."""
