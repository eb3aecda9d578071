"""Colleagues: the owner of a clinic invites them, and decides about their accounts.

Every change is asked about on a page of its own, which takes the owner's password. A code is shown
on the page that answers the form, and never again: only its hash is stored.
"""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.colleagues import Changed, LookedAt, Step
from assessment.practice.staff.refusals import Refusal
from assessment.records.ids import TherapistId
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.colleague_pages import (
    ASKED,
    DONE,
    EVENTS,
    INVITER,
    CodePage,
    ColleaguePage,
    ColleaguesPage,
    InviteForm,
    InvitePage,
    SharingForm,
    StepForm,
    StepPage,
    asked_lines,
    counted,
    step_form,
)
from assessment.web.clinic.denials import denied, done
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

HOME = "/clinic/colleagues"
SECTION = "settings"
_FIELD = {Refusal.EMAIL_TAKEN: "email", Refusal.TOO_MANY: "email", Refusal.NOBODY: "taker"}


class ColleaguePages:
    """The views; each takes the owner who is signed in, and raises NotFound for strangers."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._colleagues = area.practice.colleagues
        self._welcome = area.practice.welcome

    def listed(self, who: SignedIn) -> Response:
        """Show everybody."""
        page = ColleaguesPage(
            title="Colleagues",
            section=SECTION,
            notice=self._area.just_done(DONE),
            colleagues=self._colleagues.everybody(who),
        )
        return self._area.page("colleagues.html", page, who)

    def one(self, who: SignedIn, therapist_id: str) -> Response:
        """Show one of them, and what can be done."""
        found = self._found(who, therapist_id)
        page = ColleaguePage(
            title="Colleague",
            section=SECTION,
            notice=self._area.just_done(DONE),
            colleague=found,
            invitations=counted(found.invitations),
            responses=counted(found.responses),
            steps=tuple((step.value, ASKED[step].button) for step in found.steps(who)),
        )
        return self._area.page("colleague.html", page, who)

    def new(self, who: SignedIn) -> Response:
        """Show the form of a new colleague."""
        return self._invite_page(who, InviteForm())

    def invite(self, who: SignedIn) -> Response:
        """Add a colleague, and mail or show their code."""
        form = InviteForm(request.form)
        changed = done(
            form,
            lambda: self._colleagues.invite(
                who, form.email.data, form["name"].data, is_owner=form.is_owner
            ),
            _FIELD,
        )
        if changed is None:
            return self._invite_page(who, form, 422)
        tell(Event.COLLEAGUE_INVITED)
        return self._handed(who, changed)

    def ask(self, who: SignedIn, therapist_id: str, step: str) -> Response:
        """Ask before a step is taken."""
        found = self._found(who, therapist_id)
        if Step(step) not in found.steps(who):
            return go_to(f"{HOME}/{found.therapist.id}")
        return self._step_page(who, found, Step(step), self._form(who, found, Step(step)))

    def take(self, who: SignedIn, therapist_id: str, step: str) -> Response:
        """Take a step about an account."""
        found, wanted = self._found(who, therapist_id), Step(step)
        form = self._form(who, found, wanted, sent=True)
        changed = done(
            form, lambda: self._colleagues.change(who, found.therapist.id, wanted, form.chosen),
            _FIELD,
        )  # fmt: skip
        if changed is None:
            return self._step_page(who, found, wanted, form, 422)
        tell(EVENTS[wanted])
        if changed.code is not None:
            return self._handed(who, changed)
        return go_to(_after(who, found, wanted))

    def sharing(self, who: SignedIn) -> Response:
        """Show who sees what clients send."""
        return self._sharing_page(who, SharingForm.of(who.clinic))

    def share(self, who: SignedIn) -> Response:
        """Change who sees what clients send."""
        form = SharingForm(request.form)
        if not form.validate():
            return self._sharing_page(who, form, 422)
        with denied():
            self._colleagues.share(who, inviter_only=form.seen_by.data == INVITER)
        tell(Event.SHARING_CHANGED)
        return go_to(f"{HOME}?done=sharing")

    def _found(self, who: SignedIn, therapist_id: str) -> LookedAt:
        with denied():
            return self._colleagues.one(who, TherapistId(therapist_id))

    def _form(self, who: SignedIn, of: LookedAt, step: Step, *, sent: bool = False) -> StepForm:
        everybody = self._colleagues.everybody(who)
        return step_form(step, of, who, everybody, request.form if sent else None)

    def _handed(self, who: SignedIn, changed: Changed) -> Response:
        """Mail a code or, where that cannot be, show it this once."""
        address = f"{self._area.settings.site_address(request.host)}/clinic/code"
        code = changed.code or ""
        mailed = self._welcome.mail(who, changed.therapist, code, address)
        page = CodePage(
            title="Email sent" if mailed else "Hand over this code",
            section=SECTION,
            narrow=True,
            therapist=changed.therapist,
            code=None if mailed else code,
            address=address,
            mail_failed=self._welcome.can_mail and not mailed,
        )
        return self._area.page("colleague_code.html", page, who)

    def _invite_page(self, who: SignedIn, form: InviteForm, status: int = 200) -> Response:
        page = InvitePage(
            title="Invite a colleague", section=SECTION, narrow=True,
            problems=form.problems, form=form, can_mail=self._welcome.can_mail,
        )  # fmt: skip
        return self._area.page("colleague_new.html", page, who, status)

    def _step_page(
        self, who: SignedIn, of: LookedAt, step: Step, form: StepForm, status: int = 200
    ) -> Response:
        page = StepPage(
            title=ASKED[step].title, section=SECTION, narrow=True,
            problems=form.problems, form=form,
            action=f"{HOME}/{of.therapist.id}/{step}", back=f"{HOME}/{of.therapist.id}",
            name=of.therapist.name, lines=asked_lines(step, of), button=ASKED[step].button,
            kind="danger" if step is Step.REMOVE else "",
        )  # fmt: skip
        return self._area.page("colleague_step.html", page, who, status)

    def _sharing_page(self, who: SignedIn, form: SharingForm, status: int = 200) -> Response:
        page = StepPage(
            title="Who sees what clients send", section=SECTION, narrow=True,
            problems=form.problems, form=form, action=f"{HOME}/sharing", back=HOME,
            name="", lines=(), button="Save",
        )  # fmt: skip
        return self._area.page("colleague_step.html", page, who, status)


def _after(who: SignedIn, of: LookedAt, step: Step) -> str:
    """Return where an owner goes once a step is taken."""
    if step is Step.MAKE_THERAPIST and of.therapist.id == who.therapist.id:
        return "/clinic/settings"  # the pages of colleagues are closed to them now
    if step is Step.REMOVE:
        return f"{HOME}?done={step}"
    return f"{HOME}/{of.therapist.id}?done={step}"
