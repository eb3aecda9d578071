"""Words that a person reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One user-facing text.

    `carer` is the form for somebody who answers for another person ("they" for "you");
    where there is none, `text` serves both.
    """

    text: str
    carer: str | None = None

    def to(self, *, carer: bool) -> str:
        """Return the words for a carer, or for the person themselves."""
        return self.carer if carer and self.carer is not None else self.text


NO_TEXT = Text("")
