"""OWASP ASVS 5.0, chapters 6 to 9, where no other test stands for a number."""

from __future__ import annotations

import pytest

from assessment.practice.practice import Practice
from assessment.practice.staff.enrolment import CODE_HOURS
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.web.server.settings import ROOT
from tests.practice.cheap import CHEAP
from tests.records.some import disable
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.staff import PASSWORD, Staff
from tests.web.conftest import Clock

NEW = "violet ladder hums under seven clouds"
PHRASE = "Ünïcödé ségelt langsam über den See, und niemand weiß warum; es ist still heute."


def test_asvs_6_2_2_people_change_their_own_password(staff: Staff) -> None:
    form = {"old_password": PASSWORD, "new_password": NEW}
    assert staff.post("/clinic/account/password", form).status == 303
    assert staff.sign_in(PASSWORD).status == 422
    assert staff.sign_in(NEW).goes_to == "/clinic"


def test_asvs_6_2_7_password_managers_find_their_fields_and_nothing_stops_pasting(
    staff: Staff, stranger: Staff
) -> None:
    fields = [
        *stranger.get("/clinic/sign-in").all("input", type="password"),
        *stranger.get("/clinic/setup").all("input", type="password"),
        *staff.get("/clinic/account").all("input", type="password"),
    ]
    kinds = {one.get("autocomplete") for one in fields}
    assert kinds == {"current-password", "new-password"}
    assert not [one for one in fields if "onpaste" in one.attrib or "maxlength" in one.attrib]
    assert "paste" not in (ROOT / "static" / "clinic.js").read_text("utf-8")


def test_asvs_6_2_8_a_password_counts_exactly_as_it_was_typed() -> None:
    stored = CHEAP.hash(PHRASE)
    assert CHEAP.is_right(stored, PHRASE)
    for other in (PHRASE[:-1], PHRASE + " ", f" {PHRASE}", PHRASE.lower(), PHRASE.swapcase()):
        assert not CHEAP.is_right(stored, other)


def test_asvs_7_4_2_a_disabled_account_is_out_at_once_and_cannot_come_back(
    staff: Staff, practice: Practice, clock: Clock
) -> None:
    assert staff.get("/clinic/invitations").status == 200
    with practice.database.writing() as tx:
        disable(tx, staff.who.therapist, int(clock.now))
    assert staff.get("/clinic/invitations").goes_to.startswith("/clinic/sign-in")
    assert staff.sign_in().status == 422


def test_asvs_9_2_1_codes_run_out(practice: Practice, clock: Clock) -> None:
    setup = practice.enrolment.new_setup_code()
    clock.now += CODE_HOURS * 3600 + 1
    with pytest.raises(Refused) as late:
        practice.enrolment.set_up(setup, "Riverside", "Ana", "ana@example.org", PASSWORD)
    assert late.value.kind is Refusal.CODE
    assert practice.enrolment.setup_needed()


def test_asvs_9_2_3_a_code_of_one_clinic_opens_nothing_in_another(
    make_staff: MakeStaff, practice: Practice
) -> None:
    make_staff()
    neighbour = make_staff("Hillside", "bo@example.org", name="Bo Ek")
    code = practice.enrolment.new_password_code("ana@example.org")
    with pytest.raises(Refused) as refused:
        practice.enrolment.set_password("bo@example.org", code, NEW)
    assert refused.value.kind is Refusal.CODE
    assert neighbour.sign_in(PASSWORD).goes_to == "/clinic"
