"""Fields of a form that take words as people type them."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import Field

from assessment.practice.intake.clean_text import one_line, paragraphs


class OneLine(Field):  # type: ignore[misc]  # WTForms has no types
    """Words on one line; `data` has none of the signs that no keyboard types."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take what was sent; of several values the first."""
        self.data = self.cleaned(valuelist[0]) if valuelist else ""

    def cleaned(self, text: str) -> str:
        """Return the words with single spaces."""
        return one_line(text)

    @property
    def text(self) -> str:
        """What was typed; empty where nothing was sent."""
        return self.data or ""


class Paragraphs(OneLine):
    """Words on several lines."""

    def cleaned(self, text: str) -> str:
        """Return the words with their lines."""
        return paragraphs(text)
