"""Alarms, dashboard, events, notifications, budget."""
