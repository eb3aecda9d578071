"""A program lists what came in, misses nothing, and fetches one as JSON or PDF."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import delete, update

from assessment.practice.intake.consent import asked_by
from assessment.practice.intake.submission import Submission
from assessment.records import own_answers, withdrawals
from assessment.records.api_tables import arrival_counts
from assessment.records.database import Database
from assessment.records.ids import ResponseId
from assessment.records.model import NoteKind
from assessment.records.tables import responses
from assessment.records.tables_arrivals import arrival_marks
from tests.records.some import NOW, OWN_ANSWER
from tests.web.api.conftest import Program
from tests.web.clinic.sent import EMERGENCY, MASSAGE, SCREENING, URGENT, send_to
from tests.web.clinic.staff import Staff
from tests.web.clinic.test_two_advices import decide_again
from tests.web.conftest import Clock

HOME = "/api/v1/responses"


def pages(program: Program, limit: int, after: str = "0") -> Iterator[Mapping[str, Any]]:
    """Every page of the list, as a program reads it."""
    while True:
        page = program.get(f"{HOME}?after={after}&limit={limit}").get_json()
        yield page
        if not page["more"]:
            return
        after = page["next"]


def test_responses_are_listed_as_they_came_in_and_none_twice(
    program: Program, staff: Staff, clock: Clock
) -> None:
    sent = [send_to(staff, answers) for answers in (EMERGENCY, MASSAGE, URGENT)]
    clock.now -= 60  # set back: what comes in now still comes after
    sent += [send_to(staff, MASSAGE), send_to(staff, MASSAGE)]

    found = [one for page in pages(program, 2) for one in page["responses"]]

    assert [one["id"] for one in found] == sent
    assert [one["urgency"] for one in found] == [3, 0, 2, 0, 0]
    assert found[0]["client"]["name"] == "Zoe Fischer"


def test_who_goes_on_from_the_cursor_gets_what_is_new_and_nothing_else(
    program: Program, staff: Staff
) -> None:
    send_to(staff, MASSAGE)
    cursor = program.get(HOME).get_json()["next"]
    nothing = program.get(f"{HOME}?after={cursor}").get_json()
    new = send_to(staff, EMERGENCY)
    after = program.get(f"{HOME}?after={nothing['next']}").get_json()

    assert nothing == {"responses": [], "next": cursor, "more": False}
    assert [one["id"] for one in after["responses"]] == [new]


@pytest.mark.parametrize("since", [1, 2, 3])
def test_after_a_restore_an_old_cursor_is_refused_and_hides_nothing(
    program: Program, staff: Staff, database: Database, since: int
) -> None:
    """Also once as many new responses have come in as were lost, or more."""
    kept = send_to(staff, MASSAGE)
    old = program.get(HOME).get_json()["next"]
    lost = [send_to(staff, MASSAGE) for _ in range(2)]
    cursor = program.get(HOME).get_json()["next"]
    with database.writing() as tx:  # the backup was made when there was one
        tx.connection.execute(delete(responses).where(responses.c.id.in_(lost)))
        tx.connection.execute(delete(arrival_marks).where(arrival_marks.c.number > 1))
        tx.connection.execute(update(arrival_counts).values(last=1))
    new = [send_to(staff, EMERGENCY) for _ in range(since)]
    refused = program.get(f"{HOME}?after={cursor}")

    assert refused.status_code == 409
    assert refused.content_type == "application/problem+json"
    assert "Start again" in refused.get_json(force=True)["detail"]
    assert [one["id"] for one in program.get(HOME).get_json()["responses"]] == [kept, *new]
    goes_on = program.get(f"{HOME}?after={old}").get_json()["responses"]
    assert [one["id"] for one in goes_on] == new, "the backup knows this one"


def test_a_cursor_of_the_version_before_goes_on_until_a_restore(
    program: Program, staff: Staff, database: Database
) -> None:
    old = send_to(staff, MASSAGE)
    with database.writing() as tx:
        tx.connection.execute(delete(arrival_marks))
    new = send_to(staff, MASSAGE)
    goes_on = program.get(f"{HOME}?after=1").get_json()["responses"]

    assert [one["id"] for one in goes_on] == [new]
    assert program.get(HOME).get_json()["responses"][0]["id"] == old
    assert program.get(f"{HOME}?after=2").status_code == 409, "2 was given with a mark"


def test_what_was_erased_is_gone_and_the_cursor_goes_on(program: Program, staff: Staff) -> None:
    last = send_to(staff, MASSAGE)
    cursor = program.get(HOME).get_json()["next"]
    staff.practice.inbox.erase_response(staff.who, last)
    new = send_to(staff, MASSAGE)

    assert [one["id"] for one in program.get(HOME).get_json()["responses"]] == [new]
    assert [one["id"] for one in program.get(f"{HOME}?after={cursor}").get_json()["responses"]] == [
        new
    ], "its number is not given again"
    assert program.get(f"{HOME}/{last}").status_code == 404


def test_one_response_is_told_as_the_file_of_the_clinic_tells_it(
    program: Program, staff: Staff
) -> None:
    sent = send_to(staff, EMERGENCY, message="My calf hurts")
    staff.practice.inbox.note(staff.who, sent, NoteKind.REVIEWED, "Called her")
    with staff.practice.database.writing() as tx:
        own_answers.add(tx, staff.who.clinic.id, sent, [OWN_ANSWER])
    file = json.loads(staff.get(f"/clinic/responses/{sent}.json").response.data)

    told = program.get(f"{HOME}/{sent}").get_json()

    assert told == {**file["responses"][0], "altered": False}
    assert told["message"] == "My calf hurts"
    assert told["own_questions"][0]["question"] == OWN_ANSWER.question
    assert told["decision"]["recommendation"] == "emergency"


def test_a_consent_that_was_taken_back_is_told(
    program: Program, staff: Staff, clock: Clock
) -> None:
    sent = send_to(staff, MASSAGE)
    assert "consent_withdrawn_at" not in program.get(f"{HOME}/{sent}").get_json()
    with staff.practice.database.writing() as tx:
        withdrawals.add(tx, staff.who.clinic.id, sent, int(clock.now))

    told = program.get(f"{HOME}/{sent}").get_json()
    file = json.loads(staff.get(f"/clinic/responses/{sent}.json").response.data)
    assert told["consent_withdrawn_at"] == file["responses"][0]["consent_withdrawn_at"]


def test_one_response_is_a_page_to_print(program: Program, staff: Staff) -> None:
    answer = program.get(f"{HOME}/{send_to(staff, MASSAGE)}/pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")
    assert "Fischer" not in answer.headers["Content-Disposition"]


def test_fetching_one_leaves_it_unread(program: Program, staff: Staff) -> None:
    sent = send_to(staff, EMERGENCY)
    program.get(f"{HOME}/{sent}")
    program.get(f"{HOME}/{sent}/pdf")

    assert staff.practice.inbox.unread_urgent(staff.who) == 1, "no person has looked at it"


def test_an_invitation_leads_to_what_came_back(program: Program, staff: Staff) -> None:
    told = program.invite()
    practice = staff.practice
    submission = Submission(
        clinic=staff.who.clinic.id, invitation=told["id"], visit="visit",
        answers=SCREENING.restore(MASSAGE), name="Zoe Fischer", birth="1982-05-03", message="",
        agreed=asked_by(staff.who.clinic, carer=False),
    )  # fmt: skip
    sent = practice.intake.send(submission).response
    read = program.get(f"/api/v1/invitations/{told['id']}").get_json()

    assert (read["state"], read["response"]) == ("sent back", sent)
    assert program.post(f"/api/v1/invitations/{told['id']}/revoke").status_code == 409


def test_stricter_rules_of_today_are_told(program: Program, staff: Staff) -> None:
    sent = send_to(staff, MASSAGE)
    decide_again(staff, sent, NOW)
    [line] = program.get(HOME).get_json()["responses"]

    assert line["decided_again"]["urgency"] > line["urgency"]
    assert program.get(f"{HOME}/{sent}").get_json()["decided_again"]["urgency"] > 0


def test_what_somebody_changed_in_the_database_counts_as_an_emergency(
    program: Program, staff: Staff, database: Database
) -> None:
    sent: ResponseId = send_to(staff, EMERGENCY)
    with database.writing() as tx:
        tx.connection.execute(update(responses).values(urgency=0, recommendation="self_care"))
    [line] = program.get(HOME).get_json()["responses"]

    assert (line["altered"], line["urgency"]) == (True, 3)
    assert program.get(f"{HOME}/{sent}").get_json()["altered"]


def test_what_no_key_opens_says_so_and_the_rest_works(
    program: Program, staff: Staff, database: Database
) -> None:
    sent = send_to(staff, MASSAGE)
    with database.writing() as tx:
        tx.connection.execute(update(responses).values(sealed=b"spoilt"))
    told = program.get(f"{HOME}/{sent}").get_json()

    assert not told["readable"]
    assert "answers" not in told
