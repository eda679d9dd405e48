"""Small servers that tests start."""
