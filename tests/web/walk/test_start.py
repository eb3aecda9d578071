"""The first page: the signs to stop for, what this is not, and two buttons."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol
from assessment.protocols.load import load_protocol
from tests.web.client import Client, Page, text_of
from tests.web.conftest import MakeClient

MOST_WORDS = 45
NEW = Path(__file__).parents[2] / "protocols" / "web_new"


@pytest.fixture
def client(make_client: MakeClient) -> Client:
    return make_client(load_protocol(NEW))


def words_before_the_buttons(page: Page) -> int:
    return len(page.text[: page.text.index("For me")].split())


def test_the_signs_to_stop_for_come_first_with_numbers_to_tap(client: Client) -> None:
    page = client.get("/")
    stop = page.one("section", class_="stop")
    assert text_of(stop) == "Call 112 , 999 or 911 now for: Chest pressure A face that droops"
    assert [one.get("href") for one in stop.iter("a")] == ["tel:112", "tel:999", "tel:911"]
    assert page.text.index("Chest pressure") < page.text.index("This is not a diagnosis.")


def test_a_clinic_s_own_numbers_stand_there(make_client: MakeClient) -> None:
    client = make_client(load_protocol(NEW), emergency_numbers="000 Australia, 112 mobiles")
    assert "Call 000 or 112 now for:" in client.get("/").text


def test_few_words_stand_before_the_buttons_and_the_limits_open_below(client: Client) -> None:
    page = client.get("/")
    assert words_before_the_buttons(page) <= MOST_WORDS
    opened = text_of(page.one("details"))
    assert "It gives general information. A person decides." in opened
    assert page.text.index("For somebody else") < page.text.index("What this is, and its limits")


def test_the_shipped_first_page_has_few_words(make_client: MakeClient, shipped: Path) -> None:
    page = make_client(load_protocol(shipped)).get("/")
    button = text_of(page.all("button")[0])
    assert len(page.text[: page.text.index(button)].split()) <= MOST_WORDS


@pytest.mark.parametrize(("value", "asks"), [("me", "you"), ("someone", "they")])
def test_the_button_answers_who_it_is_for_and_no_page_asks(
    client: Client, value: str, asks: str
) -> None:
    token = client.get("/").token
    path = client.post("/", {"csrf_token": token, "who": value}).goes_to
    assert path == "/questions/age"
    assert client.get(path).heading == f"How old are {asks}?"
    assert "/" in client.get(path).links, "Back leads to the buttons"


def test_who_it_is_for_is_shown_with_the_answers_and_asked_nowhere_but_at_the_start(
    client: Client,
) -> None:
    client.walk({"signs": "fever"}, client.post("/", {"who": "me"}).goes_to)
    for shows in ("/check", "/result"):
        page = client.get(shows)
        row = next(one for one in page.all("dl", class_="rows")[0] if "For me" in text_of(one))
        assert "Change" not in text_of(row)
        assert f"/questions/age?from={shows[1:]}" in page.links, "other answers are changed there"
        assert not [link for link in page.links if link.startswith("/questions/who")]


def test_the_question_of_the_first_page_has_no_page_of_its_own(client: Client) -> None:
    assert client.post("/", {"who": "me"}).goes_to == "/questions/age"
    assert client.get("/questions/who").goes_to == "/questions/age"
    token = client.get("/questions/age").token
    form = {"csrf_token": token, "answer": "someone"}
    assert client.post("/questions/who", form).goes_to == "/questions/age"
    assert client.get("/questions/age").heading == "How old are you?", "nothing was changed"
    client.walk({"signs": "fever"}, "/questions/age")
    assert client.get("/questions/who?from=check").goes_to == "/check"


@pytest.mark.parametrize("form", [{}, {"who": "nobody"}, {"who": "not_sure"}])
def test_a_start_without_a_known_button_speaks_to_the_person_themselves(
    client: Client, form: dict[str, str]
) -> None:
    assert client.post("/", form).goes_to == "/questions/age"
    assert client.get("/questions/age").heading == "How old are you?"


def test_a_press_of_the_other_button_loses_nothing_while_nothing_is_answered(
    client: Client,
) -> None:
    client.post("/", {"who": "me"})
    assert "earlier answers" not in client.get("/").text
    assert client.post("/", {"who": "someone"}).goes_to == "/questions/age"
    client.answer("/questions/age", "40")
    page = client.post("/", {"who": "me"})
    assert page.status == 400
    assert "Carry on where you stopped" in page.text


def test_a_protocol_that_asks_nothing_there_has_one_button(
    make_client: MakeClient, small: Protocol
) -> None:
    page = make_client(small).get("/")
    assert [text_of(one) for one in page.all("button")] == ["Start"]
    assert "In an emergency, call 112 , 999 or 911 now." in page.text
