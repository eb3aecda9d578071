"""Passwords that cost a test next to nothing."""

from __future__ import annotations

from assessment.practice.staff.passwords import Cost, Passwords

CHEAP = Passwords(Cost(memory=8, rounds=1, lanes=1))
