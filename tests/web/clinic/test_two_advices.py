"""What the pages of a clinic say where a reason is private, and where a second advice is graver."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from assessment.practice.intake.for_clinic import ForClinic
from assessment.practice.responses.again import UNREADABLE_AGAIN
from assessment.records import rechecks
from assessment.records.ids import ResponseId
from assessment.records.model import NoteKind, Recheck
from assessment.records.tables import rechecks as table
from tests.web.clinic.sent import EMERGENCY, MASSAGE, SCREENING, URGENT, client_of, send_to
from tests.web.clinic.staff import Staff
from tests.web.conftest import Clock

TOLD = "(they were told: Certified therapist)"
PRIVATE = {**MASSAGE, "home": ["hurt"]}


def decide_again(staff: Staff, response: ResponseId, now: int) -> None:
    """Let a protocol of today say "a doctor today" of a response."""
    judged = ForClinic(SCREENING.protocol).judge(SCREENING.restore(dict(URGENT)))
    said = Recheck(response, "new", 2, "urgent_medical", now, judged.stored, ("Pain now",))
    with staff.practice.database.writing() as tx:
        assert rechecks.add(tx, staff.who.clinic.id, said)


@pytest.mark.parametrize("ending", ["", ".csv", ".json"])
def test_a_private_reason_is_named_as_one_and_nothing_else_of_it(staff: Staff, ending: str) -> None:
    response = send_to(staff, PRIVATE)
    shown = staff.get(f"/clinic/responses/{response}{ending}").response.get_data(as_text=True)

    assert ("private_reason" if ending == ".json" else "The reason is private.") in shown
    assert "certified_therapist" in shown if ending == ".json" else "Doctor first" in shown
    for word in ("hurt at home", "hurting", "somebody hurts", "being_hurt", "at_home", '"home"'):
        assert word not in shown, word


def test_the_inbox_lists_it_by_the_urgency_that_the_person_was_told(staff: Staff) -> None:
    send_to(staff, MASSAGE, "Nora Berg")
    send_to(staff, PRIVATE, "Zoe Fischer")
    page = staff.get("/clinic/inbox")

    assert page.text.index("Zoe Fischer") < page.text.index("Nora Berg")
    assert "Doctor first" in page.text
    assert "hurt" not in page.html


def test_a_second_advice_stands_first_with_what_they_were_told(staff: Staff, clock: Clock) -> None:
    mild = send_to(staff, MASSAGE, "Zoe Fischer")
    send_to(staff, {**MASSAGE, "signs": ["fever"], "fever_days": "long"}, "Nora Berg")
    staff.practice.inbox.note(staff.who, mild, NoteKind.REVIEWED)
    clock.now += 60
    decide_again(staff, mild, int(clock.now))

    page = staff.get("/clinic/inbox")
    assert page.text.index("Zoe Fischer") < page.text.index("Nora Berg")
    assert "A doctor today (they were told: Certified therapist) Decided again" in page.text
    assert page.title.startswith("(2 urgent) "), "it was read, but nobody has seen to it since"
    assert TOLD in staff.get(f"/clinic/clients/{client_of(staff, mild)}").text
    page = staff.get(f"/clinic/responses/{mild}")
    for words in (
        "No massage today", "They were told something less urgent: contact them.",
        "They were told: Not urgent. Certified therapist.",
        "Not asked in today's words, so counted as “not sure”: Pain now.",
    ):  # fmt: skip
        assert words in page.text
    assert page.all("button", value=NoteKind.REVIEWED.value), "it can be marked again"


def test_a_second_advice_that_cannot_be_read_takes_nothing_from_an_emergency(
    staff: Staff, clock: Clock
) -> None:
    response = send_to(staff, EMERGENCY)
    decide_again(staff, response, int(clock.now))
    with staff.practice.database.writing() as tx:
        tx.connection.execute(update(table).values(sealed=b"changed"))

    page = staff.get(f"/clinic/responses/{response}")
    assert "No massage yet" not in page.text
    assert "They were told to get emergency help. Ask if they did." in page.text


def test_a_second_advice_that_cannot_be_read_is_told_of_beside_a_doctor_today(
    staff: Staff, clock: Clock
) -> None:
    """It may say that it is an emergency, and counts as one."""
    response = send_to(staff, URGENT)
    decide_again(staff, response, int(clock.now))
    with staff.practice.database.writing() as tx:
        tx.connection.execute(update(table).values(sealed=b"changed"))

    page = staff.get(f"/clinic/responses/{response}")
    assert f"No massage today Emergency {UNREADABLE_AGAIN}." in page.text
    assert "They were told to speak to a doctor." not in page.text
