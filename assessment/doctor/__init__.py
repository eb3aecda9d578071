"""Looks at an installation from outside, and says what is well, what is not, and what to do."""
