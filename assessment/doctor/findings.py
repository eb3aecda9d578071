"""What a check found, as a line for the operator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How something is; what could not be looked at is not well."""

    WELL = "well"
    TO_DO = "to do"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what it is about, how that is, and what to do where it is not well.

    It holds nothing of people, no secret and no link.
    """

    about: str
    state: State
    says: str
    do: str = ""

    def __str__(self) -> str:
        advice = f" -> {self.do}" if self.do else ""
        return f"{self.state.value:<11}  {self.about}: {self.says}{advice}"


def well(about: str, says: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(about, State.WELL, says)


def to_do(about: str, says: str, do: str) -> Finding:
    """Return that something has to be done."""
    return Finding(about, State.TO_DO, says, do)


def cannot_tell(about: str, says: str, do: str = "") -> Finding:
    """Return that something could not be looked at."""
    return Finding(about, State.UNKNOWN, says, do)


def many(number: float, what: str) -> str:
    """Return a number, rounded, with what was counted: "1 day", "2 days"."""
    whole = round(number)
    return f"{whole} {what}" if whole == 1 else f"{whole} {what}s"


def all_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing is to be done, and everything could be looked at."""
    return all(one.state is State.WELL for one in findings)
