"""Accounts of a clinic's staff, and what its owner chooses."""
