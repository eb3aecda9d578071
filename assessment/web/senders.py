"""Who may send their answers, and to whom; or what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.practice.consent import Asked, asked_by
from assessment.practice.intake import Intake
from assessment.practice.parcel import Parcel
from assessment.records.ids import InvitationId
from assessment.records.model import Clinic
from assessment.records.refusals import Unavailable
from assessment.web.error_pages import AWAY, NOT_READY, SENT_BEFORE, UPDATED_MEANWHILE
from assessment.web.look import Look
from assessment.web.parts import Parts
from assessment.web.place import Place
from assessment.web.send_form import Held, SendForm


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who may send their answers, and to whom."""

    place: Place
    look: Look
    intake: Intake
    clinic: Clinic
    asked: Asked
    carer: bool
    held: Held

    @property
    def invitation(self) -> InvitationId | None:
        """The invitation that they answer, if it is one."""
        found = self.place.visit.invitation
        return None if found is None else InvitationId(found)

    def parcel(self, form: SendForm) -> Parcel:
        """Return what they send, with what they typed into a form that was validated."""
        return Parcel(
            clinic=self.clinic.id,
            invitation=self.invitation,
            visit=self.place.visit.token,
            answers=self.place.answers,
            name=form.name.text,
            birth=form.birth,
            message=form.message.text,
            agreed=self.asked,
        )


class Senders:
    """Finds who may send."""

    def __init__(self, parts: Parts) -> None:
        self._clock = parts.clock

    def of(self, place: Place, *, outdated: bool = False) -> Sender | int | str:
        """Return who may send from this place; or the name of the page that says why they may not.

        That is one of NOT_READY, UPDATED_MEANWHILE, SENT_BEFORE and AWAY. `outdated`: they press
        Send on a page of a version that is gone.
        """
        if place.is_sent:
            return SENT_BEFORE
        if place.visit.clinic is None:
            return NOT_READY
        if outdated:
            return UPDATED_MEANWHILE
        if not place.is_decided:
            return NOT_READY
        intake = place.version.intake
        if intake is None or not intake.for_clinic.can_be_sent(place.answers):
            return NOT_READY
        if place.moves_on:
            return UPDATED_MEANWHILE  # nobody sends a result that they have not seen
        return self._sender(place, intake) or AWAY

    def has_sent(self, place: Place, form: SendForm) -> bool:
        """Whether what this form says is what was sent from this place before.

        It is not, for all we know, while the database is away.
        """
        intake = None if place.moves_on else place.version.intake
        sender = None if intake is None else self._sender(place, intake)
        try:
            return sender is not None and sender.intake.has(sender.parcel(form))
        except Unavailable:
            return False

    def held(self) -> Held:
        """Return what a form is held against that is only shown again."""
        return Held("", self._clock())

    def _sender(self, place: Place, intake: Intake) -> Sender | None:
        """Return somebody with the clinic as it is now; None when the database is away."""
        look = place.version.looks.now(place.visit.clinic, place.visit.numbers)
        if look.clinic is None:
            return None
        carer = place.version.screening.engine.is_carer(place.answers)
        asked = asked_by(look.clinic, carer=carer)
        # A clinic gets no private answer, so none may contradict what it gets.
        shared = intake.for_clinic.answers(place.answers)
        held = Held(asked.mark, self._clock(), shared, carer, look.site.calendar)
        return Sender(place, look, intake, look.clinic, asked, carer, held)
