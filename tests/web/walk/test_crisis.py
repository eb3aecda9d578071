"""The page in place of a result, for somebody who thinks of ending their life."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.engine.protocol import Recommend
from assessment.exports.pdf import result_pdf
from assessment.protocols.load import load_protocol
from assessment.screening import Screening
from assessment.web.html.voice import Voice
from assessment.web.server.settings import read_settings
from assessment.web.walk.result_view import Outcome
from assessment.web.walk.services import make_services
from tests.conftest import ROOT
from tests.web.client import Client, Page, text_of
from tests.web.conftest import KEY, MakeClient
from tests.web.walk.test_start import NEW

KNOT = {"where": "neck_back", "signs": "none", "feel": "knot"}


@pytest.fixture
def client(make_client: MakeClient) -> Client:
    """Somebody who is at a result that suggests a therapist."""
    client = make_client(load_protocol(NEW), clinic_booking_url="https://book.example/")
    assert client.walk(KNOT, client.post("/", {"who": "me"}).goes_to) == "/result"
    return client


def tell(client: Client, *values: str) -> Page:
    assert client.answer("/questions/private", *values).goes_to == "/result"
    return client.get("/result")


def test_the_result_offers_what_is_private_and_never_asks_it_on_the_way(client: Client) -> None:
    page = client.get("/result")
    assert page.heading == "See a certified therapist"
    link = page.one("a", href="/questions/private")
    assert text_of(link) == "Something private. Are any of these true?"
    question = client.get("/questions/private")
    assert "/result" in question.links, "Back leads to the result"
    assert not question.all("progress")


def test_an_answer_there_decides_anew_at_once(client: Client) -> None:
    page = tell(client, "hurt")
    assert page.heading == "See a certified therapist"
    assert "It is not your fault" in page.text
    assert "tel:0800000000" in page.links
    assert "/questions/private" not in page.links, "it is offered once"
    assert tell(client, "low").heading == "You do not have to carry this alone"


@pytest.mark.parametrize("value", ["act", "low"])
def test_people_to_talk_to_come_first_each_to_be_tapped(client: Client, value: str) -> None:
    page = tell(client, value)
    assert page.heading == "You do not have to carry this alone"
    links = [one for one in page.links if ":" in one]
    assert links[:4] == ["tel:116123", "sms:988", "tel:988", "https://findahelpline.com"]
    assert links.index("tel:116123") < links.index("tel:112")


@pytest.mark.parametrize("value", ["act", "low"])
def test_nothing_else_is_on_that_page(client: Client, value: str) -> None:
    page = tell(client, value)
    said = page.text.lower()
    for word in ("drive", "eat", "warm", "massage", "book", "therapist", "send", "pdf", "remind"):
        assert word not in said, word
    assert "https://book.example/" not in page.links


def test_a_slip_is_mended_and_the_result_can_be_seen(client: Client) -> None:
    page = tell(client, "low")
    assert "/questions/private?from=result" in page.links
    behind = client.get("/result?behind=1")
    assert behind.heading == "See a doctor today"
    assert "https://book.example/" not in behind.links
    assert tell(client, "none").heading == "See a certified therapist"
    page = tell(client, "act")
    assert "/result?behind=1" not in page.links
    assert client.get("/result?behind=1").heading == page.heading
    assert client.post("/clear", {"csrf_token": page.token}).goes_to == "/"


@pytest.mark.parametrize("value", ["act", "low"])
def test_no_copy_tells_a_milder_thing_than_the_person_was_told(client: Client, value: str) -> None:
    assert "/result.pdf" in client.get("/result").links
    tell(client, value)
    for path in ("/result", "/result?behind=1"):
        page = client.get(path)
        assert "/result.pdf" not in page.links, path
        assert "because of all your answers" not in page.text, path
    assert client.get("/result.pdf").goes_to == "/result"
    if value == "low":
        assert "There is no PDF of this result" in client.get("/result?behind=1").text


def test_a_copy_that_says_the_same_holds_nothing_of_it() -> None:
    protocol = load_protocol(NEW)
    screening = Screening(protocol)
    view = make_services(read_settings(), protocol, KEY).themes.own.results
    given = {"where": ["left_calf"], "signs": ["none"], "legs": ["swollen"], "feel": ["knot"]}
    answers = screening.restore({"who": "me", "age": 40, **given})
    assert view.outcome(answers).decision.recommend is Recommend.URGENT_MEDICAL
    told = view.outcome(screening.answer(answers, "private", ["low"]))
    assert told.alone is not None
    assert view.can_keep(told)
    copy = view.copy(told)
    assert copy is not None
    assert copy == view.copy(view.outcome(answers))
    assert result_pdf(copy).startswith(b"%PDF-")


def test_the_answer_is_changed_from_the_result_but_never_printed(client: Client) -> None:
    tell(client, "hurt")
    page = client.get("/result")
    assert "Private" in text_of(page.one("div", class_="own"))
    printed = (ROOT / "static" / "style.css").read_text("utf-8").partition("@media print")[2]
    for name in (".own", ".support", ".changing"):
        assert name in printed


def test_an_emergency_of_the_body_never_hides_behind_that_page(shipped: Path) -> None:
    screening = Screening(load_protocol(shipped))
    dark = {"private": frozenset({"act"})}
    for answers, alone in ((dark, "might_act"), ({**dark, "now": frozenset({"chest"})}, None)):
        outcome = Outcome(
            answers,
            screening.decide(answers),
            screening.why(answers, screening.decide(answers)),
            Voice(carer=False, invited=False),
            screening.engine.support(answers),
        )
        assert outcome.is_emergency
        assert (outcome.alone and outcome.alone.id) == alone
