"""Checks of the settings as a whole."""
