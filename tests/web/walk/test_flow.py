"""The walk through the questions."""

from __future__ import annotations

import dataclasses

import pytest

from assessment.engine.protocol import Protocol
from assessment.engine.questions import Question
from assessment.proof.versions import Older
from assessment.web.walk.services import Offered
from tests.web.client import Client, text_of
from tests.web.conftest import Clock, MakeClient

WELL = {"who": "me", "age": "40", "pain": "4", "where": "neck_back", "lasted": "weeks"}


def test_a_person_walks_from_the_first_page_to_a_result(client: Client) -> None:
    assert client.get("/").heading == "Small check"
    assert client.walk(WELL) == "/result"
    assert "Two to six weeks" in client.get("/check").text
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
    assert seen == ["who", "age", "signs", "fever_days", "where", "home"], (
        "with a fever neither the strength of the pain nor how long it lasted can matter"
    )


def test_progress_is_a_bar_with_words_that_only_moves_forward(client: Client) -> None:
    path, seen = client.start().goes_to, []
    for value in ("me", "40", "none", "3", "none", "days", "none"):
        page = client.get(path)
        bar = page.one("progress")
        seen.append((text_of(page.one("label", class_="progress")), int(bar.get("value") or "")))
        assert bar.get("max") == "100"
        path = client.answer(path, value).goes_to
    words = [words for words, _ in seen]
    assert words == ["Part 1 of 3"] * 2 + ["Part 2 of 3"] + ["Part 3 of 3"] * 4
    values = [value for _, value in seen]
    assert values == sorted(set(values)), "each question is further than the one before"
    assert 0 < values[0] < values[-1] < 100


def test_progress_is_the_same_whatever_was_answered(client: Client) -> None:
    def at_where(signs: str) -> str | None:
        client.walk({"signs": signs, "fever_days": "short"})
        return client.get("/questions/where").one("progress").get("value")

    assert at_where("none") == at_where("fever")


def test_the_check_page_comes_only_where_there_is_something_to_look_over(client: Client) -> None:
    assert client.walk(WELL) == "/result"
    assert client.walk({**WELL, "signs": "fever", "fever_days": "short"}) == "/check"
    assert client.walk({**WELL, "signs": "not_sure"}) == "/check"
    assert client.walk({**WELL, "lasted": "not_sure"}) == "/check"
    assert client.walk({**WELL, "signs": "chest"}) == "/result"


def test_an_answer_that_came_back_from_an_earlier_branch_is_looked_over(client: Client) -> None:
    client.walk({**WELL, "signs": "fever", "fever_days": "short", "home": "none"})
    client.answer("/questions/signs", "none")
    assert client.walk(WELL, "/questions/pain") == "/result"
    client.answer("/questions/signs", "fever")
    client.answer("/questions/signs", "none")
    assert client.answer("/questions/lasted", "weeks").goes_to == "/check"


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
        assert client.get(path, Sec_Fetch_Site="none").goes_to == "/"


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
    client.walk(WELL)
    client.answer("/questions/signs?from=check", "fever")
    client.answer("/questions/fever_days", "long")
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


def test_a_form_of_an_earlier_start_is_not_taken_and_the_page_says_why(client: Client) -> None:
    client.start()
    old = client.get("/questions/who").token
    client.post("/")
    before = client.cookies
    page = client.post("/questions/who", {"csrf_token": old, "answer": "somebody"})
    assert (page.status, client.cookies) == (400, before)
    assert "You have started again since you opened it" in page.text
    assert client.get("/questions/who").ticked == []


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
    assert client.get("/questions/signs", Sec_Fetch_Site="none").goes_to == "/"


def test_who_comes_from_a_page_of_ours_without_a_cookie_is_told_why(client: Client) -> None:
    for path in ("/questions/who", "/check", "/result"):
        for says in ({"Sec_Fetch_Site": "same-origin"}, {}):  # not every browser says so
            page = client.get(path, **says)
            assert page.status == 400
            assert "did not send them" in page.text


def test_who_keeps_no_cookies_is_told_so_on_the_first_page_after_the_start(client: Client) -> None:
    path = client.start().goes_to
    client.forget()
    page = client.get(path)
    assert page.status == 400
    assert "your browser keeps no cookies" in page.text


def test_clear_forgets_everything(client: Client) -> None:
    client.walk(WELL)
    gone = client.post("/clear", {"csrf_token": client.get("/result").token})
    assert gone.goes_to == "/"
    assert gone.response.headers["Clear-Site-Data"] == '"cache"'
    assert client.cookies == {}
    assert client.get("/result", Sec_Fetch_Site="none").goes_to == "/"
    assert client.post("/clear").goes_to == "/"


def test_clear_from_a_page_that_is_out_of_date_clears_nothing_and_says_so(client: Client) -> None:
    client.answer(client.start().goes_to, "me")
    page = client.post("/clear", {"csrf_token": "old"})
    assert (page.status, page.heading) == (400, "Your answers were not cleared")
    client.walk({**WELL, "signs": "fever"}, "/questions/age")
    page = client.post("/clear", {"csrf_token": "old"})
    assert (page.status, page.heading) == (400, "Your answers were not cleared")
    assert "/check" in page.links
    assert client.post("/clear", {"csrf_token": client.get("/check").token}).goes_to == "/"


def test_a_protocol_that_changed_half_way_asks_again_what_no_longer_fits(
    make_client: MakeClient, small: Protocol
) -> None:
    before = make_client()
    before.walk({**WELL, "lasted": "days"})
    newer = dataclasses.replace(small, questions=_without_days(small), rules_hash="f" * 64)
    after = make_client(newer, offered=Offered(older=(Older(small, {}, goes_on=False),)))
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


@pytest.mark.parametrize("age", ["\uff14\uff10", "\u0664\u0660", "\u096a\u0966"])
def test_an_age_is_read_in_the_digits_of_any_script(client: Client, age: str) -> None:
    client.answer(client.start().goes_to, "me")
    assert client.answer("/questions/age", age).goes_to == "/questions/signs"
    assert client.get("/questions/age").ticked[0] == "40"
