"""Responses for the pages of the clinic area, as clients send them to the small protocol."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.practice.intake.consent import asked_by
from assessment.practice.intake.submission import Submission
from assessment.practice.post.issuing import Details
from assessment.protocols.load import load_protocol
from assessment.records import clinics
from assessment.records.ids import ClientId, ResponseId, new_id
from assessment.screening import Screening
from tests.practice.sending import send
from tests.web.clinic.staff import Staff
from tests.web.conftest import SMALL

SCREENING = Screening(load_protocol(SMALL))
LASTING: dict[str, object] = {
    "who": "me", "age": 44, "signs": ["none"], "pain": 6, "where": ["left_calf"],
    "lasted": "weeks", "home": ["none"],
}  # fmt: skip
MASSAGE = LASTING
LIST = "state=new&recommendation=any"
"""What the address of a response keeps of the list, where nothing else was looked for."""
URGENT: Mapping[str, object] = {**LASTING, "signs": ["numb"]}
EMERGENCY: Mapping[str, object] = {"who": "me", "age": 44, "signs": ["chest"]}
UNSURE: Mapping[str, object] = {**LASTING, "signs": ["not_sure"], "fever_days": "short"}


def send_to(
    staff: Staff, answers: Mapping[str, object] = MASSAGE, name: str = "Zoe Fischer", **more: str
) -> ResponseId:
    """Send answers to the clinic of somebody who is signed in."""
    practice, clinic = staff.practice, staff.who.clinic
    return send(practice.intake, clinic, SCREENING, answers, name=name, **more)


def client_of(staff: Staff, response: ResponseId) -> ClientId:
    """Return whose response it is."""
    found = staff.practice.inbox.response(staff.who, response)
    assert found is not None
    return found.line.client


def comes_back(
    staff: Staff,
    client: ClientId,
    answers: Mapping[str, object],
    confirmed: Mapping[str, int] | None = None,
) -> ResponseId:
    """Invite a client once more, and send what they answer."""
    practice, clinic = staff.practice, staff.who.clinic
    issued = practice.invitations.invite(staff.who, "", "", 7, "", client)
    submission = Submission(
        clinic=clinic.id,
        invitation=issued.invitation.id,
        visit=new_id(),
        answers=SCREENING.restore(answers),
        name="Zoe Fischer",
        birth="1982-05-03",
        message="",
        agreed=asked_by(clinic, carer=False),
        confirmed=confirmed or {},
    )
    return practice.intake.send(submission).response


def asks_again(staff: Staff) -> None:
    """The clinic asks for measures, and again after the visit."""
    with staff.practice.database.writing() as tx:
        clinics.set_measures(tx, staff.who.clinic.id, asks=True, after=3)


def answered(
    staff: Staff,
    answers: Mapping[str, object] = MASSAGE,
    *,
    name: str = "Zoe Fischer",
    message: str = "",
    agrees: bool = True,
    visit_at: int | None = None,
) -> ResponseId:
    """What somebody sent who was invited, and agreed to be asked once more."""
    practice, clinic = staff.practice, staff.who.clinic
    details = Details(visit_at, "+447700900123")
    issued = practice.invitations.invite(staff.who, name, "", 7, "", details=details)
    submission = Submission(
        clinic=clinic.id,
        invitation=issued.invitation.id,
        visit=new_id(),
        answers=SCREENING.restore(answers),
        name=name,
        birth="",
        message=message,
        agreed=asked_by(clinic, carer=False, again=agrees),
        again=agrees,
    )
    return practice.intake.send(submission).response
