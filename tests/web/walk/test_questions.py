"""One question on a page: its inputs, and what is said when an answer will not do."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.client import LOCAL, Client, Page, text_of
from tests.web.conftest import MakeClient

NEUTRAL = ("Your result \N{EN DASH} The clinic", "Check your answers \N{EN DASH} The clinic")


@pytest.fixture
def at(client: Client) -> Client:
    """Somebody who has answered everything once."""
    client.walk({"signs": "none", "pain": "3"})
    return client


def send(client: Client, question: str, *values: str) -> Page:
    return client.answer(f"/questions/{question}", *values)


@pytest.mark.parametrize(
    ("question", "values", "error"),
    [
        ("who", [], "Choose an answer"),
        ("who", ["me", "somebody"], "Choose just one answer"),
        ("who", ["me", "me"], "Choose just one answer"),
        ("who", ["nobody"], "Choose from the answers on this page"),
        ("who", ["none"], "Choose from the answers on this page"),
        ("lasted", ["not_sure", "weeks"], "Choose just one answer"),
        ("pain", [], "Choose an answer"),
        ("pain", ["11"], "Choose from the answers on this page"),
        ("pain", ["-1"], "Choose from the answers on this page"),
        ("pain", ["not_sure"], "Choose from the answers on this page"),
        ("age", [""], "Enter a number of years between 1 and 120"),
        ("age", ["  "], "Enter a number of years between 1 and 120"),
        ("age", ["abc"], "Enter a number of years between 1 and 120"),
        ("age", ["0"], "Enter a number of years between 1 and 120"),
        ("age", ["121"], "Enter a number of years between 1 and 120"),
        ("age", ["1e2"], "Enter a number of years between 1 and 120"),
        ("age", ["²"], "Enter a number of years between 1 and 120"),
        ("age", ["4" * 5000], "Enter a number of years between 1 and 120"),
        ("age", ["40", "not_sure"], "Enter a number or choose “I would rather not say”, not both"),
        ("signs", [], "Choose all that apply or “None of these” or “Not sure”"),
        ("signs", ["none", "fever"], "Choose “None of these” or your answers, not both"),
        ("signs", ["none", "not_sure"], "Choose “None of these” or your answers, not both"),
        ("signs", ["fever", "x"], "Choose from the answers on this page"),
        ("where", [], "Choose all that apply or “Nowhere now”"),
        ("where", ["not_sure"], "Choose from the answers on this page"),
        ("where", ["none", "tummy"], "Choose “Nowhere now” or your answers, not both"),
    ],
)
def test_what_is_no_answer_is_explained(
    at: Client, question: str, values: list[str], error: str
) -> None:
    before = at.get("/check").text
    page = send(at, question, *values)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    summary = page.one("div", role="alert")
    assert error in text_of(summary)
    assert page.text.count(error) == 2, "in the summary and beside the field"
    assert summary.get("autofocus") is not None
    assert "Set-Cookie" not in page.response.headers
    assert at.get("/check").text == before


@pytest.mark.parametrize(
    ("question", "values", "kept"),
    [
        ("who", ["me", "somebody"], ["me", "somebody"]),
        ("age", ["abc"], ["abc"]),
        ("age", ["400"], ["400"]),
        ("age", ["40", "not_sure"], ["40", "not_sure"]),
        ("signs", ["none", "fever"], ["fever", "none"]),
        ("where", ["none", "tummy"], ["tummy", "none"]),
    ],
)
def test_what_was_typed_is_kept(
    at: Client, question: str, values: list[str], kept: list[str]
) -> None:
    page = send(at, question, *values)
    assert [value for value in page.ticked if value] == kept


@pytest.mark.parametrize(
    ("question", "values", "shown"),
    [
        ("age", ["not_sure"], "I would rather not say"),
        ("age", ["", "not_sure"], "I would rather not say"),
        ("age", [" 12 "], "12 years"),
        ("signs", ["not_sure"], "Not sure"),
        ("signs", ["fever", "not_sure"], "A fever"),
        ("lasted", ["not_sure"], "Not sure"),
        ("pain", ["10"], "10"),
        ("where", ["tummy", "left_calf"], "Left calf"),
    ],
)
def test_what_is_an_answer_is_taken(
    at: Client, question: str, values: list[str], shown: str
) -> None:
    assert at.answer(f"/questions/{question}?from=check", *values).goes_to == "/check"
    assert shown in at.get("/check").text


def test_words_that_were_typed_are_escaped(at: Client) -> None:
    page = send(at, "age", '"><script>alert(1)</script>')
    assert page.status == 422
    assert "<script" not in page.html


def test_the_error_leads_to_the_first_input(at: Client) -> None:
    for question in ("who", "age", "signs", "pain", "where", "lasted", "home"):
        page = send(at, question)
        first = page.inputs[0].get("id")
        assert f"#{first}" in page.links


def test_a_carer_reads_they(client: Client) -> None:
    client.answer(client.start().goes_to, "somebody")
    assert client.get("/questions/age").heading == "How old are they?"
    assert client.get("/").status == 200
    client.answer("/questions/who", "me")
    assert client.get("/questions/age").heading == "How old are you?"


def test_areas_name_their_place_on_the_drawing(at: Client) -> None:
    page = at.get("/questions/where")
    assert [one.get("value") for one in page.inputs] == ["tummy", "left_calf", "neck_back", "none"]
    assert "a-left_calf" in page.html


def test_the_title_of_a_page_holds_no_answer(make_client: MakeClient) -> None:
    client = make_client(clinic_name="The clinic")
    client.walk({"signs": "chest"})
    assert client.get("/result").title in NEUTRAL
    client.answer("/questions/signs", "none")
    client.walk({}, "/questions/pain")
    assert client.get("/result").title in NEUTRAL
    assert client.get("/check").title in NEUTRAL


def test_blank_pages_are_shared_but_tokens_and_answers_are_not(app: Flask) -> None:
    one, other = Client(app), Client(app)
    for client in (one, other):
        client.answer(client.start().goes_to, "me")
    first, second = one.get("/questions/age"), other.get("/questions/age")
    assert first.token != second.token
    assert first.html.replace(first.token, "") == second.html.replace(second.token, "")
    one.answer("/questions/age", "77")
    assert one.get("/questions/age").ticked[0] == "77"
    assert other.get("/questions/age").html == second.html
    assert first.token not in other.get("/questions/age").html


def test_forms_are_read_in_the_encoding_of_our_pages_only(client: Client) -> None:
    path = client.start().goes_to
    token = client.get(path).token
    browser = client._client
    sent = {"csrf_token": token, "answer": "me"}
    for form in (
        browser.post(path, json=sent, base_url=LOCAL),
        browser.post(path, data=sent, content_type="multipart/form-data", base_url=LOCAL),
        browser.post(path, data=b"answer=me", content_type="text/plain", base_url=LOCAL),
    ):
        assert form.status_code == 400
    many = "&".join(f"a{number}=1" for number in range(200))
    crowded = browser.post(
        path, data=many, content_type="application/x-www-form-urlencoded", base_url=LOCAL
    )
    assert crowded.status_code == 400
    assert client.post(path, sent).goes_to == "/questions/age"
