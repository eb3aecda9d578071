"""What the pages of colleagues show, and the forms that they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, ValidationError

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.colleagues import Colleague, LookedAt, Step
from assessment.records.ids import TherapistId
from assessment.records.model import LONGEST_NAME, Clinic, Therapist
from assessment.records.whose import MOST_COUNTED
from assessment.web.clinic.fields import (
    Choice,
    Email,
    StaffForm,
    Text,
    a_name,
    at_most,
    email,
    required,
)
from assessment.web.clinic.pages import StaffPage
from assessment.web.server.logs import Event

EVERYBODY, INVITER = "everybody", "inviter"
_OWNER, _THERAPIST = "owner", "therapist"


@dataclass(frozen=True, slots=True)
class Asked:
    """How a step is asked about: the title of its page, its button, and what will happen."""

    title: str
    button: str
    lines: tuple[str, ...]


ASKED: Mapping[Step, Asked] = {
    Step.MAKE_OWNER: Asked(
        "Make this colleague an owner?", "Make an owner",
        ("An owner sees everything that clients send, changes the settings, and manages "
         "colleagues, including you.",),
    ),
    Step.MAKE_THERAPIST: Asked(
        "Make this owner a therapist?", "Make a therapist",
        ("They can no longer change the settings or manage colleagues.",
         "API keys that they made stop working."),
    ),
    Step.CODE: Asked(
        "Make a code for a new password?", "Make a new code",
        ("With it, your colleague chooses a new password. The old one works until then.",
         "They get no emails about urgent responses until they ask for them again."),
    ),
    Step.RESET_FACTORS: Asked(
        "Reset the second step of this colleague?", "Reset the second step",
        ("Use this if they have lost their phone. Make sure it is really them.",
         "Their app, passkeys and recovery codes will stop working, and they will be signed out. "
         "They can then sign in with just their password, and set up a second step again.",
         "API keys that they made stop working.",
         "We tell them by email, if this site can send emails."),
    ),
    Step.SIGN_OUT: Asked(
        "Sign this colleague out?", "Sign out",
        ("They are signed out everywhere at once. They can sign in again.",
         "API keys that they made stop working."),
    ),
    Step.DISABLE: Asked(
        "Disable this account?", "Disable",
        ("They are signed out at once, can't sign in, and get no more emails from here.",
         "API keys that they made stop working, even after you enable the account again.",
         "Their links still work, and nothing is erased. You can enable the account again.",
         "Emails to their clients wait until then, or until you hand their invitations over."),
    ),
    Step.ENABLE: Asked(
        "Enable this account?", "Enable",
        ("They can sign in again with their password.",),
    ),
    Step.HAND_OVER: Asked(
        "Hand over invitations and responses?", "Hand over",
        ("From now on they belong to the other colleague, along with any answers that come in.",),
    ),
    Step.REMOVE: Asked(
        "Remove this colleague?", "Remove for good",
        ("They are signed out at once, and the account is gone for good. Someone else can use "
         "its email address then.",
         "Their notes stay, with their name."),
    ),
}  # fmt: skip

EVENTS: Mapping[Step, Event] = {
    Step.MAKE_OWNER: Event.ROLE_CHANGED,
    Step.MAKE_THERAPIST: Event.ROLE_CHANGED,
    Step.CODE: Event.COLLEAGUE_CODE,
    Step.RESET_FACTORS: Event.COLLEAGUE_FACTORS_RESET,
    Step.SIGN_OUT: Event.COLLEAGUE_SIGNED_OUT,
    Step.DISABLE: Event.COLLEAGUE_DISABLED,
    Step.ENABLE: Event.COLLEAGUE_ENABLED,
    Step.HAND_OVER: Event.HANDED_OVER,
    Step.REMOVE: Event.COLLEAGUE_REMOVED,
}

DONE = {
    Step.MAKE_OWNER.value: "This colleague is an owner now.",
    Step.MAKE_THERAPIST.value: "This colleague is a therapist now.",
    Step.RESET_FACTORS.value: "The second step of this colleague was reset.",
    Step.SIGN_OUT.value: "This colleague was signed out everywhere.",
    Step.DISABLE.value: "This account was disabled.",
    Step.ENABLE.value: "This account works again.",
    Step.HAND_OVER.value: "Invitations and responses were handed over.",
    Step.REMOVE.value: "The colleague was removed.",
    "sharing": "Who sees what clients send has been saved.",
}


def offered(_: Form, field: Field) -> None:
    """Refuse what is not among the options."""
    if field.data not in dict(field.options):
        raise ValidationError("Choose one of these")


class StepForm(StaffForm):
    """A step about a colleague: who takes over, where it gives something away."""

    taker = Choice("Who takes over", (), [offered])

    @property
    def chosen(self) -> TherapistId | None:
        """Who takes over; None where nobody has to."""
        return TherapistId(self.taker.data) if "taker" in self else None


class InviteForm(StaffForm):
    """A new colleague."""

    name = Text(
        "Their name", [a_name("Enter their name"), at_most(LONGEST_NAME, "Their name")],
        "Clients see who will read their answers. They can change it later.",
    )  # fmt: skip
    email = Email(
        "Their email address", [required("Enter their email address"), email],
        "They sign in with it.",
    )  # fmt: skip
    role = Choice(
        "Role", ((_THERAPIST, "Therapist"), (_OWNER, "Owner")), [offered],
        "An owner can also change the settings and manage colleagues.",
    )  # fmt: skip

    @property
    def is_owner(self) -> bool:
        """Whether they are to be an owner; known after `validate`."""
        chosen: str = self.role.data
        return chosen == _OWNER


class SharingForm(StaffForm):
    """Who sees what clients send."""

    seen_by = Choice(
        "Who sees what a client sent",
        ((EVERYBODY, "Everybody in the clinic"), (INVITER, "Whoever invited them, and the owners")),
        [offered],
        "Invitations go with it. If you choose “whoever invited them”, only owners see what comes "
        "from your public page, because nobody invited those clients.",
    )

    @staticmethod
    def of(clinic: Clinic) -> SharingForm:
        """Return the form as a clinic chose."""
        return SharingForm(data={"seen_by": INVITER if clinic.inviter_only else EVERYBODY})


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleaguesPage(StaffPage):
    """`colleagues.html`."""

    colleagues: tuple[Colleague, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleaguePage(StaffPage):
    """`colleague.html`. `steps` are pairs of a step's address and its words.

    `invitations` and `responses` say how many are theirs.
    """

    colleague: LookedAt
    invitations: str
    responses: str
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitePage(StaffPage):
    """`colleague_new.html`. `can_mail` tells that the code goes out by mail."""

    form: InviteForm
    can_mail: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage(StaffPage):
    """`colleague_step.html`: a form, sent to `action`.

    `name` is the colleague's, `lines` say what will happen.
    """

    form: StaffForm
    action: str
    back: str
    name: str
    lines: tuple[str, ...]
    button: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage(StaffPage):
    """`colleague_code.html`. `code` is None where it was mailed; `address` is where it is used."""

    therapist: Therapist
    code: str | None
    address: str
    mail_failed: bool


def step_form(
    step: Step,
    of: LookedAt,
    who: SignedIn,
    everybody: Sequence[Colleague],
    sent: MultiDict[str, str] | None,
) -> StepForm:
    """Return the form of a step; the owner who looks stands first among those who take over."""
    form = StepForm(sent)
    if step not in (Step.HAND_OVER, Step.REMOVE):
        del form.taker
        return form
    others = [
        one.therapist
        for one in everybody
        if one.therapist.id != of.therapist.id and one.therapist.disabled_at is None
    ]
    others.sort(key=lambda one: one.id != who.therapist.id)
    form.taker.options = tuple((one.id, f"{one.name}, {one.email}") for one in others)
    if sent is None and others:
        form.taker.data = others[0].id
    return form


def asked_lines(step: Step, of: LookedAt) -> tuple[str, ...]:
    """Return what a step does, with how much goes to somebody else."""
    if step not in (Step.HAND_OVER, Step.REMOVE):
        return ASKED[step].lines
    if not of.invitations:
        return ("They have no invitations and no responses.", *ASKED[step].lines)
    invited = _count(of.invitations, "invitation")
    back = _count(of.responses, "response")
    return (f"They have {invited} and {back}.", *ASKED[step].lines)


def counted(number: int) -> str:
    """Return a number that was counted up to one more than `MOST_COUNTED`."""
    return f"{number:,}" if number <= MOST_COUNTED else f"more than {MOST_COUNTED:,}"


def _count(number: int, what: str) -> str:
    return f"{counted(number)} {what}" if number == 1 else f"{counted(number)} {what}s"
