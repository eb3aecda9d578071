"""A decision as something to keep: PDF."""
