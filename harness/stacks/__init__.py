"""Stacks, programs and commands on the real engine or against mocks."""
