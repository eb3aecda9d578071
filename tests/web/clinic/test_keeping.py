"""An owner chooses how long things are kept, everybody sees what goes, and clients get copies."""

from __future__ import annotations

import io
import json
import zipfile

from assessment.records import audit, withdrawals
from assessment.records.acts import Act
from assessment.records.database import Database
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import MASSAGE, client_of, send_to
from tests.web.clinic.staff import PASSWORD, Staff
from tests.web.conftest import Clock

CHOSEN = {"answered": "90", "unanswered": "30", "erased": "365"}
DAY = 86_400


def test_the_owner_is_asked_and_nothing_is_chosen_for_them(
    staff: Staff, make_staff: MakeStaff
) -> None:
    colleague = make_staff(email="tess@example.org", name="Tess", joins=staff.who.clinic.slug)
    assert "Choose how long" in staff.get("/clinic/inbox").text
    assert "Choose how long" not in colleague.get("/clinic/inbox").text

    page = staff.get("/clinic/settings/keeping")
    assert [one for one in page.all("input", type="radio") if "checked" in one.attrib] == []
    assert staff.post("/clinic/settings/keeping", {}).errors == [
        "Erase answers after: Choose one",
        "Erase unanswered links after: Choose one",
        "Keep a record of erasures for: Choose one",
    ]
    assert staff.post("/clinic/settings/keeping", CHOSEN | {"answered": "1"}).status == 422

    assert page.one("a", class_="back").text == "Settings"
    assert staff.post("/clinic/settings/keeping", CHOSEN).goes_to == "/clinic/settings?done=saved"
    page = staff.get("/clinic/settings/keeping")
    kept = [one.get("value") for one in page.all("input", type="radio") if "checked" in one.attrib]
    assert kept == list(CHOSEN.values())
    assert "Choose how long" not in staff.get("/clinic/inbox").text


def test_what_goes_is_said_before_and_can_be_saved_first(staff: Staff, clock: Clock) -> None:
    response = send_to(staff, MASSAGE, "Quillfeather")
    staff.post("/clinic/settings/keeping", CHOSEN)
    assert "will be erased" not in staff.get("/clinic/inbox").text
    clock.now += 80 * DAY
    staff.sign_in()
    staff.practice.purging.run()
    assert "1 response will be erased" in staff.get("/clinic/inbox").text

    page = staff.get("/clinic/going")
    assert "Quillfeather" in page.text
    assert page.one("input", name="response").get("value") == response
    clock.now += 15 * DAY
    staff.sign_in()
    assert staff.practice.purging.run()
    assert "Quillfeather" not in staff.get("/clinic/inbox?state=any").text
    assert "Nothing will be erased soon" in staff.get("/clinic/going").text


def test_a_client_gets_everything_in_one_file(staff: Staff) -> None:
    form = {"name": "Zoe", "email": "z@example.org", "days": "7", "note": "Thistlewick"}
    invited = staff.post("/clinic/invitations/new", form).goes_to.rpartition("/")[2].partition("?")
    response = send_to(staff, MASSAGE, "Zoe", message="Brambleshanks")
    staff.post(f"/clinic/responses/{response}/notes", {"text": "Quillnote"})
    client = client_of(staff, response)
    page = staff.get(f"/clinic/clients/{client}")
    assert "Download a copy" in text_of(page.one("main"))

    sent = staff.post(f"/clinic/clients/{client}/copy.zip").response
    assert sent.headers["Content-Disposition"] == f'attachment; filename="client-{client[:8]}.zip"'
    with zipfile.ZipFile(io.BytesIO(sent.data)) as files:
        assert files.namelist() == ["everything.json", "responses.pdf"]
        told = json.loads(files.read("everything.json"))
        assert files.read("responses.pdf").startswith(b"%PDF")
    assert told["client"]["name"] == "Zoe"
    assert told["responses"][0]["message"] == "Brambleshanks"
    [note] = told["responses"][0]["notes"]
    assert (note["text"], note["by"]) == ("Quillnote", staff.who.therapist.name)
    assert staff.email not in json.dumps(told), "what staff sign in with is not about the client"

    theirs = staff.practice.invitations.listed(staff.who).invitations
    other = next(one for one in theirs if one.id == invited[0]).client
    sent = staff.post(f"/clinic/clients/{other}/copy.zip").response
    with zipfile.ZipFile(io.BytesIO(sent.data)) as files:
        assert files.namelist() == ["everything.json"]
        told = json.loads(files.read("everything.json"))
    assert [one["note"] for one in told["invitations"]] == ["Thistlewick"]


def test_who_took_their_agreement_back_is_seen_until_it_is_erased(
    staff: Staff, database: Database, clock: Clock
) -> None:
    response = send_to(staff, MASSAGE, "Quillfeather")
    staff.post(f"/clinic/responses/{response}/state", {"kind": "reviewed", "text": ""})
    words = "took back their agreement"
    assert words not in staff.get("/clinic/inbox").text
    with database.writing() as tx:
        withdrawals.add(tx, staff.who.clinic.id, response, int(clock.now))

    inbox = staff.get("/clinic/inbox")
    assert words in inbox.text
    assert f"/clinic/responses/{response}" in inbox.links
    page = staff.get(f"/clinic/responses/{response}")
    assert "The client took their agreement back" in page.text
    told = json.loads(staff.get(f"/clinic/responses/{response}.json").response.data)
    assert told["responses"][0]["consent_withdrawn_at"]
    staff.post(f"/clinic/responses/{response}/erase", {})
    assert words not in staff.get("/clinic/inbox").text


def test_asvs_7_5_1_how_long_things_are_kept_is_chosen_with_a_fresh_password_only(
    staff: Staff, clock: Clock
) -> None:
    staff.get("/clinic")
    clock.now += 6 * 60  # the password of the last five minutes counts

    page = staff.post("/clinic/settings/keeping", CHOSEN)

    assert page.heading == "Confirm it is you"
    assert not staff.who.clinic.has_periods
    staff.post("/clinic/settings/keeping", {**page.hidden, "again_password": PASSWORD})
    assert staff.who.clinic.has_periods


def test_asvs_7_5_1_a_whole_client_is_handed_out_with_a_fresh_password_only(
    staff: Staff, clock: Clock, database: Database
) -> None:
    client = client_of(staff, send_to(staff, MASSAGE, "Zoe"))
    copy = f"/clinic/clients/{client}/copy.zip"
    clock.now += 6 * 60

    def copied() -> int:
        with database.reading() as tx:
            found = audit.listed(tx, staff.who.clinic.id, audit.Sought(), None, 50)
        return [one.act for one in found].count(Act.CLIENT_COPIED)

    assert staff.get(copy).status == 404
    page = staff.post(copy)
    assert (page.heading, copied()) == ("Confirm it is you", 0)
    sent = staff.post(copy, {**page.hidden, "again_password": PASSWORD}).response
    assert (sent.mimetype, copied()) == ("application/zip", 1)
