"""The API: JSON for other programs of a clinic, which come with a key."""
