"""The rule engine: pure Python, standard library only. See README.md in this folder."""
