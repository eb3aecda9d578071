"""The page of one response: what it shows, what is done there, and what it never lets through."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from assessment.practice.responses.phrases import ALTERED, CHANGED, IF_WRONG, UNREADABLE, WORDS_LOST
from assessment.records import responses, tables
from assessment.records.database import Database
from assessment.records.ids import ResponseId
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, MASSAGE, UNSURE, URGENT, client_of, send_to
from tests.web.clinic.staff import Staff, StaffPage
from tests.web.conftest import Clock

SCRIPT = '<script>alert("x")</script>'
LONGEST_NOTE = 4000


def path_of(response: ResponseId) -> str:
    return f"/clinic/responses/{response}"


def notes_of(page: StaffPage) -> list[str]:
    """What the list of notes says, the oldest first."""
    sections = [one for one in page.all("section") if one.get("aria-labelledby") == "notes"]
    return [text_of(one) for section in sections for one in section.iter("li")]


def test_the_page_says_whether_massage_fits_what_to_mind_and_why(staff: Staff) -> None:
    page = staff.get(path_of(send_to(staff, MASSAGE, message="Worse after work.")))

    for words in (
        "Massage may suit them", "Not urgent", "Certified therapist",
        "Because of where it hurts", "Pain in the left calf.", "They said: Left calf",
        "It has lasted for weeks.", "Back: Left calf", "Pain now 6 of 10", "Worse after work.",
        "Born 3 May 1982 (44 years)", "Signs that matter now", "version 6",
        "Small check, version 0.1, by A. Author", "Not yet reviewed by a clinician.",
    ):  # fmt: skip
        assert words in page.text, words
    assert "hurting" not in page.html  # nothing of the private question
    assert re.findall(r'class="(\S+) on"', page.html) == ["r-left_calf"]


def test_the_title_holds_no_name(staff: Staff) -> None:
    response = send_to(staff, MASSAGE, "Zoe Fischer")
    page = staff.get(path_of(response))

    assert page.heading == "Zoe Fischer"
    assert page.title.startswith("Response ")
    assert "Zoe" not in staff.get(f"/clinic/clients/{client_of(staff, response)}").title
    assert "Zoe" not in staff.get(f"{path_of(response)}/erase").title


def test_every_answer_stands_under_its_section(staff: Staff) -> None:
    page = staff.get(path_of(send_to(staff)))
    groups = [one for one in page.all("section") if "part" in (one.get("class") or "").split()]

    words = [text_of(one) for one in groups]

    assert [text_of(next(one.iter("h2"))) for one in groups] == [
        "About you", "Signs that matter", "About the pain",
    ]  # fmt: skip
    assert "How long Two to six weeks" in words[2]


def test_an_emergency_says_so_first_and_what_was_not_asked(staff: Staff) -> None:
    page = staff.get(path_of(send_to(staff, EMERGENCY)))

    assert page.text.index("No massage") < page.text.index("Why")
    assert "You told us about chest pain." in page.text
    assert "Not asked: “How bad is the pain now?”; “Where does it hurt?”" in page.text


def test_only_a_complete_and_certain_calm_response_has_nothing_to_mind(staff: Staff) -> None:
    nothing = "No precautions found."
    calm = {**MASSAGE, "where": ["tummy"]}
    unsure = {**calm, "signs": ["not_sure"], "fever_days": "short"}

    assert nothing in staff.get(path_of(send_to(staff, calm))).text
    for answers in (EMERGENCY, URGENT, unsure, {**calm, "signs": ["numb"]}):
        page = staff.get(path_of(send_to(staff, answers)))
        assert nothing not in page.text, answers
    assert "Precautions" not in page.text


def test_a_column_that_somebody_changed_is_told_of_on_page_and_paper(
    staff: Staff, database: Database
) -> None:
    path = path_of(send_to(staff, URGENT))
    calm = {"urgency": 0, "recommendation": "self_care"}
    with database.writing() as tx:
        tx.connection.execute(update(tables.responses).values(**calm))

    page, row = staff.get(path), staff.get(f"{path}.csv").response.text
    first = staff.get("/clinic/inbox?state=contacted").text

    assert f"Emergency Open the response from Zoe Fischer {ALTERED}" in first, first
    assert CHANGED in page.text
    assert "No massage today" in page.text
    assert CHANGED in row
    assert "A doctor today" in row
    assert "Self-care" not in row


def test_it_is_asked_who_answered_where_somebody_else_was_invited(
    staff: Staff, database: Database
) -> None:
    form = {"name": "Anna Berg", "email": "", "days": "7", "note": ""}
    invited = staff.post("/clinic/invitations/new", form).goes_to
    same, other = send_to(staff, MASSAGE, "A. Berg"), send_to(staff, MASSAGE, "Zoe Fischer")
    with database.writing() as tx:
        invitation = invited.rpartition("/")[2].partition("?")[0]
        there = tx.connection.execute(select(tables.invitations.c.id)).scalar_one()
        assert there == invitation
        tx.connection.execute(update(tables.responses).values(invitation=there))

    ask = "Invited as Anna Berg; the answers name Zoe Fischer. Ask who answered."
    assert ask in staff.get(path_of(other)).text
    assert "Invited as" not in staff.get(path_of(same)).text


def test_not_sure_is_called_out(staff: Staff) -> None:
    page = staff.get(path_of(send_to(staff, UNSURE)))

    assert "Ask: they were not sure" in page.text
    assert "Signs that matter now : chest pain; numbness between your legs; a fever" in page.text


def test_how_to_reach_a_client_stands_with_what_is_urgent_and_nowhere_else(
    staff: Staff, database: Database
) -> None:
    form = {"name": "Zoe Fischer", "email": "zoe@example.org", "phone": "+44 20 7946 0000"}
    staff.post("/clinic/invitations/new", {**form, "days": "7", "note": ""})
    urgent, calm = send_to(staff, URGENT), send_to(staff)
    with database.writing() as tx:
        there, client = tx.connection.execute(
            select(tables.invitations.c.id, tables.invitations.c.client)
        ).one()
        for response in (urgent, calm):
            found = responses.get(tx, staff.who.clinic.id, response)
            assert found is not None
            responses.erase(tx, staff.who.clinic.id, response, found.line.received_at)
            line = replace(found.line, client=client)
            responses.add(
                tx, staff.who.clinic.id, replace(found, line=line, invitation=there), response
            )

    page = staff.get(path_of(urgent))
    assert {"tel:+442079460000", "mailto:zoe@example.org"} <= set(page.links)
    assert page.text.index("Urgent: today") < page.text.index("Call +44 20 7946 0000")
    assert page.text.index("Email zoe@example.org") < page.text.index("You told us")
    assert not any(one.startswith(("tel:", "mailto:")) for one in staff.get(path_of(calm)).links)


def test_next_and_previous_follow_the_list_that_was_filtered(staff: Staff) -> None:
    emergency, calm = send_to(staff, EMERGENCY), send_to(staff)
    urgent, other = send_to(staff, URGENT), send_to(staff, MASSAGE, "Bo Lind")
    staff.post(f"{path_of(urgent)}/state", {"kind": "reviewed"})

    def turned(response: ResponseId, query: str) -> dict[str, str]:
        page = staff.get(f"{path_of(response)}?{query}")
        links = [one for one in page.all("a") if one.get("rel") in ("prev", "next")]
        return {str(one.get("rel")): str(one.get("href")) for one in links}

    every, new = "state=any&recommendation=any", "state=new&recommendation=any"
    first, *rest = (emergency, urgent, *sorted((calm, other), reverse=True))
    assert turned(first, every) == {"next": f"{path_of(rest[0])}?{every}"}
    assert turned(rest[0], every)["prev"] == f"{path_of(first)}?{every}"
    assert turned(first, new)["next"] == f"{path_of(rest[1])}?{new}", "what is reviewed is left out"
    assert turned(urgent, new)["next"] == f"{path_of(rest[1])}?{new}", "it keeps its place"
    assert turned(rest[2], every) == {"prev": f"{path_of(rest[1])}?{every}"}
    found = staff.post("/clinic/inbox", {"name": "Bo Lind"}).goes_to.partition("?")[2]
    [only] = [
        one for one in staff.get(f"/clinic/inbox?{found}").all("a") if other in str(one.attrib)
    ]
    assert turned(other, str(only.get("href")).partition("?")[2]) == {}
    marked = staff.post(f"{path_of(calm)}/state?{every}", {"kind": "reviewed"}).goes_to
    assert marked == f"{path_of(calm)}?{every}&done=reviewed"


def test_what_was_told_can_be_selected_and_copied_as_a_note(staff: Staff) -> None:
    page = staff.get(path_of(send_to(staff, {**URGENT, "lasted": "weeks"}, message="Since May.")))

    note = text_of(page.one("pre"))
    assert note.startswith("S: Told online on ")
    assert "Reports: numbness between their legs." in note
    assert "Denies: chest pain; a fever." in note
    assert "“Since May.”" in note
    [button] = [one for one in page.all("button") if one.get("data-copy")]
    assert button.get("data-copy") == page.one("pre").get("id")
    assert "hidden" in button.attrib, "without script there is nothing to press"


def test_marks_and_notes_are_added_and_stay(staff: Staff, clock: Clock) -> None:
    path = path_of(send_to(staff, URGENT))
    steps = [
        ("notes", {"text": "Called, no answer."}, "Your note was added."),
        ("state", {"kind": "contacted"}, "Marked as contacted."),
        ("state", {"kind": "reviewed", "text": "Sees a doctor."}, "Marked as reviewed."),
        ("state", {"kind": "reopened"}, "Moved back to review."),
    ]
    for where, form, told in steps:
        clock.now += 60
        page = staff.get(staff.post(f"{path}/{where}", form).goes_to)
        assert told in page.text

    notes = notes_of(staff.get(path))

    assert [note.split(" Ana Ruiz")[0] for note in notes] == [
        "Note", "Client contacted", "Reviewed", "Moved back to review",
    ]  # fmt: skip
    assert notes[0].endswith("Called, no answer.")
    assert notes[2].endswith("Sees a doctor.")


def test_only_what_changes_something_is_offered(staff: Staff) -> None:
    path = path_of(send_to(staff))
    staff.post(f"{path}/state", {"kind": "reviewed"})

    offered = {one.get("value") for one in staff.get(path).all("button", name="kind")}

    assert offered == {"contacted", "reopened"}


@pytest.mark.parametrize("text", ["", "   ", "x" * (LONGEST_NOTE + 1)])
def test_a_note_that_cannot_be_taken_is_explained_and_kept(staff: Staff, text: str) -> None:
    path = path_of(send_to(staff))

    page = staff.post(f"{path}/notes", {"text": text})

    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert len(page.errors) == 1
    assert page.value("text") == text.strip()
    assert notes_of(staff.get(path)) == []


def test_a_mark_that_does_not_exist_is_refused(staff: Staff) -> None:
    path = path_of(send_to(staff))

    for kind in ("note", "erased", "", "REVIEWED"):
        assert staff.post(f"{path}/state", {"kind": kind}).status == 400
    assert notes_of(staff.get(path)) == []


def test_asvs_1_2_1_script_in_every_free_text_is_shown_as_words(
    make_staff: MakeStaff, clock: Clock
) -> None:
    staff = make_staff(clinic=f"Riverside {SCRIPT}"[:60], name="Ana <b>")
    response = send_to(staff, MASSAGE, SCRIPT, message=SCRIPT, birth="")
    path = path_of(response)
    staff.post(f"{path}/notes", {"text": SCRIPT})
    staff.post("/clinic/inbox", {"name": SCRIPT})
    addresses = [
        path, f"{path}/erase", "/clinic/inbox", "/clinic/inbox?state=<script>&find=<script>",
        f"/clinic/clients/{client_of(staff, response)}", f"{path}?done=<script>",
        f"/clinic/clients/{client_of(staff, response)}/erase",
        staff.post("/clinic/inbox", {"name": SCRIPT}).goes_to,
    ]  # fmt: skip

    for address in addresses:
        page = staff.get(address)  # which refuses every script that is not our own file
        assert "<script>alert" not in page.html, address
    assert staff.get(path).text.count(SCRIPT) >= 2
    refused = staff.post(f"{path}/notes", {"text": SCRIPT + "x" * LONGEST_NOTE})
    assert "<script>alert" not in refused.html


def test_an_erased_response_is_asked_for_again_and_then_gone(staff: Staff) -> None:
    response = send_to(staff)
    path = path_of(response)
    asked = staff.get(f"{path}/erase")
    assert "for good" in asked.text
    assert staff.get(path).status == 200

    assert staff.post(f"{path}/erase").goes_to == "/clinic/inbox?done=erased"

    for address in (path, f"{path}/erase", f"{path}.pdf"):
        assert staff.get(address).status == 404
    assert staff.post(f"{path}/erase").status == 404


def test_an_erased_client_is_asked_for_again_and_then_gone(staff: Staff) -> None:
    response = send_to(staff)
    path = f"/clinic/clients/{client_of(staff, response)}"
    asked = staff.get(f"{path}/erase")
    assert "1 response, with all answers and notes" in asked.text
    assert "0 invitations" in asked.text

    assert staff.post(f"{path}/erase").goes_to == "/clinic/inbox?done=client-erased"

    for address in (path, f"{path}/erase", path_of(response)):
        assert staff.get(address).status == 404


def test_a_client_shows_what_they_sent_and_can_be_invited_again(staff: Staff) -> None:
    response = send_to(staff)
    client = client_of(staff, response)
    page = staff.get(f"/clinic/clients/{client}")

    assert page.heading == "Zoe Fischer"
    assert f"/clinic/invitations/new?client={client}" in page.links
    assert "Certified therapist" in page.text
    invited = staff.get(f"/clinic/invitations/new?client={client}")
    form = {**invited.hidden, "days": "7", "note": ""}
    assert staff.post(f"/clinic/invitations/new?client={client}", form).status == 303
    assert "/clinic/invitations/" in " ".join(staff.get(f"/clinic/clients/{client}").links)


def test_asvs_11_3_3_a_response_that_was_tampered_with_says_so_and_the_rest_works(
    staff: Staff, database: Database
) -> None:
    broken, whole = send_to(staff, URGENT, "Bea"), send_to(staff, MASSAGE, "Ann")
    with database.writing() as tx:
        sealed = dict(
            tx.connection.execute(select(tables.responses.c.id, tables.responses.c.sealed)).all()
        )
        # The two rows are swapped: each would open, had they not been bound to their places.
        for one, other in ((broken, whole), (whole, broken)):
            where = tables.responses.c.id == one
            tx.connection.execute(
                update(tables.responses).where(where).values(sealed=sealed[other])
            )
    untouched = send_to(staff, MASSAGE, "Cy")

    for response in (broken, whole):
        page = staff.get(path_of(response))
        assert page.status == 200
        assert UNREADABLE in page.text
        assert "numbness" not in page.text
    assert "A doctor today" in staff.get(path_of(broken)).text
    assert UNREADABLE not in staff.get(path_of(untouched)).text
    assert staff.get("/clinic/inbox").status == 200
    assert staff.post(f"{path_of(broken)}/notes", {"text": "Called."}).status == 303
    assert staff.post(f"{path_of(broken)}/erase").status == 303


def test_a_note_that_was_tampered_with_says_so_and_the_rest_is_shown(
    staff: Staff, database: Database
) -> None:
    path = path_of(send_to(staff))
    staff.post(f"{path}/notes", {"text": "One."})
    with database.writing() as tx:
        tx.connection.execute(update(tables.notes).values(sealed=b"x" * 40))

    page = staff.get(path)

    assert "This note cannot be read." in page.text
    assert "Massage may suit them" in page.text


def test_a_version_that_is_lost_shows_the_decision_and_what_was_stored(
    staff: Staff, database: Database
) -> None:
    response = send_to(staff, URGENT)
    with database.writing() as tx:
        tx.connection.execute(update(tables.responses).values(version="lost"))

    page = staff.get(path_of(response))

    assert WORDS_LOST in page.text
    assert "No massage today" in page.text
    assert "You told us about numbness between your legs." in page.text
    assert "numb" in page.text
    assert page.status == 200


def test_asvs_3_5_3_looking_at_anything_writes_nothing_but_who_looked(
    staff: Staff, database: Database
) -> None:
    response = send_to(staff, EMERGENCY)
    client = client_of(staff, response)
    path = path_of(response)
    before = everything_in(database)

    for address in (
        "/clinic/inbox", "/clinic/inbox?state=any", path, f"{path}/erase", f"{path}.pdf",
        f"{path}.csv", f"{path}.json", f"/clinic/clients/{client}",
        f"/clinic/clients/{client}/erase",
    ):  # fmt: skip
        assert staff.get(address).status == 200, address
    assert staff.get(f"{path}/read").status in (404, 405)

    assert everything_in(database) == before


def everything_in(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as tx:
        return {
            name: sorted((tuple(row) for row in tx.connection.execute(select(table))), key=repr)
            for name, table in tables.metadata.tables.items()
            if not name.startswith("audit_")
        }


def test_a_form_without_the_token_changes_nothing(staff: Staff, database: Database) -> None:
    response = send_to(staff)
    path, client = path_of(response), f"/clinic/clients/{client_of(staff, response)}"
    before = everything_in(database)

    for address in (f"{path}/erase", f"{path}/read", f"{path}/state", f"{client}/erase"):
        sent = staff.post(address, {"csrf_token": "wrong", "kind": "reviewed"})
        assert sent.status == 400, address

    assert everything_in(database) == before


def test_a_response_whose_ages_contradict_each_other_says_to_ask_first(staff: Staff) -> None:
    page = staff.get(f"/clinic/responses/{send_to(staff, birth='2014-05-03')}")
    assert text_of(page.all("h2")[0]) == "Ask the age first"
    assert "The answers say 44, but the date of birth (3 May 2014) says 12." in page.text
    assert "may suit" not in page.text
    assert "No precautions found" not in page.text


def test_a_list_says_whose_age_to_ask_first_and_of_nobody_else(staff: Staff) -> None:
    doubted, plain = send_to(staff, birth="2014-05-03", name="Kim Lee"), send_to(staff)
    rows = [text_of(one) for one in staff.get("/clinic/inbox").one("tbody").iter("tr")]
    assert {("Kim Lee" in row, "Ask the age first" in row) for row in rows} == {
        (True, True), (False, False),
    }  # fmt: skip
    for response, told in ((doubted, True), (plain, False)):
        page = staff.get(f"/clinic/clients/{client_of(staff, response)}")
        assert ("Ask the age first" in page.text) is told


def test_a_response_says_where_to_report_advice_that_was_wrong(staff: Staff) -> None:
    for answers in (MASSAGE, URGENT, EMERGENCY):
        assert IF_WRONG in staff.get(path_of(send_to(staff, answers))).text
