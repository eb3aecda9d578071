"""Words that a person reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One user-facing text.

    `carer` is the form for somebody who answers for another person ("they" for "you"), `invited`
    that for somebody who answers a clinic's link and so has a visit already; `carer_invited` is
    for who is both. Where a form is missing, the nearest serves.
    """

    text: str
    carer: str | None = None
    invited: str | None = None
    carer_invited: str | None = None

    def to(self, *, carer: bool, invited: bool = False) -> str:
        """Return the words for a carer, or for the person themselves."""
        if not (carer or invited):  # as most are read, and a page has hundreds
            return self.text
        forms = []
        if invited:
            forms = [self.carer_invited, self.invited] if carer else [self.invited]
        if carer:
            forms.append(self.carer)
        return next((form for form in forms if form is not None), self.text)


NO_TEXT = Text("")
