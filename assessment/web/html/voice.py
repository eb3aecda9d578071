"""Whom a page speaks to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assessment.engine.text import Text


@dataclass(frozen=True, slots=True)
class Voice:
    """A reader: somebody who answers for another person (`carer`), or for a clinic (`invited`)."""

    carer: bool = False
    invited: bool = False

    @property
    def who(self) -> str:
        """How the person in pain is spoken of."""
        return "they" if self.carer else "you"

    def says(self, text: Text) -> str:
        """Return a text in the form for this reader."""
        return text.to(carer=self.carer, invited=self.invited)

    def each(self, texts: Iterable[Text]) -> tuple[str, ...]:
        """Return every one of these texts."""
        return tuple(self.says(text) for text in texts)

    def lines(self, text: Text | None) -> tuple[str, ...]:
        """Return the lines of a text that has several; none where there is no text."""
        words = "" if text is None else self.says(text)
        return tuple(line.strip() for line in words.splitlines() if line.strip())


ANYBODY = Voice()
