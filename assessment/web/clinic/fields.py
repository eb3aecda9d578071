"""Forms of the clinic area: WTForms reads and checks, our macros render.

Every message says what to do. A form shows its faults twice: in the summary that the page begins
with, and beside the field.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wtforms import BooleanField, Field, Form, StringField, ValidationError

from assessment.practice.intake.clean_text import is_name, one_line, paragraphs
from assessment.practice.post.addresses import cleaned, is_address

PASSKEY_ANSWER, PASSKEY_CHALLENGE = "passkey_answer", "passkey_challenge"
"""The fields in which a passkey shows who somebody is."""
NEW_ANSWER, NEW_CHALLENGE = "new_passkey_answer", "new_passkey_challenge"
"""Those in which a new one comes. They wait while the first two, or a password, are asked for."""
Check = Callable[[Form, Field], None]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault in a form: the id of its field, and what to do about it."""

    field: str
    message: str


class StaffForm(Form):  # type: ignore[misc]  # WTForms has no types
    """A form whose token `StaffArea` has checked already."""

    class Meta:  # noqa: D106  read by WTForms
        csrf = False
        locales = False  # spares WTForms the search for translations of messages we never show

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every fault, in the order of the fields; known after `validate`.

        A message that two fields have in common says which of them it is about.
        """
        faulty = [field for field in self if field.errors]
        times = Counter(field.errors[0] for field in faulty)
        problems = [Problem("main", message) for message in self.form_errors]
        for field in faulty:
            message = field.errors[0]
            which = f"{field.label.text}: " if times[message] > 1 else ""
            problems.append(Problem(field.id, which + message))
        return tuple(problems)

    def refuse(self, name: str, message: str) -> None:
        """Add a fault that showed only when the form was used; of no field: of all of it."""
        if name in self:
            self[name].errors = [message]
        else:
            self.form_errors.append(message)


class Text(StringField):  # type: ignore[misc]  # WTForms has no types
    """Words on one line, without spaces around them; `data` is never None."""

    def __init__(
        self, label: str, checks: Sequence[Check] = (), hint: str = "", **bound: object
    ) -> None:
        super().__init__(label, checks, description=hint, **bound)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take what was typed; of several values the first."""
        self.data = self.cleaned(valuelist[0]) if valuelist else ""

    def cleaned(self, text: str) -> str:
        """Return what was typed, without the signs that nobody can see."""
        return one_line(text)

    @property
    def shown(self) -> str:
        """What was chosen, to be read."""
        return self.data or ""

    def _value(self) -> str:
        return self.data or ""


class LongText(Text):
    """Words on several lines."""

    def cleaned(self, text: str) -> str:
        """Return what was typed, with its lines."""
        return paragraphs(text)


class Email(Text):
    """An email address, as it is typed or pasted."""

    def cleaned(self, text: str) -> str:
        """Return the address without invisible signs."""
        return cleaned(readable(text))


class Choice(Text):
    """One of some `options`, which are pairs of a value and what it is called."""

    def __init__(
        self,
        label: str,
        options: tuple[tuple[str, str], ...],
        checks: Sequence[Check] = (),
        hint: str = "",
        **bound: object,
    ) -> None:
        super().__init__(label, checks, hint, **bound)
        self.options = options

    @property
    def shown(self) -> str:
        """What the chosen one is called."""
        return dict(self.options).get(self.data, "") if self.data else ""


class Secret(Text):
    """A password, exactly as it was typed; never shown again."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take what was typed."""
        self.data = valuelist[0] if valuelist else ""


class Tick(BooleanField):  # type: ignore[misc]  # WTForms has no types
    """A box to tick."""

    def __init__(
        self, label: str, checks: Sequence[Check] = (), hint: str = "", **bound: object
    ) -> None:
        super().__init__(label, checks, description=hint, **bound)

    @property
    def shown(self) -> str:
        """What was chosen, to be read."""
        return "Yes" if self.data else "No"


def readable(text: str) -> str:
    """Leave out control characters, which cannot stand in a page; line breaks stay."""
    return _CONTROL.sub("", text)


def required(message: str) -> Check:
    """Refuse an empty field."""

    def check(_: Form, field: Field) -> None:
        if not field.data:
            raise ValidationError(message)

    return check


def a_name(message: str) -> Check:
    """Refuse what has no letter and no digit, by which nobody can be called."""

    def check(_: Form, field: Field) -> None:
        if not is_name(field.data or ""):
            raise ValidationError(message)

    return check


def at_most(count: int, what: str) -> Check:
    """Refuse more than so many characters."""

    def check(_: Form, field: Field) -> None:
        if len(field.data or "") > count:
            raise ValidationError(f"{what} must be {count} characters or fewer")

    return check


def email(_: Form, field: Field) -> None:
    """Refuse what is not an email address; an empty field is for `required` to refuse."""
    if field.data and not is_address(field.data):
        raise ValidationError("Enter an email address, such as name@example.org")


class SignInForm(StaffForm):
    """Email address and password; whether they are right is not for the form to say."""

    email = Email("Email address", [required("Enter your email address")])
    password = Secret("Password", [required("Enter your password")])
