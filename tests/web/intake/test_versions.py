"""What is sent is stored under the version that was answered."""

from __future__ import annotations

import shutil
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
from tests.web.client import Client
from tests.web.conftest import KEY, SMALL
from tests.web.intake.riverside import (
    TYPED,
    WELL,
    Riverside,
    form_of,
    send,
    shows_typed,
    walked,
)


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

    assert "You have sent your answers already" in page.heading
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
