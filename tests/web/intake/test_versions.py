"""What is sent is stored under the version that was answered."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.practice.practice import open_practice
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.proof.versions import Older
from assessment.protocols.load import load_protocol
from assessment.protocols.versions import load_files, read_files, version_of
from assessment.records import versions
from assessment.screening import Screening
from assessment.web.factory import make_app
from assessment.web.server.settings import read_settings
from assessment.web.walk.services import Offered
from tests.practice.cheap import CHEAP
from tests.web.client import Client, Given, text_of
from tests.web.conftest import KEY, SMALL
from tests.web.intake.riverside import (
    CHEST,
    TYPED,
    WELL,
    Riverside,
    form_of,
    send,
    shows_typed,
    walked,
)
from tests.web.intake.test_waiting import tablet_of


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """What is served now says something else to do."""
    folder = tmp_path / "newer"
    shutil.copytree(SMALL, folder)
    path = folder / "recommendations.yaml"
    text = path.read_text("utf-8")
    assert "Come to your visit." in text
    path.write_text(text.replace("Come to your visit.", "Come an hour before."), "utf-8")
    return folder


def after_the_change(riverside: Riverside, newer: Path, phone: Client, *, goes_on: bool) -> Client:
    """Return the same phone, before a server that serves the newer protocol."""
    protocol = load_protocol(newer)
    library = OldProtocols(Screening(protocol), newer)
    practice = open_practice(
        riverside.database, riverside.clock, protocol, library, passwords=CHEAP
    )
    older = Older(riverside.protocol, read_files(SMALL), goes_on=goes_on)
    offered = Offered(older=(older,))
    app = make_app(read_settings(), protocol, KEY, riverside.clock, offered, practice)
    same = Client(app)
    for name, value in phone.cookies.items():
        same.set_cookie(name, value)
    return same


def test_it_is_judged_and_stored_under_the_version_that_was_answered(
    riverside: Riverside, newer: Path
) -> None:
    walk = walked(riverside.phone(), riverside.invite())
    phone = after_the_change(riverside, newer, walk, goes_on=True)
    assert "Come to your visit." in phone.get("/result").text
    assert send(phone).goes_to == "/sent"
    assert "Come to your visit." in phone.get("/sent").text

    [response] = riverside.responses()
    assert response.content.decision["do_now"] == ["Come to your visit."]
    assert response.version == version_of(riverside.protocol)
    with riverside.database.reading() as tx:
        files = versions.get(tx, response.version)
    assert files is not None
    assert load_files(files, response.version).rules == riverside.protocol.rules


def test_whoever_begins_now_sends_what_is_served_now(riverside: Riverside, newer: Path) -> None:
    phone = after_the_change(riverside, newer, riverside.phone(), goes_on=True)
    walked(phone, riverside.invite())
    assert send(phone).goes_to == "/sent"
    [response] = riverside.responses()
    assert response.version == version_of(load_protocol(newer))


def test_a_walk_that_was_moved_on_sends_only_what_was_seen(
    riverside: Riverside, newer: Path
) -> None:
    walk = walked(riverside.phone(), riverside.invite())
    walk.get("/send")
    phone = after_the_change(riverside, newer, walk, goes_on=False)
    assert phone.get("/send").goes_to == "/check"
    assert "These questions were updated" in phone.get("/check").text
    assert "Come an hour before." in phone.get("/result").text
    assert send(phone).goes_to == "/sent"
    [response] = riverside.responses()
    assert response.version == version_of(load_protocol(newer))


def test_a_link_goes_on_with_the_version_of_the_walk(riverside: Riverside, newer: Path) -> None:
    link, walk = riverside.invite(), riverside.phone()
    walk.answer(link.open(walk), WELL["who"])  # type: ignore[arg-type]  # one answer
    phone = after_the_change(riverside, newer, walk, goes_on=True)
    before = riverside.visit(phone).version
    page = phone.get(link.path)
    assert phone.post(link.path, {"csrf_token": page.token, "go_on": "1"}).status == 303
    assert riverside.visit(phone).version == before


@pytest.mark.parametrize("meanwhile", [None, "/send", "/questions/pain?from=check"])
def test_what_was_typed_before_the_walk_moved_on_is_shown_again_with_the_reason(
    riverside: Riverside, newer: Path, meanwhile: str | None
) -> None:
    """Whatever another tab did since, and however often Send is pressed on the old page."""
    walk = walked(riverside.phone(), riverside.invite())
    form = form_of(walk)
    phone = after_the_change(riverside, newer, walk, goes_on=False)
    if meanwhile == "/send":
        phone.get(meanwhile)
    elif meanwhile is not None:
        phone.answer(meanwhile, "5")

    for _ in range(2):
        page = phone.post("/send", form)
        assert page.status == 409
        assert "These questions were updated while you were on that page" in page.text
        assert "started again" not in page.text
        shows_typed(page)
    assert riverside.responses() == []
    assert "Come an hour before." in phone.get("/result").text
    assert send(phone).goes_to == "/sent"
    [response] = riverside.responses()
    assert response.content.message == TYPED["message"]


def test_what_was_typed_is_shown_again_where_the_walk_was_sent_from_another_tab(
    riverside: Riverside, newer: Path
) -> None:
    walk = walked(riverside.phone(), riverside.invite())
    form = form_of(walk)
    phone = after_the_change(riverside, newer, walk, goes_on=False)
    phone.get("/send")
    assert send(phone, message="Short.").goes_to == "/sent"

    page = phone.post("/send", form)

    assert "You have already sent your answers" in page.heading
    shows_typed(page)


def test_a_link_is_closed_from_a_page_of_before_the_walk_moved_on(
    riverside: Riverside, newer: Path
) -> None:
    link = riverside.invite()
    walk = walked(riverside.phone(), link)
    old = walk.get("/result").token
    phone = after_the_change(riverside, newer, walk, goes_on=False)
    phone.get("/send")

    phone.post("/close", {"csrf_token": old})

    assert link.stored.closed_at is not None


def test_a_walk_keeps_its_token_and_its_cookie_gets_no_longer_when_it_moves_on(
    riverside: Riverside, newer: Path
) -> None:
    walk = walked(riverside.phone(), riverside.invite())
    phone = after_the_change(riverside, newer, walk, goes_on=False)
    phone.get("/send")

    assert riverside.visit(phone).version != riverside.visit(walk).version
    assert riverside.visit(phone).token == riverside.visit(walk).token
    assert len(phone.cookies["answers"]) == len(walk.cookies["answers"])


def test_what_is_sent_to_older_code_waits_there_and_is_sent_once_where_the_walk_began(
    riverside: Riverside, newer: Path
) -> None:
    """During an update some pages still come from the program before."""
    new = after_the_change(riverside, newer, riverside.phone(), goes_on=True)
    walked(new, riverside.invite())
    form = form_of(new)
    old = riverside.phone()
    for name, value in new.cookies.items():
        old.set_cookie(name, value)

    page = old.post("/send", form)

    assert page.status == 503
    assert page.heading == "We are updating these questions"
    shows_typed(page)
    assert riverside.responses() == []
    assert send(new).goes_to == "/sent"
    [response] = riverside.responses()
    assert response.version == version_of(load_protocol(newer))
    assert response.content.message == TYPED["message"]


NOT_AT_ONCE = "not straight away"


@pytest.mark.parametrize("given", [CHEST, WELL], ids=["emergency", "well"])
def test_what_was_sent_under_a_version_that_nobody_knows_is_confirmed_with_the_numbers_for_help(
    riverside: Riverside, newer: Path, given: dict[str, Given]
) -> None:
    """It might have been an emergency, so nothing says that there is time."""
    new = after_the_change(riverside, newer, riverside.phone(), goes_on=True)
    walked(new, riverside.invite(), given)
    form = form_of(new)
    assert new.post("/send", form).goes_to == "/sent"
    old = riverside.phone()
    for name, value in new.cookies.items():
        old.set_cookie(name, value)
    before = old.cookies

    page = old.get("/sent")

    assert page.status == 503, "so that a proxy asks another server"
    assert page.response.headers["Retry-After"]
    assert page.heading == "Your answers were sent"
    assert "If your result said to get help or to see a doctor, do that now" in page.text
    assert page.links.count("tel:112") == 2, "beside the result that is missing, and below"
    assert NOT_AT_ONCE not in page.text
    assert text_of(page.one("a", href="/sent")) == "Try again"
    for path in ("/result", "/check", "/result.pdf", "/questions/signs"):
        assert old.get(path).goes_to == "/sent"
    again = old.post("/send", form)
    assert (again.status, again.heading) == (503, "We are updating these questions")
    assert old.post("/send", {"csrf_token": form["csrf_token"]}).goes_to == "/sent"
    assert old.cookies == before
    assert new.get("/sent").status == 200


def test_a_tablet_keeps_what_it_cannot_show_yet_until_somebody_presses_finish(
    riverside: Riverside,
) -> None:
    tablet = tablet_of(riverside)
    tablet.begin(CHEST)
    assert send(tablet).goes_to == "/sent"
    riverside.put_under(tablet, replace(riverside.protocol, wording_hash="0" * 64))
    before = tablet.cookies["answers"]

    page = tablet.get("/sent")

    assert page.status == 503
    assert page.links.count("tel:112") == 2
    assert "Nothing is kept on this tablet" not in page.text
    assert {"/sent", "/waiting"} <= set(page.links)
    assert tablet.cookies["answers"] == before
    tablet.get("/waiting")
    assert "answers" not in tablet.cookies


def test_an_emergency_that_was_sent_is_never_followed_by_anything_calmer(
    riverside: Riverside, newer: Path
) -> None:
    """The version was withdrawn since, and what was answered means something else now."""
    walk = walked(riverside.phone(), riverside.invite(), CHEST)
    assert send(walk).goes_to == "/sent"
    assert "Call 112" in walk.get("/sent").text
    path = newer / "questions.yaml"
    text = path.read_text("utf-8")
    assert "Pain in the chest" in text
    path.write_text(text.replace("Pain in the chest", "A sore chest"), "utf-8")

    page = after_the_change(riverside, newer, walk, goes_on=False).get("/sent")

    assert page.heading == "Your answers were sent"
    assert page.links.count("tel:112") == 2
    assert NOT_AT_ONCE not in page.text
    assert "These questions have been updated since" in page.text
