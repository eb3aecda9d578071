"""What is sent, as types: they check it, and the OpenAPI document is made of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from assessment.practice.intake.clean_text import is_name, one_line, paragraphs
from assessment.practice.post.addresses import LONGEST_ADDRESS, cleaned, is_address
from assessment.records.model import LONGEST_CLIENT_NAME

LONGEST_NOTE = 500
LONGEST_PHONE = 40
LONGEST_REFERENCE = 200
MOST_DAYS = 90
MOST_LISTED = 100


def _named(text: str) -> str:
    """Return a name on one line, with something in it by which somebody can be called."""
    if not is_name(text):
        raise ValueError("must have a letter or a digit")
    return one_line(text)


def _address(text: str) -> str:
    address = cleaned(text)
    if not is_address(address):
        raise ValueError("must be an email address, such as name@example.org")
    return address


class _Sent(BaseModel):
    """What whoever calls sends: nothing but what is asked for, and as it is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewInvitation(_Sent):
    """Somebody to invite."""

    name: Annotated[
        str,
        StringConstraints(min_length=1, max_length=LONGEST_CLIENT_NAME),
        AfterValidator(_named),
        Field(strict=True, description="The client's name or initials, as the inbox lists them."),
    ]
    email: (
        Annotated[
            str,
            StringConstraints(max_length=LONGEST_ADDRESS),
            AfterValidator(_address),
            Field(strict=True, description="Where the link and reminders are sent."),
        ]
        | None
    ) = None
    send: Annotated[bool, Field(strict=True, description="Also email the link to the client.")] = (
        False
    )
    phone: (
        Annotated[
            str,
            StringConstraints(max_length=LONGEST_PHONE),
            Field(
                strict=True,
                description="Read as a number in the clinic's country unless it starts with +.",
            ),
        ]
        | None
    ) = None
    visit_at: (
        Annotated[
            AwareDatetime,
            Field(
                description="When the visit is (RFC 3339, with an offset), within the next year."
            ),
        ]
        | None
    ) = None
    language: Literal["en"] | None = None
    days: Annotated[
        int,
        Field(
            strict=True, ge=1, le=MOST_DAYS,
            description="Days the link works. Default: what the clinic chose. "
            "It also works on the day of the visit.",
        ),
    ] | None = None  # fmt: skip
    note: Annotated[
        str,
        StringConstraints(max_length=LONGEST_NOTE),
        AfterValidator(paragraphs),
        Field(strict=True, description="For the clinic. The client never sees it."),
    ] = ""
    reference: Annotated[
        str,
        StringConstraints(min_length=1, max_length=LONGEST_REFERENCE),
        Field(
            strict=True,
            description="Your own booking id. The same one never makes a second invitation.",
        ),
    ] | None = None  # fmt: skip


class Since(_Sent):
    """Where in the list of responses to go on."""

    after: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]{1,18}(\.[A-Za-z0-9_-]{1,40})?$"),
        Field(
            description="`next` from the last answer. Without it, the list starts at the first. "
            "One from before a backup was restored is refused (409) if it could hide responses."
        ),
    ] = "0"
    limit: Annotated[
        int, Field(ge=1, le=MOST_LISTED, description="The most responses to return.")
    ] = 50
