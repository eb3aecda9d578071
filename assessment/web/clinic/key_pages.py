"""What the pages of API keys show, and the forms that they take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wtforms import Field, Form, ValidationError

from assessment.practice.staff.keys import Kept
from assessment.records.keys import ApiKey, Scope
from assessment.records.model import LONGEST_NAME
from assessment.web.clinic.fields import StaffForm, Text, Tick, a_name, at_most
from assessment.web.clinic.pages import StaffPage

SCOPES: Mapping[Scope, str] = {
    Scope.WRITE_INVITATIONS: "Make and revoke invitations",
    Scope.READ_INVITATIONS: "Read invitations",
    Scope.READ_RESPONSES: "Read responses",
}
"""What each scope lets a program do, in words."""


def one_of_them(form: Form, field: Field) -> None:
    """Refuse a key that may do nothing; it is told at the first box."""
    if not form.scopes:
        raise ValidationError("Tick at least one thing that the key may do")


class KeyForm(StaffForm):
    """A new key."""

    name = Text(
        "Name", [a_name("Enter a name"), at_most(LONGEST_NAME, "The name")],
        "The program that will use it, such as “Online booking”.",
    )  # fmt: skip
    write_invitations = Tick(SCOPES[Scope.WRITE_INVITATIONS], [one_of_them])
    read_invitations = Tick(SCOPES[Scope.READ_INVITATIONS])
    read_responses = Tick(
        SCOPES[Scope.READ_RESPONSES], hint="This is the health data of every client of your clinic."
    )

    @property
    def scopes(self) -> frozenset[Scope]:
        """What was ticked."""
        return frozenset(one for one in Scope if self[one.name.lower()].data)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPage(StaffPage):
    """`keys.html`. `rows` are keys, with what each may do in words."""

    rows: tuple[tuple[Kept, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKeyPage(StaffPage):
    """`key_new.html`."""

    form: KeyForm


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeKeyPage(StaffPage):
    """`key_made.html`. `secret` is shown this once; `address` is where it is used."""

    key: ApiKey
    secret: str
    address: str


def may(key: ApiKey) -> tuple[str, ...]:
    """Return what a key may do, in words."""
    return tuple(words for scope, words in SCOPES.items() if scope in key.scopes)
