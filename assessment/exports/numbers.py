"""Telephone numbers for help, where nobody has set others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number and where it works."""

    number: str
    where: str

    @property
    def tel(self) -> str:
        """The number for a `tel:` link."""
        from assessment.exports.phones import dialled  # a large library, which few commands need

        return dialled(self.number)

    def __str__(self) -> str:
        return f"{self.number} ({self.where})"


EMERGENCY_NUMBERS = (
    Number("112", "Europe"),
    Number("999", "UK"),
    Number("911", "US and Canada"),
)
SAME_DAY_NUMBERS = (Number("111", "Great Britain"),)
