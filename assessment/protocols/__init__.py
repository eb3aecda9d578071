"""YAML folders read into engine types, with file, line and column in every error."""
