"""The pages of the documentation, parsed and compared with the code."""
