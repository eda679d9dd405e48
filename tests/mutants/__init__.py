"""Mutation tests: single wrong changes of the component, each of which a unit test must notice."""
