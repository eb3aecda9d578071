"""What `unsent.html` shows: nothing was sent, and nothing that was typed is lost."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.web.html.pages import ErrorPage


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed so far, to be shown again.

    `own` answers the clinic's own questions, `measures` are pain and activities.
    """

    name: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    phone: str = ""
    message: str = ""
    agrees: bool = False
    sure: str = ""
    signed: str = ""
    own: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that would be missed."""
        about = self.name or self.born or self.phone or self.message or self.signed
        return not (about or self.own or self.measures)

    @property
    def born(self) -> str:
        """The date of birth as it was typed, whether or not it is one."""
        return " ".join(part for part in (self.day, self.month, self.year) if part)


@dataclass(frozen=True, slots=True)
class UnsentPage:
    """`unsent.html`: nothing was sent, why, and what was typed.

    What was typed is on this page and nowhere else. `emergency`: the result is one. `again` are
    the fields, by name, of a form that one press sends once more; empty where that cannot help.
    """

    says: ErrorPage
    typed: Typed
    emergency: bool
    again: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        """What happened."""
        return self.says.title
