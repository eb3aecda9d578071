"""The form that goes with answers that are sent: who it is, a message, and the agreement."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

from assessment.engine.answers import Answers
from assessment.engine.questions import AGE
from assessment.exports.ages import Contradiction, contradiction
from assessment.exports.dates import UTC, Calendar, day_in_words
from assessment.exports.phones import read_phone
from assessment.practice.intake.clean_text import is_name
from assessment.records.own_questions import OwnQuestions
from assessment.web.html.unsent import Typed
from assessment.web.intake.birth import NoBirth, read_birth
from assessment.web.intake.measure_form import MeasureForm
from assessment.web.intake.own_form import OwnForm
from assessment.web.intake.send_pages import Fault
from assessment.web.intake.text_fields import OneLine, Paragraphs
from assessment.web.walk.forms import WalkForm

LONGEST_NAME = 100
LONGEST_PHONE = 40
LONGEST_MESSAGE = 2000
NO_CONSENT = "Tick the box if you agree. We can't send anything without it"
OTHER_CONSENT = "This page has changed. Please read it again, then tick the box"
NO_SIGNATURE = "Type your name to sign what you agree to"
NO_GUARDIAN = "A parent or guardian has to sign, with their own name"
NO_NAME = "Enter a name"
LONG_NAME = f"Enter a name of at most {LONGEST_NAME} characters"
NO_PHONE = "Enter a telephone number, such as +44 7700 900123, or leave it out"
TYPED_PHONE = "Telephone, as typed"
TYPED_BIRTH = "Date of birth, as typed"
TYPED_ANSWER = "Told in answer to something that is no longer asked"
NOT_ASKED = "Something you filled in is no longer asked for. See what it was, then press Send again"


@dataclass(frozen=True, slots=True)
class Held:
    """What a form is held against.

    `mark` stands for the words of the agreement, `now` (Unix seconds) bounds the date of birth by
    the `calendar`, and `answers` may contradict it. `carer`: somebody answered for another
    person. Who is younger than `of_age` years has a guardian sign; where no age is known, who
    `was_minor` before has. `own` is what the clinic asks
    of its own accord, where it does. `measures` are activities to begin with where the short
    measures are asked; None where they are not. `urgent`: nothing that may be left out holds it up.
    `asks_phone`: a telephone number may be given, of that `country` where it begins with no other.
    """

    mark: str
    now: float
    answers: Answers = field(default_factory=dict)
    carer: bool = False
    calendar: Calendar = UTC
    of_age: int = 18
    was_minor: bool = False
    own: OwnQuestions | None = None
    measures: tuple[str, ...] | None = None
    urgent: bool = False
    asks_phone: bool = False
    country: str | None = None

    @property
    def today(self) -> datetime.date:
        """The last day on which anybody can be born."""
        return self.calendar.date(int(self.now))


class SendForm(WalkForm):
    """What somebody fills in to send their answers."""

    name = OneLine()
    day = OneLine()
    month = OneLine()
    year = OneLine()
    phone = OneLine()
    message = Paragraphs()
    consent = OneLine()
    signed = OneLine()
    sure = OneLine()

    def __init__(self, sent: MultiDict[str, str] | None, held: Held) -> None:
        self._held = held
        self._birth: datetime.date | None = None
        self._wrong: tuple[str, ...] = ()
        self._phone = ""
        self.own = OwnForm(held.own, sent, urgent=held.urgent)
        self.measures = MeasureForm(held.measures, sent, urgent=held.urgent)
        super().__init__(sent)

    @property
    def birth(self) -> str:
        """The date of birth as YYYY-MM-DD, or nothing; known after `validate`."""
        return "" if self._birth is None else self._birth.isoformat()

    @property
    def phone_kept(self) -> str:
        """The telephone number as it is kept, or nothing; known after `validate`."""
        return self._phone

    @property
    def message_kept(self) -> str:
        """The message as it is kept; known after `validate`.

        Where help cannot wait, what has no other place reaches the clinic with it: a date of birth
        or a number that could not be read, and answers to what is no longer asked.
        """
        told = self.told_in_vain if self._held.urgent else ()
        return "\n\n".join([*self._message, *(f"{TYPED_ANSWER}: {text}" for text in told)])

    @property
    def message_while_asked(self) -> str:
        """The message as it was kept while everything on the page was still asked."""
        return "\n\n".join(self._message)

    @property
    def _message(self) -> list[str]:
        birth = "" if self._birth else self.typed.born
        number = "" if self._phone else self.phone.text
        unread = ((TYPED_BIRTH, birth), (TYPED_PHONE, number)) if self._held.urgent else ()
        lines = (f"{what}: {typed}" for what, typed in unread if typed)
        return [text for text in (self.message.text, *lines) if text]

    @property
    def typed(self) -> Typed:
        """What was typed, to be shown again."""
        return Typed(
            name=self.name.text,
            day=self.day.text,
            month=self.month.text,
            year=self.year.text,
            phone=self.phone.text,
            message=self.message.text,
            agrees=self.consent.text == self._held.mark,
            sure=self.sure.text,
            signed=self.signed.text,
            own=self.own.typed,
            measures=self.measures.typed,
        )

    @property
    def is_minor(self) -> bool:
        """Whether the client is too young to sign; by the date of birth once it is validated."""
        age: object = self._held.answers.get(AGE)
        if self._birth is not None:
            age = self._held.calendar.age(self.birth, int(self._held.now))
        return age < self._held.of_age if isinstance(age, int) else self._held.was_minor

    @property
    def doubt(self) -> Contradiction | None:
        """How the date of birth contradicts the answers; known after `validate`."""
        return contradiction(self._held.answers, self.birth, self._held.now)

    @property
    def wrong(self) -> tuple[str, ...]:
        """The inputs of the date that have to be looked at; known after `validate`."""
        return self._wrong

    @property
    def told_in_vain(self) -> tuple[str, ...]:
        """Answers to what was asked when the page was opened, and is not any more."""
        return (*self.own.lost, *self.measures.lost)

    @property
    def lost(self) -> tuple[str, ...]:
        """What was filled in and would not be sent: it was asked for when the page was opened.

        The page that says so has it no more, so that the next press sends the rest.
        """
        number = () if self._held.asks_phone or not self.phone.text else (self.phone.text,)
        return () if self._held.urgent else (*number, *self.told_in_vain)

    @property
    def faults(self) -> dict[str, Fault]:
        """What is wrong, in the order of the page; known after `validate`."""
        lost = {"lost": Fault("lost", NOT_ASKED)} if self.lost else {}
        theirs = lost | self.own.faults | self.measures.faults
        return (
            self._faults("name", "day", "phone")
            | theirs
            | self._faults("message", "consent", "signed")
        )

    def validate_name(self, field: OneLine) -> None:
        """Raise ValidationError when there is none, or no one has such a long one."""
        if not is_name(field.text):
            raise ValidationError(NO_NAME)
        if len(field.text) > LONGEST_NAME:
            raise ValidationError(LONG_NAME)

    def validate_day(self, field: OneLine) -> None:
        """Raise ValidationError when the three parts are neither empty nor a date, or one that
        contradicts the age.

        Of what is urgent nothing is held up by it.
        """
        typed = {"day": field.text, "month": self.month.text, "year": self.year.text}
        try:
            self._read_birth(typed)
        except ValidationError:
            if not self._held.urgent:
                raise
            self._birth, self._wrong = None, ()

    def _read_birth(self, typed: dict[str, str]) -> None:
        try:
            self._birth = read_birth(typed, self._held.today)
        except NoBirth as error:
            self._wrong = error.wrong
            raise ValidationError(str(error)) from None
        doubt = self.doubt
        if doubt is not None and self.sure.text != sure_of(doubt):
            self._wrong = tuple(typed)
            raise ValidationError(_in_words(doubt, carer=self._held.carer))

    def validate_phone(self, field: OneLine) -> None:
        """Raise ValidationError when nobody could call it; what is not asked for is not read.

        Of what is urgent nothing is held up by it.
        """
        if not (self._held.asks_phone and field.text):
            return
        try:
            if len(field.text) > LONGEST_PHONE:
                raise ValueError("no telephone number")
            self._phone = read_phone(field.text, self._held.country)
        except ValueError:
            if not self._held.urgent:
                raise ValidationError(NO_PHONE) from None

    def validate_message(self, field: OneLine) -> None:
        """Raise ValidationError when it is too long.

        Of what is urgent nothing is held up by it, and the clinic reads all of it.
        """
        if len(field.text) > LONGEST_MESSAGE and not self._held.urgent:
            most, over = f"{LONGEST_MESSAGE:,}", f"{len(field.text) - LONGEST_MESSAGE:,}"
            raise ValidationError(f"Shorten this to {most} characters: it has {over} too many")

    def validate_consent(self, field: OneLine) -> None:
        """Raise ValidationError unless exactly the words shown were agreed to."""
        if field.text != self._held.mark:
            raise ValidationError(OTHER_CONSENT if field.text else NO_CONSENT)

    def validate_signed(self, field: OneLine) -> None:
        """Raise ValidationError when nobody signed, or a minor did."""
        if not is_name(field.text):
            raise ValidationError(NO_GUARDIAN if self.is_minor else NO_SIGNATURE)
        if len(field.text) > LONGEST_NAME:
            raise ValidationError(LONG_NAME)
        if self.is_minor and field.text.casefold() == self.name.text.casefold():
            raise ValidationError(NO_GUARDIAN)

    def _faults(self, *names: str) -> dict[str, Fault]:
        first = {"day": (*self._wrong, "day")[0]}
        return {
            "birth" if name == "day" else name: Fault(first.get(name, name), self[name].errors[0])
            for name in names
            if self[name].errors
        }


def sure_of(doubt: Contradiction) -> str:
    """Return what the box sends that says that both are right; it stands for these two only."""
    return f"{doubt.said} {doubt.born}"


def _in_words(doubt: Contradiction, *, carer: bool) -> str:
    they_are = "they are" if carer else "you are"
    age = str(doubt.by_birth) if doubt.by_birth else "under 1"
    return (
        f"You said {they_are} {doubt.said}, but someone born on {day_in_words(doubt.born)} is "
        f"{age}. Correct the date or the age"
    )
