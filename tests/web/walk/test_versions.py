"""A walk keeps the version of the questions that it began with."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.protocol import GuidePage, Protocol
from assessment.engine.questions import Question
from assessment.engine.text import Text
from assessment.proof.versions import Older
from assessment.protocols.load import load_protocol
from assessment.web.serve import load_app
from assessment.web.server.settings import read_settings
from assessment.web.walk.services import Offered
from tests.web.client import Client
from tests.web.conftest import SMALL, MakeClient
from tests.web.walk.test_start import NEW

WELL = {"who": "me", "age": "40", "pain": "4", "where": "neck_back", "lasted": "weeks"}
UPDATED = "These questions were updated while you were answering"
Served = Callable[..., Client]


def changed(protocol: Protocol, question: str, **what: object) -> Protocol:
    """Return a newer protocol, in which one question is another."""

    def one(was: Question) -> Question:
        return replace(was, **what) if was.id == question else was  # type: ignore[arg-type]  # a test's own

    return replace(
        protocol,
        version="0.2",
        questions=tuple(map(one, protocol.questions)),
        wording_hash="f" * 64,
    )


@pytest.fixture
def server_after(make_client: MakeClient) -> Served:
    """Serve a newer protocol to somebody who began under an older one."""

    def serve(phone: Client, newer: Protocol, *older: Older) -> Client:
        after = make_client(newer, offered=Offered(older=older))
        for name, value in phone.cookies.items():
            after.set_cookie(name, value)
        return after

    return serve


@pytest.fixture
def newer(small: Protocol) -> Protocol:
    """What is served now asks about the pain in other words, and has another guide."""
    asks = changed(small, "pain", ask=Text("How bad was the pain at its worst?"))
    guide = (GuidePage("plan", "Another plan", "Words."), GuidePage("new", "New", "Words."))
    texts = {**asks.texts, "disclaimer_short": Text("This is not a diagnosis. Version two.")}
    return replace(asks, guide=guide, texts=texts)


def begun(phone: Client, until: str = "/questions/pain") -> str:
    path = phone.start().goes_to
    for name in ("who", "age", "signs"):
        path = phone.answer(path, WELL.get(name, "none")).goes_to
    assert path == until
    return path


def test_a_walk_keeps_its_version_to_its_end(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    before = make_client()
    begun(before)
    phone = server_after(before, newer, Older(small, {}, goes_on=True))
    page = phone.get("/questions/pain")
    assert page.heading == "How bad is the pain now?"
    assert UPDATED not in page.text
    assert "Version two" not in page.html
    assert phone.get("/about").status == 200
    assert phone.get("/guide/plan").heading == small.guide[0].title
    assert phone.get("/guide/new").status == 404
    path = page.response.request.path
    while path.startswith("/questions/"):
        asked = path.rpartition("/")[2]
        path = phone.answer(path, WELL.get(asked, "none")).goes_to
    assert path == "/result"
    result = phone.get("/result")
    assert result.heading == "See a certified therapist"
    assert "Version two" not in result.html
    assert UPDATED not in phone.get("/check").text


def test_whoever_begins_now_gets_what_is_served_now(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    phone = server_after(make_client(), newer, Older(small, {}, goes_on=True))
    begun(phone)
    assert phone.get("/questions/pain").heading == "How bad was the pain at its worst?"
    assert "Version two" in phone.get("/questions/pain").html
    assert phone.get("/guide/new").status == 200


def test_starting_again_moves_to_what_is_served_now(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    before = make_client()
    begun(before)
    phone = server_after(before, newer, Older(small, {}, goes_on=True))
    begun(phone)
    assert phone.get("/questions/pain").heading == "How bad was the pain at its worst?"


@pytest.mark.parametrize(
    "what",
    [
        {"ask": Text("How bad was the pain at its worst?")},
        {"high_label": Text("Bad")},
        {"hint": Text("At its worst")},
    ],
)
def test_a_walk_that_has_to_move_on_asks_again_what_means_something_else(
    small: Protocol, make_client: MakeClient, server_after: Served, what: dict[str, object]
) -> None:
    before = make_client()
    before.walk(WELL)
    assert before.get("/result").status == 200
    newer = changed(small, "pain", **what)
    phone = server_after(before, newer, Older(small, {}, goes_on=False))
    assert phone.get("/result").goes_to == "/questions/pain"
    page = phone.get("/questions/pain")
    assert UPDATED in page.text
    assert page.ticked == []
    assert phone.get("/questions/age").one("input", id="answer").get("value") == "40"
    there = phone.answer("/questions/pain", "5").goes_to
    assert there == "/check"
    assert UPDATED in phone.get(there).text


def test_what_is_named_or_explained_otherwise_still_holds(
    small: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    before = make_client()
    before.walk(WELL)
    newer = changed(small, "pain", short=Text("Pain"), why=Text("To know."), evidence=("T1",))
    phone = server_after(before, newer, Older(small, {}, goes_on=False))
    assert phone.get("/check").status == 200
    assert UPDATED in phone.get("/check").text


@pytest.mark.parametrize("label", ["Pain in the chest", "A sore chest"])
def test_an_option_that_says_something_else_is_asked_again(
    small: Protocol, make_client: MakeClient, server_after: Served, label: str
) -> None:
    before = make_client()
    before.walk({**WELL, "signs": "fever"})
    was = small.question["signs"].options
    newer = changed(small, "signs", options=(replace(was[0], label=Text(label)), *was[1:]))
    phone = server_after(before, newer, Older(small, {}, goes_on=False))
    holds = label == "Pain in the chest"
    assert phone.get("/check").status == (200 if holds else 303)
    if not holds:
        assert phone.get("/check").goes_to == "/questions/signs"


def test_a_form_of_before_counts_for_no_other_words(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    """The page was open when the questions changed: what was chosen answers the old words."""
    before = make_client()
    old = before.get(begun(before))
    phone = server_after(before, newer, Older(small, {}, goes_on=False))
    page = phone.post("/questions/pain", {"csrf_token": old.token, "answer": "2"})
    assert page.status == 400
    assert page.heading == "How bad was the pain at its worst?"
    assert UPDATED in page.text
    assert page.ticked == []
    assert phone.post("/questions/pain", {"csrf_token": page.token, "answer": "9"}).status == 303
    late = phone.post("/questions/pain", {"csrf_token": old.token, "answer": "2"})
    assert late.status == 400
    assert phone.get("/questions/pain").ticked == ["9"]


@pytest.mark.parametrize("moved", [False, True])
def test_a_form_of_before_is_offered_again_where_the_question_means_the_same(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served, *, moved: bool
) -> None:
    """It is nobody else's form, also after another tab has moved on."""
    before = make_client()
    old = before.get(begun(before)).token
    phone = server_after(before, newer, Older(small, {}, goes_on=False))
    if moved:
        phone.answer("/questions/pain", "4")
    for name, chosen in (("age", "50"), ("signs", "fever")):
        page = phone.post(f"/questions/{name}", {"csrf_token": old, "answer": chosen})
        assert page.status == 400
        assert "Your answer is still here. Please press Continue again." in page.text
        assert chosen in page.ticked
        assert chosen not in phone.get(f"/questions/{name}").ticked, "not before they pressed"
    form = {"csrf_token": page.token, "answer": "fever"}
    assert phone.post("/questions/signs", form).goes_to.startswith("/questions/")


def test_a_form_of_before_is_told_why_it_counts_for_nothing_however_late_it_is(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    before = make_client()
    old = before.get(begun(before)).token
    phone = server_after(before, newer, Older(small, {}, goes_on=False))
    for path, given in (("/questions/pain", "9"), ("/questions/age", "50")):
        phone.answer(path, given)
    page = phone.post("/questions/pain", {"csrf_token": old, "answer": "2"})
    assert page.status == 400
    assert UPDATED in page.text
    assert page.ticked == ["9"], "what was answered to these words"


def test_a_form_of_before_is_held_against_what_the_walk_is_under_not_what_is_served(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    """The third version asks as the first one did, but the walk has moved on to the second."""
    first = make_client()
    old = first.get(begun(first)).token
    second = server_after(first, newer, Older(small, {}, goes_on=False))
    second.answer("/questions/pain", "9")
    third = replace(small, version="0.3", wording_hash="e" * 64)
    gone, kept = Older(small, {}, goes_on=False), Older(newer, {}, goes_on=True)
    phone = server_after(second, third, gone, kept)
    page = phone.post("/questions/pain", {"csrf_token": old, "answer": "2"})
    assert page.status == 400
    assert page.heading == "How bad was the pain at its worst?"
    assert page.ticked == ["9"]


@pytest.mark.parametrize("moved", [False, True])
def test_a_form_of_before_can_still_clear_the_answers_and_start_again(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served, *, moved: bool
) -> None:
    before = make_client()
    old = before.get(begun(before)).token
    start = before.get("/").token
    for path, token, there in (("/clear", old, "/"), ("/", start, "/questions/who")):
        phone = server_after(before, newer, Older(small, {}, goes_on=False))
        if moved:
            phone.answer("/questions/pain", "4")
        assert phone.post(path, {"csrf_token": token}).goes_to == there
        assert bool(phone.cookies) is (path == "/")


def test_every_form_of_a_walk_carries_the_same_also_after_it_moved_on(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    before = make_client()
    before.walk(WELL)
    same = replace(small, wording_hash="f" * 64)
    for phone in (before, server_after(before, same, Older(small, {}, goes_on=False))):
        pages = ("/", "/questions/age", "/check", "/result")
        assert len({phone.get(path).token for path in pages}) == 1
    assert phone.get("/check").token != before.get("/check").token


WALK_PAGES = ("/questions/who", "/questions/pain", "/check", "/result", "/result.pdf")


def test_answers_to_a_version_that_nobody_knows_wait_for_who_knows_it(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    """They were given to a newer program, during an update or before it was taken back."""
    begun_there = make_client(newer)
    begun_there.walk(WELL)
    before = begun_there.cookies
    old = server_after(begun_there, small)
    token = begun_there.get("/check").token
    for path in WALK_PAGES:
        page = old.get(path)
        assert page.status == 503
        assert page.response.headers["Retry-After"]
        assert page.heading == "We are updating these questions"
        assert "Your answers are still on this device" in page.text
        assert "call one of the numbers below" in page.text
        assert "tel:112" in page.links
        assert "/" in page.links
    assert old.post("/questions/pain", {"csrf_token": token, "answer": "9"}).status == 503
    assert old.cookies == before, "nothing was lost, and nothing decided by other rules"
    assert begun_there.get("/result").status == 200


def test_whoever_answered_a_version_that_nobody_knows_can_start_again(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    begun_there = make_client(newer)
    begun_there.walk(WELL)
    old = server_after(begun_there, small)
    before = old.cookies
    assert old.post("/", {"csrf_token": "of no walk"}).status == 400
    assert old.cookies == before, "not by a form that knows nothing of them"
    start = old.get("/")
    assert "Carry on where you stopped" in start.text
    assert old.get("/about").status == 200
    assert old.get("/guide/plan").status == 200
    there = old.post("/", {"csrf_token": start.token}).goes_to
    assert there == "/questions/who"
    assert old.get(there).status == 200
    assert old.post("/clear", {"csrf_token": old.get(there).token}).goes_to == "/"


def test_a_walk_begun_on_newer_code_keeps_its_version_where_it_was_kept(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    """The update was taken back: older code finds the version in its folder when it starts."""
    begun_there = make_client(newer)
    begun(begun_there)
    old = server_after(begun_there, small, Older(newer, {}, goes_on=True))
    assert old.get("/questions/pain").heading == "How bad was the pain at its worst?"
    assert UPDATED not in old.get("/questions/pain").text


def test_what_the_start_page_asked_is_asked_again_on_a_page_of_its_own(
    make_client: MakeClient, server_after: Served
) -> None:
    """Otherwise somebody who answers for another would be asked about themselves."""
    old = load_protocol(SMALL.parent / "web_new")
    before = make_client(old)
    path = before.post("/", {"who": "someone"}).goes_to
    before.answer(path, "40")
    newer = changed(old, "who", ask=Text("For whom do you answer?"))
    phone = server_after(before, newer, Older(old, {}, goes_on=False))
    assert phone.get("/result").goes_to == "/questions/who"
    page = phone.get("/questions/who")
    assert page.heading == "For whom do you answer?"
    assert UPDATED in page.text
    there = phone.answer("/questions/who", "someone").goes_to
    assert there == "/questions/where"
    assert phone.get("/questions/age").heading == "How old are they?"
    assert phone.get("/questions/age").one("input", id="answer").get("value") == "40"


def test_an_emergency_stays_one_when_the_walk_moves_on(
    small: Protocol, newer: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    before = make_client()
    before.walk({"who": "me", "age": "40", "signs": "chest"})
    phone = server_after(before, newer, Older(small, {}, goes_on=False))
    assert phone.get("/result").heading == before.get("/result").heading


def test_an_emergency_that_is_asked_again_is_told_as_one(
    small: Protocol, make_client: MakeClient, server_after: Served
) -> None:
    before = make_client()
    before.walk({"who": "me", "age": "40", "signs": "chest"})
    newer = changed(small, "signs", ask=Text("Which of these is there now?"))
    phone = server_after(before, newer, Older(small, {}, goes_on=False))
    told = (
        "One of your earlier answers meant: get emergency help now. These questions have been "
        "updated since then. If that answer was right, call 112"
    )
    assert phone.get("/result").goes_to == "/questions/signs"
    page = phone.get("/questions/signs")
    assert UPDATED in page.text
    assert told in page.text
    there = phone.answer("/questions/signs", "none").goes_to
    assert told in phone.get(there).text, "and on the pages after it"
    assert "Your answers have changed" not in phone.get(there).text, "they changed none"
    calm = make_client()
    calm.walk({"who": "me", "age": "40", "signs": "fever"})
    phone = server_after(calm, newer, Older(small, {}, goes_on=False))
    assert told not in phone.get("/questions/signs").text


def test_a_private_emergency_that_is_asked_again_leaves_no_trace(
    make_client: MakeClient, server_after: Served
) -> None:
    old = load_protocol(NEW)
    knot = {"where": "neck_back", "signs": "none", "feel": "knot"}
    before = make_client(old)
    before.walk(knot, before.post("/", {"who": "me"}).goes_to)
    before.answer("/questions/private", "act")
    newer = changed(old, "private", ask=Text("Is one of these true?"))
    phone = server_after(before, newer, Older(old, {}, goes_on=False))
    assert "get emergency help now" not in phone.get("/result").text


def restarted(phone: Client | None, instance: Path, folder: Path) -> Client:
    """Start the server on what stands in the folder now; return the same phone before it."""
    again = Client(load_app(read_settings(instance=instance, protocol=str(folder))))
    for name, value in (phone.cookies if phone else {}).items():
        again.set_cookie(name, value)
    return again


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_walk_outlives_changes_and_restarts_until_its_version_is_withdrawn(
    tmp_path: Path,
) -> None:
    folder, instance = tmp_path / "protocol", tmp_path / "instance"
    shutil.copytree(SMALL, folder)
    phone = restarted(None, instance, folder)
    begun(phone)

    edit(folder, "questions.yaml", "How bad is the pain now?", "How bad was it?")
    edit(folder, "guide/plan.md", "# ", "# Now: ")
    edit(folder, "safety.yaml", "Chest pain is an emergency.", "Chest pain always is one.")
    for _ in range(2):
        phone = restarted(phone, instance, folder)
        assert phone.get("/questions/pain").heading == "How bad is the pain now?"
    begun(other := restarted(None, instance, folder))
    assert other.get("/questions/pain").heading == "How bad was it?"

    phone.answer("/questions/pain", "4")
    edit(folder, "protocol.yaml", 'version: "0.1"', 'version: "0.2"\nwithdraws: "0.1"')
    edit(folder, "rules.yaml", "at_least: 9", "at_least: 8")
    phone = restarted(phone, instance, folder)
    assert phone.get("/result").goes_to == "/questions/pain"
    page = phone.get("/questions/pain")
    assert (page.heading, page.ticked) == ("How bad was it?", [])
    assert UPDATED in page.text
