"""Who may send their answers, and to whom; or what stands in the way."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from assessment.practice.intake.consent import Asked, asked_by, is_for_somebody
from assessment.practice.intake.intake import Intake
from assessment.practice.intake.majority import majority
from assessment.practice.intake.submission import Submission
from assessment.practice.responses.phrases import private_lines
from assessment.records.ids import InvitationId
from assessment.records.model import Clinic, Consent
from assessment.records.refusals import Unavailable
from assessment.web.html.error_pages import AWAY, NOT_READY, SENT_BEFORE, UPDATED_MEANWHILE
from assessment.web.intake.after_sending import needs_help_soon, outcome_of
from assessment.web.intake.send_form import Held, SendForm
from assessment.web.walk.services import Services
from assessment.web.walk.state import WalkState
from assessment.web.walk.theme import Theme


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who may send their answers, and to whom.

    `own_away`: what the clinic asks of its own accord cannot be read now. `again`: they are told
    that they may be asked once more after their visit.
    """

    state: WalkState
    theme: Theme
    intake: Intake
    clinic: Clinic
    asked: Asked
    carer: bool
    held: Held
    own_away: bool = False
    again: bool = False

    @property
    def invitation(self) -> InvitationId | None:
        """The invitation that they answer, if it is one."""
        found = self.state.visit.invitation
        return None if found is None else InvitationId(found)

    def submission(self, form: SendForm) -> Submission:
        """Return what they send, with what they typed into a form that was validated."""
        return Submission(
            clinic=self.clinic.id,
            invitation=self.invitation,
            visit=self.state.visit.token,
            answers=self.state.answers,
            name=form.name.text,
            birth=form.birth,
            message=form.message_kept,
            agreed=self.asked,
            signed_by=form.signed.text,
            guardian=form.is_minor,
            confirmed=self.state.visit.confirmed or {},
            own=form.own.against(self.held.own).answers,
            again=self.again,
            phone=form.phone_kept,
            measured=None if self.held.measures is None else form.measures.measured,
            waiting=self.state.visit.waiting,
        )

    def sent_before(self, form: SendForm) -> Submission | None:
        """Return what was sent before from the same place, if only what is asked has changed.

        The form was validated. Nothing was sent, for all we know, while the database is away.
        """
        if not form.faults.keys() <= {"consent", "lost"}:
            return None
        measured = form.measures.measured if form.measures.lost else None
        now = self.submission(form)
        sent = replace(now, measured=measured or now.measured, message=form.message_while_asked)
        try:
            return sent if self.intake.has(sent) else None
        except Unavailable:
            return None


class Senders:
    """Finds who may send."""

    def __init__(self, services: Services) -> None:
        self._clock = services.clock

    def of(self, state: WalkState, *, outdated: bool = False) -> Sender | int | str:
        """Return who may send from this place; or the name of the page that says why they may not.

        That is one of NOT_READY, UPDATED_MEANWHILE, SENT_BEFORE and AWAY. `outdated`: they press
        Send on a page of a version that is gone.
        """
        if state.is_sent:
            return SENT_BEFORE
        if state.visit.clinic is None:
            return NOT_READY
        if outdated:
            return UPDATED_MEANWHILE
        if not state.is_decided:
            return NOT_READY
        intake = state.version.intake
        if intake is None or not intake.for_clinic.can_be_sent(state.answers):
            return NOT_READY
        if state.moves_on:
            return UPDATED_MEANWHILE  # nobody sends a result that they have not seen
        return self._sender(state, intake) or AWAY

    def has_sent(self, state: WalkState, typed: MultiDict[str, str]) -> bool:
        """Whether what was typed is what was sent from this place before."""
        intake = None if state.moves_on else state.version.intake
        sender = None if intake is None else self._sender(state, intake)
        if sender is None:
            return False
        form = SendForm(typed, sender.held)
        form.validate()
        return sender.sent_before(form) is not None

    def held(self) -> Held:
        """Return what a form is held against that is only shown again."""
        return Held("", self._clock())

    def _sender(self, state: WalkState, intake: Intake) -> Sender | None:
        """Return somebody with the clinic as it is now; None when the database is away."""
        visit = state.visit
        theme = state.version.themes.now(visit.clinic, visit.numbers, waiting=visit.waiting)
        if theme.clinic is None:
            return None
        before = _agreed_before(state, theme.clinic, intake)
        was_carer = before is not None and is_for_somebody(before)
        was_minor = before is not None and before.guardian
        carer = was_carer or state.version.screening.engine.is_carer(state.answers)
        private = private_lines(intake.for_clinic.judge(state.answers))
        measures, after = _measures(state, theme, intake), state.is_after_visit
        asks_again = theme.clinic.measures_after is not None and visit.invitation is not None
        # What is asked after a visit speaks to whoever had the massage.
        again = measures is not None and asks_again and not after and not carer
        asks_phone = visit.invitation is None  # whoever was invited is known
        asked = asked_by(
            theme.clinic, carer=carer, private=private, after=after, again=again, phone=asks_phone
        )
        # A clinic gets no private answer, so none may contradict what it gets.
        shared = intake.for_clinic.answers(state.answers)
        of_age = majority(theme.clinic.country)
        own, away = None, False
        if _asks_own(state, theme):
            try:
                own = intake.own_questions(theme.clinic.id)
            except Unavailable:
                away = True
        held = Held(
            asked.mark, self._clock(), shared, carer, theme.site.calendar, of_age,
            was_minor, own, measures, _is_urgent(state, theme), asks_phone, theme.clinic.country,
        )  # fmt: skip
        return Sender(state, theme, intake, theme.clinic, asked, carer, held, away, again)


def _is_urgent(state: WalkState, theme: Theme) -> bool:
    """Whether nothing that may be left out holds up what somebody sends."""
    return needs_help_soon(outcome_of(theme, state))


def _asks_own(state: WalkState, theme: Theme) -> bool:
    """Whether somebody is asked what the clinic wants to know: never where they need help now."""
    if not state.is_invited or state.is_after_visit:
        return False
    outcome = theme.results.outcome(state.answers, invited=True)
    return not outcome.is_emergency and outcome.alone is None


def _agreed_before(state: WalkState, clinic: Clinic, intake: Intake) -> Consent | None:
    """Return what was agreed to before the visit, where this is about what came after it."""
    if not (state.is_after_visit and state.visit.invitation):
        return None
    with suppress(Unavailable):  # then nothing is sent either
        return intake.agreed_before(clinic.id, InvitationId(state.visit.invitation))
    return None


def _measures(state: WalkState, theme: Theme, intake: Intake) -> tuple[str, ...] | None:
    """Return the activities to begin with where the short measures are asked; None: they are not.

    After a visit they come only where no sign of harm was told. What was named before is there
    only for somebody whose code was right.
    """
    clinic, visit = theme.clinic, state.visit
    if clinic is None or not clinic.asks_measures or not state.is_invited:
        return None
    outcome = theme.results.outcome(state.answers, invited=True)
    urgency = outcome.decision.recommend.urgency
    if outcome.is_emergency or outcome.alone is not None or (state.is_after_visit and urgency):
        return None
    if not (state.is_after_visit and visit.known and visit.invitation):
        return ()
    with suppress(Unavailable):
        return intake.activities_before(clinic.id, InvitationId(visit.invitation))
    return ()
