"""A program makes, reads and revokes invitations, as a therapist does."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest

from assessment.records.keys import Scope
from assessment.records.model import MailKind
from tests.records.some import NOW
from tests.web.api.conftest import MakeProgram, Program
from tests.web.client import Client
from tests.web.clinic.staff import Staff
from tests.web.conftest import Clock

HOME = "/api/v1/invitations"
VISIT = datetime.datetime.fromtimestamp(NOW + 3 * 86_400, datetime.UTC).isoformat()
BODY = {"name": "Zoe Fischer"}


def test_an_invitation_is_made_read_and_answered_with_its_link(
    program: Program, staff: Staff
) -> None:
    made = program.post(
        HOME,
        {
            "name": "  Zoe\u00a0 Fischer ", "email": "zoe@example.org", "phone": "07700 900123",
            "visit_at": VISIT, "days": 3, "note": "Left calf", "language": "en",
        },
    )  # fmt: skip
    told = made.get_json()

    assert made.status_code == 201
    assert made.headers["Location"].endswith(f"{HOME}/{told['id']}")
    assert (told["name"], told["phone"], told["note"]) == (
        "Zoe Fischer", "+447700900123", "Left calf",
    )  # fmt: skip
    assert datetime.datetime.fromisoformat(told["visit_at"]) == datetime.datetime.fromisoformat(
        VISIT
    )
    assert told["state"] == "made"
    assert "Zoe Fischer" in staff.get("/clinic/invitations").text
    assert Client(program.app).get(told["link"]).status == 200
    read = program.get(f"{HOME}/{told['id']}").get_json()
    assert read == {**told, "link": None}, "a link is told to whoever makes it"


def test_the_clinic_says_for_how_long_a_link_works_unless_the_call_does(program: Program) -> None:
    usual, short = program.invite(), program.invite(days=1)

    def days(told: object) -> int:
        assert isinstance(told, dict)
        made, ends = (datetime.datetime.fromisoformat(told[x]) for x in ("made_at", "expires_at"))
        return (ends - made).days

    assert (days(usual), days(short)) == (7, 1)


@pytest.mark.parametrize("named", [{"reference": "booking 17"}, {}])
def test_the_same_call_makes_one_invitation_and_learns_its_link(
    program: Program, staff: Staff, named: dict[str, str], clock: Clock
) -> None:
    headers = {} if named else {"Idempotency-Key": "8e03978e"}
    body = BODY | named | {"visit_at": VISIT}
    first = program.post(HOME, body, **headers)
    clock.now += 5 * 86_400  # the visit is over: it is the same call all the same
    again = program.post(HOME, body, **headers)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()
    staff.sign_in()
    assert len(staff.practice.invitations.listed(staff.who).invitations) == 1


def test_many_at_once_make_one(program: Program, staff: Staff) -> None:
    body = BODY | {"reference": "booking 17"}
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(lambda _: program.post(HOME, body), range(8))]

    assert sorted(one.status_code for one in found) == [200] * 7 + [201]
    assert len({one.get_json()["link"] for one in found}) == 1
    assert len(staff.practice.invitations.listed(staff.who).invitations) == 1


def test_a_reference_that_says_something_else_changes_nothing(program: Program) -> None:
    told = program.invite(reference="booking 17")
    other = program.post(HOME, {"name": "Somebody else", "reference": "booking 17"})

    assert other.status_code == 409
    assert other.get_json(force=True)["invitation"] == told["id"]
    assert "link" not in other.get_json(force=True)


def test_a_reference_and_a_key_of_the_same_letters_are_two_calls(program: Program) -> None:
    one = program.invite(reference="17")
    two = program.post(HOME, BODY, **{"Idempotency-Key": "17"})

    assert two.status_code == 201
    assert two.get_json()["link"] != one["link"]


def test_a_revoked_link_is_not_told_again(program: Program) -> None:
    told = program.invite(reference="17")
    revoked = program.post(f"{HOME}/{told['id']}/revoke")
    again = program.post(f"{HOME}/{told['id']}/revoke")
    repeated = program.post(HOME, BODY | {"reference": "17"})

    assert [one.status_code for one in (revoked, again, repeated)] == [200, 200, 200]
    assert revoked.get_json() == {"id": told["id"], "state": "revoked"}
    assert repeated.get_json() == {**told, "state": "revoked", "link": None}
    assert Client(program.app).get(told["link"]).status != 200


def test_a_key_that_only_writes_reads_nothing_of_what_it_revokes(
    make_program: MakeProgram, program: Program, staff: Staff
) -> None:
    writer = make_program(staff, frozenset({Scope.WRITE_INVITATIONS}), "Writer")
    told = program.invite(name="Quillfeather", email="q@example.org", note="Thistlewick")
    for _ in range(2):
        answer = writer.post(f"{HOME}/{told['id']}/revoke")
        assert answer.get_json() == {"id": told["id"], "state": "revoked"}


def test_what_has_expired_cannot_be_revoked(program: Program, clock: Clock) -> None:
    told = program.invite()
    clock.now += 30 * 86_400

    assert program.post(f"{HOME}/{told['id']}/revoke").status_code == 409


@pytest.mark.usefixtures("can_mail")
def test_the_link_is_mailed_where_the_call_asks_for_it(program: Program, staff: Staff) -> None:
    silent = program.invite(email="zoe@example.org")
    told = program.invite(email="zoe@example.org", send=True)
    mails = staff.practice.invitations.mails

    assert mails(staff.who, silent["id"]) == ()
    assert MailKind.LINK in {one.kind for one in mails(staff.who, told["id"])}


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"name": " . "}, "#/name"),
        ({"name": "x" * 101}, "#/name"),
        ({"name": None}, "#/name"),
        ({"name": 7}, "#/name"),
        ({"email": "zoe@"}, "#/email"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "#/email"),
        ({"send": True}, "#/email"),
        ({"send": True, "email": "zoe@example.org"}, "#/send"),
        ({"phone": "call me"}, "#/phone"),
        ({"visit_at": "2027-01-20T14:00:00"}, "#/visit_at"),
        ({"visit_at": "2020-01-20T14:00:00Z"}, "#/visit_at"),
        ({"visit_at": "2099-01-20T14:00:00Z"}, "#/visit_at"),
        ({"days": 0}, "#/days"),
        ({"days": 91}, "#/days"),
        ({"note": "x" * 501}, "#/note"),
        ({"language": "xx"}, "#/language"),
        ({"clinic": "another"}, "#/clinic"),
        ({"therapist/~": "another"}, "#/therapist~1~0"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_by_its_place_and_nothing_is_made(
    program: Program, staff: Staff, wrong: dict[str, object], pointer: str
) -> None:
    answer = program.post(HOME, BODY | wrong)

    assert answer.status_code == 422
    problem = answer.get_json(force=True)
    assert [one["pointer"] for one in problem["errors"]] == [pointer]
    assert staff.practice.invitations.listed(staff.who).invitations == ()
