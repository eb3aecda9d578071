"""The form that goes with answers that are sent: who it is, a message, and the agreement."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Sequence

from werkzeug.datastructures import MultiDict
from wtforms import Field, ValidationError

from assessment.web.forms import TokenForm
from assessment.web.send_pages import Fault, Typed

LONGEST_NAME = 100
LONGEST_MESSAGE = 2000
OLDEST = 125
"""Years; nobody has become older."""
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of writing, and could make a name look like another."""

NO_CONSENT = "Tick the box if you agree. We can't send anything without it"
OTHER_CONSENT = "These words have changed. Please read them again, then tick the box"
NO_NAME = "Enter a name"
LONG_NAME = f"Enter a name of at most {LONGEST_NAME} characters"
NO_DATE = "Enter a real date, such as 31 3 1980"


class OneLine(Field):  # type: ignore[misc]  # WTForms has no types
    """Words on one line; `data` has none of the signs that no keyboard types."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take what was sent; of several values the first."""
        self.data = self.cleaned(valuelist[0]) if valuelist else ""

    def cleaned(self, text: str) -> str:
        """Return the words with single spaces."""
        return " ".join(_visible(text).split())

    @property
    def text(self) -> str:
        """What was typed; empty where nothing was sent."""
        return self.data or ""


class Paragraphs(OneLine):
    """Words on several lines."""

    def cleaned(self, text: str) -> str:
        """Return the words with their lines."""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return "\n".join(map(_visible, lines)).strip()


class SendForm(TokenForm):
    """What somebody fills in to send their answers.

    `mark` stands for the words of the agreement, `today` bounds the date of birth.
    """

    name = OneLine()
    day = OneLine()
    month = OneLine()
    year = OneLine()
    message = Paragraphs()
    consent = OneLine()

    def __init__(
        self, sent: MultiDict[str, str] | None, mark: str, today: datetime.date, token: str
    ) -> None:
        self._mark = mark
        self._today = today
        self._birth: datetime.date | None = None
        self._wrong: tuple[str, ...] = ()
        super().__init__(sent, meta={"csrf_context": token})

    @property
    def birth(self) -> str:
        """The date of birth as YYYY-MM-DD, or nothing; known after `validate`."""
        return "" if self._birth is None else self._birth.isoformat()

    @property
    def typed(self) -> Typed:
        """What was typed, to be shown again."""
        return Typed(
            name=self.name.text,
            day=self.day.text,
            month=self.month.text,
            year=self.year.text,
            message=self.message.text,
            agrees=self.consent.text == self._mark,
        )

    @property
    def wrong(self) -> tuple[str, ...]:
        """The inputs of the date that have to be looked at; known after `validate`."""
        return self._wrong

    @property
    def faults(self) -> dict[str, Fault]:
        """What is wrong, in the order of the page; known after `validate`."""
        first = {"day": (*self._wrong, "day")[0]}
        names = ("name", "day", "message", "consent")
        return {
            "birth" if name == "day" else name: Fault(first.get(name, name), self[name].errors[0])
            for name in names
            if self[name].errors
        }

    def validate_name(self, field: OneLine) -> None:
        """Raise ValidationError when there is none, or no one has such a long one."""
        if not any(map(str.isalnum, field.text)):
            raise ValidationError(NO_NAME)
        if len(field.text) > LONGEST_NAME:
            raise ValidationError(LONG_NAME)

    def validate_day(self, field: OneLine) -> None:
        """Raise ValidationError when the three parts are neither empty nor a date."""
        typed = {"day": field.text, "month": self.month.text, "year": self.year.text}
        missing = tuple(name for name, value in typed.items() if not value)
        if len(missing) == len(typed):
            return
        if missing:
            self._wrong = missing
            raise ValidationError(f"The date of birth must include a {' and a '.join(missing)}")
        self._birth = self._date(typed)

    def validate_message(self, field: OneLine) -> None:
        """Raise ValidationError when it is too long."""
        if len(field.text) > LONGEST_MESSAGE:
            most, over = f"{LONGEST_MESSAGE:,}", f"{len(field.text) - LONGEST_MESSAGE:,}"
            raise ValidationError(f"Shorten this to {most} characters: it has {over} too many")

    def validate_consent(self, field: OneLine) -> None:
        """Raise ValidationError unless exactly the words shown were agreed to."""
        if field.text != self._mark:
            raise ValidationError(OTHER_CONSENT if field.text else NO_CONSENT)

    def _date(self, typed: dict[str, str]) -> datetime.date:
        self._wrong = ("day", "month", "year")
        try:
            parts = [_whole(typed[name]) for name in ("year", "month", "day")]
            date = datetime.date(*parts)
        except ValueError:
            raise ValidationError(NO_DATE) from None
        if date > self._today:
            raise ValidationError("The date of birth must be in the past")
        if date.year < self._today.year - OLDEST:
            self._wrong = ("year",)
            raise ValidationError("Enter the year of birth with four digits, such as 1980")
        self._wrong = ()
        return date


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        raise ValueError("no number")
    return int(text)


def _visible(text: str) -> str:
    """Leave out control characters, of which a tab becomes a space, and turns of direction."""
    text = text.replace("\t", " ")
    return "".join(
        one for one in text if one not in _TURNS and unicodedata.category(one) not in ("Cc", "Cs")
    )
