"""The walk through the questions."""

from __future__ import annotations

import dataclasses

import pytest

from assessment.engine.protocol import Protocol
from assessment.engine.questions import Question
from tests.web.client import Client
from tests.web.conftest import Clock, MakeClient

WELL = {"who": "me", "age": "40", "pain": "4", "where": "neck_back", "lasted": "weeks"}


def test_a_person_walks_from_the_first_page_to_a_result(client: Client) -> None:
    assert client.get("/").heading == "Small check"
    assert client.walk(WELL) == "/check"
    check = client.get("/check")
    assert "Two to six weeks" in check.text
    assert client.get("/result").heading == "See a certified therapist"


def test_each_question_comes_when_its_turn_is(client: Client) -> None:
    path = client.start().goes_to
    seen = []
    while path.startswith("/questions/"):
        seen.append(path.removeprefix("/questions/"))
        path = client.answer(
            path,
            {"signs": "fever", "age": "30", "pain": "3"}.get(seen[-1])
            or {
                "who": "me",
                "fever_days": "short",
                "where": "none",
                "lasted": "days",
                "home": "none",
            }[seen[-1]],
        ).goes_to
    assert seen == ["who", "age", "signs", "fever_days", "pain", "where", "lasted", "home"]


def test_progress_counts_what_may_still_come(client: Client) -> None:
    first = client.start().goes_to
    assert "At most 7 more questions after this one" in client.get(first).text
    client.answer(first, "me")
    client.answer("/questions/age", "40")
    client.answer("/questions/signs", "none")
    assert "At most 3 more questions after this one" in client.get("/questions/pain").text
    client.walk(WELL, "/questions/pain")
    assert "All other questions are answered" in client.get("/questions/pain").text


def test_the_last_question_says_so(client: Client) -> None:
    path = client.start().goes_to
    for value in ("me", "40", "none", "3", "none", "days"):
        path = client.answer(path, value).goes_to
    assert path == "/questions/home"
    assert "This is the last question" in client.get(path).text


def test_a_question_that_is_not_yet_open_leads_to_where_the_person_is(client: Client) -> None:
    client.answer(client.start().goes_to, "me")
    for path in (
        "/questions/pain",
        "/questions/fever_days",
        "/questions/no_such",
        "/check",
        "/result",
        "/result.pdf",
    ):
        assert client.get(path).goes_to == "/questions/age"
    token = client.get("/questions/age").token
    sent = client.post("/questions/pain", {"csrf_token": token, "answer": "3"})
    assert sent.goes_to == "/questions/age"


def test_nobody_gets_past_the_start_without_starting(client: Client) -> None:
    for path in ("/questions/who", "/questions/no_such", "/check", "/result", "/result.pdf"):
        assert client.get(path).goes_to == "/"


def test_back_shows_the_earlier_choice(client: Client) -> None:
    client.walk(WELL)
    assert client.get("/questions/who").ticked == ["me"]
    assert client.get("/questions/age").ticked[0] == "40"
    assert client.get("/questions/signs").ticked == ["none"]
    assert client.get("/questions/pain").ticked == ["4"]
    assert client.get("/questions/where").ticked == ["neck_back"]
    assert "/questions/who" in client.get("/questions/age").links
    assert "/" in client.get("/questions/who").links
    assert "/questions/home" in client.get("/check").links


def test_a_changed_answer_keeps_the_rest_and_asks_what_depends_on_it(client: Client) -> None:
    client.walk(WELL)
    change = "/questions/signs?from=check"
    assert change in client.get("/check").links
    page = client.get(change)
    assert "/check" in page.links
    assert "Your other answers are kept" in page.text
    assert client.answer(change, "fever").goes_to == "/questions/fever_days"
    assert client.answer("/questions/fever_days", "long").goes_to == "/check"
    assert "Longer" in client.get("/check").text


def test_a_branch_that_no_longer_applies_is_not_shown_but_found_again(client: Client) -> None:
    client.walk({**WELL, "signs": "fever", "fever_days": "long"})
    assert client.get("/result").heading == "See a doctor today"
    client.answer("/questions/signs?from=check", "none")
    assert "Days of fever" not in client.get("/check").text
    assert client.get("/result").heading == "See a certified therapist"
    assert client.answer("/questions/signs?from=check", "fever").goes_to == "/check"
    assert client.get("/result").heading == "See a doctor today"


def test_reading_never_writes(client: Client) -> None:
    client.walk(WELL)
    before = client.cookies
    for path in ("/", "/questions/who", "/questions/pain", "/check", "/result", "/about", "/nope"):
        assert "Set-Cookie" not in client.get(path).response.headers
    assert client.cookies == before


def test_the_first_page_offers_the_way_back_to_a_running_walk(client: Client) -> None:
    client.answer(client.start().goes_to, "me")
    page = client.get("/")
    assert "/questions/age" in page.links
    assert client.post("/", {"csrf_token": page.token}).goes_to == "/questions/who"
    assert client.get("/questions/who").ticked == []


def test_a_start_page_from_before_does_not_wipe_the_answers(client: Client) -> None:
    client.answer(client.start().goes_to, "me")
    for form in ({}, {"csrf_token": ""}, {"csrf_token": "x" * 22}):
        page = client.post("/", form)
        assert page.status == 400
        assert "/questions/age" in page.links
    assert client.get("/questions/who").ticked == ["me"]


def test_starting_twice_without_answers_is_no_fault(client: Client) -> None:
    client.start()
    assert client.post("/").goes_to == "/questions/who"


def test_a_second_tab_shares_the_answers(client: Client) -> None:
    client.answer(client.start().goes_to, "me")
    other = client.get("/questions/age")
    client.answer("/questions/age", "30")
    sent = client.post("/questions/age", {"csrf_token": other.token, "answer": "31"})
    assert sent.goes_to == "/questions/signs"
    assert client.get("/questions/age").ticked[0] == "31"


def test_a_form_of_an_earlier_start_is_shown_again_with_what_was_chosen(client: Client) -> None:
    client.start()
    old = client.get("/questions/who").token
    client.post("/")
    page = client.post("/questions/who", {"csrf_token": old, "answer": "somebody"})
    assert page.status == 400
    assert page.ticked == ["somebody"]
    assert "press Continue again" in page.text
    again = client.post("/questions/who", {"csrf_token": page.token, "answer": "somebody"})
    assert again.goes_to == "/questions/age"


def test_answers_are_gone_an_hour_after_the_last_one(client: Client, clock: Clock) -> None:
    client.answer(client.start().goes_to, "me")
    clock.now += 59 * 60
    client.answer("/questions/age", "40")
    clock.now += 59 * 60
    page = client.get("/questions/signs")
    assert page.status == 200
    clock.now += 2 * 60
    expired = client.post("/questions/signs", {"csrf_token": page.token, "answer": "none"})
    assert expired.status == 400
    assert "expired" in expired.heading
    assert "60 minutes" in expired.text
    assert client.get("/questions/signs").goes_to == "/"


def test_who_comes_from_a_page_of_ours_without_a_cookie_is_told_why(client: Client) -> None:
    for path in ("/questions/who", "/check", "/result"):
        page = client.get(path, Sec_Fetch_Site="same-origin")
        assert page.status == 400
        assert "did not send them" in page.text


def test_clear_forgets_everything(client: Client) -> None:
    client.walk(WELL)
    gone = client.post("/clear", {"csrf_token": client.get("/result").token})
    assert gone.goes_to == "/"
    assert gone.response.headers["Clear-Site-Data"] == '"cache"'
    assert client.cookies == {}
    assert client.get("/result").goes_to == "/"
    assert client.post("/clear").goes_to == "/"


def test_clear_from_a_page_that_is_out_of_date_clears_nothing_and_says_so(client: Client) -> None:
    client.answer(client.start().goes_to, "me")
    page = client.post("/clear", {"csrf_token": "old"})
    assert (page.status, page.heading) == (400, "Your answers were not cleared")
    client.walk(WELL, "/questions/age")
    page = client.post("/clear", {"csrf_token": "old"})
    assert page.status == 400
    assert "press the button below again" in page.text
    assert client.post("/clear", {"csrf_token": page.token}).goes_to == "/"


def test_a_protocol_that_changed_half_way_asks_again_what_no_longer_fits(
    make_client: MakeClient, small: Protocol
) -> None:
    before = make_client()
    before.walk({**WELL, "lasted": "days"})
    newer = dataclasses.replace(small, questions=_without_days(small), rules_hash="f" * 64)
    after = make_client(newer)
    for name, value in before.cookies.items():
        after.set_cookie(name, value)
    assert after.get("/check").goes_to == "/questions/lasted"
    page = after.get("/questions/lasted")
    assert "updated while you were answering" in page.text
    assert after.get("/questions/pain").ticked == ["4"]
    assert after.answer("/questions/lasted", "months").goes_to == "/check"
    assert "updated while you were answering" in after.get("/check").text
    after.answer("/questions/pain?from=check", "5")
    assert "updated" not in after.get("/check").text


@pytest.mark.parametrize("path", ["/check/", "/about//check", "/questions/", "/questions/who/more"])
def test_addresses_that_are_nearly_right_are_not_found(client: Client, path: str) -> None:
    client.start()
    assert client.get(path).status == 404


def _without_days(protocol: Protocol) -> tuple[Question, ...]:
    return tuple(
        dataclasses.replace(
            question, options=tuple(one for one in question.options if one.id != "days")
        )
        for question in protocol.questions
    )
