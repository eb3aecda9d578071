"""Telephone numbers for help, where nobody has set others."""

from __future__ import annotations

from dataclasses import dataclass


def dialled(number: str) -> str:
    """Return what follows `tel:` in a link: digits, and a plus where there is one."""
    return "".join(c for c in number if c in "+0123456789")


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number and where it works."""

    number: str
    where: str

    @property
    def tel(self) -> str:
        """The number for a `tel:` link."""
        return dialled(self.number)

    def __str__(self) -> str:
        return f"{self.number} ({self.where})"


EMERGENCY_NUMBERS = (
    Number("112", "Europe"),
    Number("999", "UK"),
    Number("911", "US and Canada"),
)
SAME_DAY_NUMBERS = (Number("111", "UK"),)
