"""What each page of the clinic area shows: one frozen context for each template.

A template reads one of these as `page`, `who` (who is signed in, or nobody), `site` (what every
page shares) and `unread` (urgent responses that nobody has read).
"""

from __future__ import annotations

from dataclasses import dataclass

from assessment.web.clinic.fields import Problem, StaffForm
from assessment.web.clinic.unsent_form import UnsentForm
from assessment.web.server.reference import PLACE


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyOffer:
    """What the script needs to ask for a passkey: its options (JSON), and the sealed challenge.

    `elsewhere` is the address on which passkeys work, where they do not work here.
    """

    options: str = ""
    challenge: str = ""
    elsewhere: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPage:
    """What every page has. `title` is its one h1, and holds no words of a client.

    `problems` stand in a summary before everything else, `notice` tells what was just done.
    `section` is where in the bar it stands: today, inbox, clients, invitations, waiting, settings,
    account.
    A `narrow` page is as wide as a line of text is long. `signed_out`: nobody is signed in in this
    browser. `passkey` is set where one is asked for.
    """

    title: str
    problems: tuple[Problem, ...] = ()
    notice: str | None = None
    section: str = ""
    narrow: bool = False
    signed_out: bool = False
    passkey: PasskeyOffer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFormPage(StaffPage):
    """`sign_in.html`, `setup.html`, `code.html`: forms for people without a session.

    `token` guards the form. `next` is where to go afterwards, `unsent` what to send then, sealed.
    `is_others`: that was typed by somebody else than who is signed in. `is_new` tells that there is
    no clinic yet.
    """

    form: StaffForm
    token: str
    next: str = ""
    unsent: str = ""
    is_others: bool = False
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentFormPage(StaffPage):
    """`unsent_form.html`: a form that needs one more press to be sent."""

    unsent: UnsentForm


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgainPage(StaffPage):
    """`try_again.html`: a form that we may have failed to take, to be sent once more.

    `unsent` is None where it cannot be kept, as with a file. `token` is the one that was sent.
    """

    lines: tuple[str, ...]
    unsent: UnsentForm | None
    token: str
    reference: str = PLACE


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage(StaffPage):
    """`message.html`: what happened, and one way on; the `reference` of a fault of ours."""

    lines: tuple[str, ...]
    way_on: str
    way_on_text: str
    reference: str = ""
