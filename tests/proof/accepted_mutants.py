"""Faults that are not noticed as they should be, each with the reason why that is accepted.

An entry for what is noticed now fails `make mutants`.
"""

from __future__ import annotations

from tests.proof.mutant import Fault

ACCEPTED: dict[str, str] = {}
"""Single mutants, by id."""

OPEN: dict[Fault, str] = {}
"""Kinds of faults with a hole that is known; the score by kind is published with them."""
