"""Short measures as the clinic sees them: an owner's choice, side by side, and in every export."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from sqlalchemy import update

from assessment.exports.dates import UTC
from assessment.practice.intake.consent import asked_by
from assessment.practice.intake.submission import Submission
from assessment.practice.responses.measured import course_of
from assessment.practice.responses.old_protocols import keeping
from assessment.practice.responses.printout import sheet_of
from assessment.protocols.load import find_protocol, load_protocol
from assessment.protocols.versions import read_files
from assessment.records import invitations, measures
from assessment.records.ids import ClientId, InvitationId, ResponseId, new_id, new_token
from assessment.records.measure_tables import measures as table
from assessment.records.measures import Activity, Measured
from assessment.records.model import Invitation
from assessment.screening import AFTER_VISIT, Screening
from assessment.web.clinic.sharing import share
from tests.records.some import some_response
from tests.web.client import text_of
from tests.web.clinic.sent import MASSAGE, client_of, send_to
from tests.web.clinic.staff import Staff
from tests.web.conftest import Clock

HOME = "/clinic/settings/measures"
BEFORE = Measured(
    6, (Activity("Climbing stairs", 3), Activity("Sleeping", 5), Activity("<b>", None))
)
AFTER = Measured(4, (Activity("climbing stairs", 7), Activity("Sleeping", 5), Activity("Golf", 1)))
NO_SIGN: dict[str, object] = {"at_once": ["none"], "today": ["none"]}
BRUISE: dict[str, object] = {"at_once": ["none"], "today": ["bruise"]}


def before(staff: Staff, measured: Measured = BEFORE) -> ResponseId:
    """What came in before a visit, with measures."""
    response = send_to(staff, MASSAGE)
    with staff.practice.database.writing() as tx:
        measures.add(tx, staff.who.clinic.id, response, measured)
    return response


def after(
    staff: Staff, follows: ResponseId, answers: dict[str, object], measured: Measured = AFTER
) -> ResponseId:
    """What came in by the link after it."""
    folder = find_protocol(AFTER_VISIT)
    protocol = load_protocol(folder)
    clinic, now = staff.who.clinic, staff.practice.invitations.now()
    link = Invitation(
        id=InvitationId(new_id()),
        clinic=clinic.id,
        client=client_of(staff, follows),
        therapist=staff.who.therapist.id,
        created_at=now,
        expires_at=now + 86_400,
        name="Zoe Fischer",
        email="",
        note="",
        follows=follows,
    )
    with staff.practice.database.writing() as tx:
        invitations.add(tx, link, new_token())
    submission = Submission(
        clinic=clinic.id,
        invitation=link.id,
        visit=new_id(),
        answers=Screening(protocol).restore(answers),
        name="Zoe Fischer",
        birth="",
        message="",
        agreed=asked_by(clinic, carer=False),
        measured=measured,
    )
    intake = staff.practice.intake.under(protocol, keeping(protocol, read_files(folder)))
    return intake.send(submission).response


def test_an_owner_switches_it_on_and_nobody_asks_before_that(staff: Staff) -> None:
    page = staff.get(HOME)
    assert "checked" not in page.one("input", id="asks").attrib
    assert (HOME, "Pain and activities") in page_links(staff)

    saved = staff.post(HOME, {"asks": "y", "after": "3"})

    assert saved.goes_to == f"{HOME}?done=saved"
    page = staff.get(HOME)
    assert "checked" in page.one("input", id="asks").attrib
    assert [text_of(one) for one in page.all("option") if "selected" in one.attrib] == [
        "3 days after the visit"
    ]
    assert staff.post(HOME, {"asks": "y", "after": "400"}).status == 422
    assert "Chose what to ask about pain and activities" in staff.get("/clinic/audit").text


def page_links(staff: Staff) -> set[tuple[str, str]]:
    page = staff.get("/clinic/settings")
    return {(one.get("href") or "", text_of(one)) for one in page.all("a")}


def test_both_are_side_by_side_on_the_page_of_the_client_with_what_changed(
    staff: Staff, clock: Clock
) -> None:
    first = before(staff)
    clock.now += 300
    after(staff, first, NO_SIGN)

    page = staff.get(f"/clinic/clients/{client_of(staff, first)}")

    rows = [
        [text_of(cell) for cell in (*row.findall("th"), *row.findall("td"))]
        for row in page.all("tr")
        if row.findall("td") and len(row.findall("td")) == 3
    ]
    assert ["Pain, last 24 hours (0 to 10)", "6", "4", "2 points less"] in rows
    assert ["Climbing stairs", "3", "7", "4 points more"] in rows
    assert ["Sleeping", "5", "5", "no change"] in rows
    assert ["<b>", "not given", "not given", ""] in rows
    assert ["Golf", "not given", "1", ""] in rows
    assert ["Average of these activities", "4", "6", "2 points more"] in rows
    assert "under 3 points in one activity, or under 2 in the average, may be chance" in page.text
    assert "Changes" not in [text_of(one) for one in page.all("h2")], "other questions were asked"


def test_after_a_visit_is_after_a_visit_also_where_the_measures_cannot_be_read(
    staff: Staff, clock: Clock
) -> None:
    first = before(staff)
    clock.now += 300
    after(staff, first, NO_SIGN)
    with staff.practice.database.writing() as tx:
        tx.connection.execute(update(table).values(sealed=b"changed"))

    page = staff.get(f"/clinic/clients/{client_of(staff, first)}")

    assert "Changes" not in [text_of(one) for one in page.all("h2")]


def test_self_care_before_a_visit_and_no_sign_after_one_are_looked_for_apart(
    staff: Staff, clock: Clock
) -> None:
    first = before(staff)
    resting = send_to(staff, {**MASSAGE, "lasted": "days"}, "Bea Rest")
    second = after(staff, first, NO_SIGN)
    shown = {
        wanted: [
            one
            for one in (first, resting, second)
            if one in staff.get(f"/clinic/inbox?state=any&recommendation={wanted}").html
        ]
        for wanted in ("any", "self_care", "no_sign_after", "certified_therapist")
    }
    assert shown == {
        "any": [first, resting, second],
        "self_care": [resting],
        "no_sign_after": [second],
        "certified_therapist": [first],
    }
    beside = staff.get(f"/clinic/responses/{resting}?state=any&recommendation=self_care")
    assert not [one for one in beside.links if second in one or first in one]
    page = staff.get("/clinic/inbox?state=any&recommendation=no_sign_after")
    assert page.value("recommendation") == "no_sign_after"


def test_what_came_after_a_visit_is_no_change_since_last_time_and_says_what_it_is(
    staff: Staff, clock: Clock
) -> None:
    first = before(staff)
    clock.now += 300
    second = after(staff, first, NO_SIGN)

    page = staff.get(f"/clinic/responses/{second}")

    assert "No warning sign ticked" in page.text
    assert "Since last time" not in page.text
    assert "Golf" in page.text
    assert "Golf" not in staff.get(f"/clinic/responses/{first}").text


@pytest.mark.parametrize(
    ("told", "says"),
    [(NO_SIGN, "After the visit: no sign ticked"), (BRUISE, "After the visit: a doctor today")],
)
def test_a_list_never_shows_what_came_after_a_visit_as_advice_before_one(
    staff: Staff, clock: Clock, told: dict[str, object], says: str
) -> None:
    first = before(staff)
    clock.now += 300
    after(staff, first, told)

    client = f"/clinic/clients/{client_of(staff, first)}"
    for path in ("/clinic/inbox?state=any", "/clinic", client):
        assert says in staff.get(path).text, path
        assert not [one for one in staff.get(path).all("td") if text_of(one) == "Self-care"], path
    assert "After the visit" not in staff.get(f"/clinic/responses/{first}").text


def test_a_sign_after_a_massage_stands_at_the_head_of_the_inbox(staff: Staff, clock: Clock) -> None:
    first = before(staff)
    clock.now += 300
    second = after(staff, first, BRUISE, Measured())
    send_to(staff, MASSAGE, "Later")

    found = [one.get("href") or "" for one in staff.get("/clinic/inbox").all("a")]
    opened = [one for one in found if one.startswith("/clinic/responses/")]
    assert opened[0].startswith(f"/clinic/responses/{second}")
    page = staff.get(f"/clinic/responses/{second}")
    assert "No massage today" in page.text
    assert "a bruise that is spreading" in page.text


def test_every_export_holds_them(staff: Staff, clock: Clock) -> None:
    first = before(staff)
    clock.now += 300
    second = after(staff, first, NO_SIGN)

    [told] = json.loads(staff.get(f"/clinic/responses/{second}.json").response.data)["responses"]
    assert told["measures"] == {
        "pain": 4,
        "activities": [
            {"activity": "climbing stairs", "score": 7},
            {"activity": "Sleeping", "score": 5},
            {"activity": "Golf", "score": 1},
        ],
        "follows": first,
    }
    text = staff.get(f"/clinic/responses/{second}.csv").response.data.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert row["measured_pain"] == "4"
    assert row["measured_activities"] == "climbing stairs: 7 | Sleeping: 5 | Golf: 1"
    assert row["measured_after"] == first
    opened = staff.practice.inbox.response(staff.who, second)
    assert opened is not None
    [block] = [one for one in sheet_of(opened, UTC).answers if one.heading == "Pain and activities"]
    assert "Golf: 1" in repr(block.lines)


def test_the_second_link_says_what_it_is_and_stays_that_when_it_is_made_anew(
    staff: Staff,
) -> None:
    staff.post(HOME, {"asks": "y", "after": "3"})
    first = before(staff)
    after(staff, first, NO_SIGN)
    with staff.practice.database.reading() as tx:
        [link] = [
            one
            for one in invitations.of_client(tx, staff.who.clinic.id, client_of(staff, first))
            if one.follows
        ]
    assert "after a visit" in staff.get("/clinic/invitations").text
    page = staff.get(f"/clinic/invitations/{link.id}")
    assert "The time since a visit" in page.text
    open_one = replace(link, id=InvitationId(new_id()), used_at=None)
    with staff.practice.database.writing() as tx:
        invitations.add(tx, open_one, new_token())

    issued = staff.practice.invitations.resend(staff.who, open_one.id)

    assert issued.invitation.follows == first
    assert "how you are after your visit" in share(staff.who.clinic, issued.invitation, "x").message


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ({"a": BEFORE}, [("a", None)]),
        ({"b": Measured(4, (), "a"), "a": BEFORE}, [("a", "b")]),
        ({"b": Measured(4, (), "gone")}, [(None, "b")]),
        ({"b": Measured(None, (), "a"), "a": BEFORE}, [("a", "b")]),
        ({"b": Measured(None, (), "gone")}, []),
    ],
)
def test_each_visit_is_told_once(
    lines: dict[str, Measured], expected: list[tuple[str | None, str | None]]
) -> None:
    made = [
        some_response(ClientId("c"), id=ResponseId(name), received_at=at).line
        for at, name in zip((2, 1), lines, strict=False)
    ]
    names = {line.received_at: str(line.id) for line in made}
    course = course_of(made, {ResponseId(name): one for name, one in lines.items()})

    found = () if course is None else course.pairs
    told = [(names.get(one.before or 0), names.get(one.after or 0)) for one in found]
    assert told == expected


def test_what_cannot_be_read_is_said_and_hides_nothing_else() -> None:
    line = some_response(ClientId("c")).line
    course = course_of([line], {line.id: None})
    assert course is not None
    assert (course.pairs, course.lost) == ((), True)
    assert course_of([line], {}) is None
