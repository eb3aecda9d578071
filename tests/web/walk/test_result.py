"""What the result says, and never says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assessment.engine.protocol import Protocol
from assessment.engine.text import Text
from tests.web.client import Client, text_of
from tests.web.conftest import MakeClient

MASSAGE = {"who": "me", "age": "40", "pain": "4", "where": "left_calf", "lasted": "weeks"}
BOOKING = "https://book.example/now"


def test_a_result_leads_with_one_sentence_and_one_action_then_help_sooner_then_why(
    client: Client,
) -> None:
    client.walk(MASSAGE)
    page = client.get("/result")
    assert page.heading == "See a certified therapist"
    order = ["Book one visit.", "See a doctor if it gets worse.", "It has lasted for weeks."]
    places = [page.text.index(words) for words in order]
    assert places == sorted(places)
    assert "/guide/plan" in page.links
    assert "A person decides." in page.text
    assert page.one("main").get("data-recommendation") in (None, "certified_therapist")


def test_a_precaution_is_told_in_the_words_for_the_person(client: Client) -> None:
    client.walk(MASSAGE)
    text = client.get("/result").text
    assert "Tell your therapist before you book: your left calf is sore." in text
    assert "Pain in the left calf." not in text
    client.walk({**MASSAGE, "who": "somebody"})
    assert "Tell their therapist before you book" in client.get("/result").text


def test_a_precaution_that_may_apply_says_so(make_client: MakeClient, small: Protocol) -> None:
    questions = tuple(
        replace(one, not_sure_label=Text("Not sure")) if one.id == "where" else one
        for one in small.questions
    )
    client = make_client(replace(small, questions=questions))
    client.walk({**MASSAGE, "where": "not_sure"})
    assert "your left calf is sore. (You were not sure.)" in client.get("/result").text


def test_where_a_doctor_comes_first_no_precaution_is_told(client: Client) -> None:
    client.walk({**MASSAGE, "signs": "fever", "fever_days": "short"})
    text = client.get("/result").text
    assert "Ask a doctor or physiotherapist first" in text
    assert "left calf is sore" not in text
    assert "Pain in the left calf." not in text


def test_only_reasons_of_the_winning_recommendation_are_shown(client: Client) -> None:
    client.walk({**MASSAGE, "signs": "fever", "fever_days": "long", "pain": "10"})
    page = client.get("/result")
    assert page.heading == "See a doctor today"
    assert "the fever has lasted" in page.text
    assert "very bad" not in page.text
    assert "lasted for weeks" not in page.text


def test_reasons_follow_the_order_of_the_questions(client: Client) -> None:
    client.walk({**MASSAGE, "pain": "9"})
    client.answer("/questions/signs", "fever")
    client.answer("/questions/fever_days", "short")
    client.answer("/questions/age", "12")
    text = client.get("/result").text
    reasons = ["You are under 16.", "You told us about a fever.", "the pain is very bad"]
    assert [text.index(one) for one in reasons] == sorted(text.index(one) for one in reasons)


def test_where_a_doubt_decided_it_is_named_as_a_doubt(client: Client) -> None:
    client.walk({**MASSAGE, "signs": "not_sure"})
    page = client.get("/result")
    assert page.heading == "See a doctor today"
    assert "You were not sure about this: Signs that matter now." in page.text
    assert "chest pain." not in page.text


def test_you_said_lists_what_is_there_and_what_is_not(client: Client) -> None:
    client.walk({**MASSAGE, "signs": "fever", "fever_days": "short"})
    text = client.get("/result").text
    have, _, have_not = text.partition("You said you do not have")
    assert "a fever" in have.rpartition("You said you have")[2]
    assert "chest pain" in have_not
    assert "hurting you" not in text


def test_changes_lead_only_to_more_urgent_care(client: Client) -> None:
    client.walk(MASSAGE)
    text = client.get("/result").text
    assert text.index("Emergency care") < text.index("A doctor today")
    client.walk({**MASSAGE, "signs": "numb"})
    text = client.get("/result").text
    assert "Emergency care" in text
    assert "A doctor or physiotherapist first" not in text


def test_a_carer_reads_they(client: Client) -> None:
    client.walk({**MASSAGE, "who": "somebody", "signs": "numb"})
    text = client.get("/result").text
    assert "numbness between their legs" in text
    assert "You said they have" in text


def test_booking_is_offered_with_massage_only(make_client: MakeClient) -> None:
    client = make_client(clinic_booking_url=BOOKING)
    for given, offered in (
        (MASSAGE, True),
        ({**MASSAGE, "lasted": "days"}, False),
        ({**MASSAGE, "signs": "fever"}, False),
        ({**MASSAGE, "signs": "numb"}, False),
        ({**MASSAGE, "signs": "chest"}, False),
    ):
        client.walk(given)
        assert (BOOKING in client.get("/result").links) is offered, given


def test_same_day_numbers_lead_on_a_same_day_result_only(client: Client) -> None:
    client.walk({**MASSAGE, "signs": "numb"})
    assert "111" in text_of(client.get("/result").one("ul", class_="calls"))
    client.walk(MASSAGE)
    assert not client.get("/result").all("ul", class_="calls")


def test_an_emergency_interrupts_at_once_with_the_number_first(make_client: MakeClient) -> None:
    client = make_client(clinic_booking_url=BOOKING, clinic_phone="020 7946 0000")
    assert client.walk({"signs": ["chest", "fever"]}) == "/result"
    page = client.get("/result")
    main = text_of(page.one("main"))
    assert main.index("112") < main.index("Call an ambulance now")
    assert "Say that you have chest pain." in main
    assert "You told us about chest pain." in main
    for word in ("massage", "therapist", "fever", "would change"):
        assert word not in main.lower()
    assert BOOKING not in page.html
    assert "7946" not in page.html


def test_after_an_emergency_only_its_page_and_the_answers_are_open(client: Client) -> None:
    client.walk({"signs": "chest"})
    for path in ("/check", "/questions/pain", "/questions/no_such"):
        assert client.get(path).goes_to == "/result"
    assert "/result" in client.get("/").links
    assert client.get("/questions/age").status == 200


def test_a_slip_is_corrected_where_it_was_made(client: Client) -> None:
    client.walk({"signs": "chest"})
    assert "/questions/signs" in client.get("/result").links
    assert client.get("/questions/signs").ticked == ["chest"]
    assert client.answer("/questions/signs", "none").goes_to == "/questions/pain"


def test_an_emergency_found_after_everything_was_answered_shows_the_same_page(
    client: Client,
) -> None:
    client.walk(MASSAGE)
    assert client.answer("/questions/signs?from=check", "chest").goes_to == "/result"
    assert client.get("/result").heading == "Call an ambulance now"
    assert client.get("/check").goes_to == "/result"


def test_private_answers_bring_support_on_the_screen_only(client: Client) -> None:
    client.walk({**MASSAGE, "home": "hurt"})
    page = client.get("/result")
    assert page.heading == "Ask a doctor or physiotherapist first"
    own = next(
        one
        for one in page.all("section", class_="support") + page.all("section")
        if "support" in (one.get("class") or "") and "hurts you" in text_of(one)
    )
    assert "not printed" in text_of(own)
    others = page.text.replace(text_of(own), "")
    assert "hurts you" not in others
    assert "hurt at home" not in page.text
    assert "tel:0800000000" in page.links
    assert "because of all your answers" not in page.text, "it is because of one"


def test_whatever_goes_wrong_in_the_rules_ends_in_care(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.walk(MASSAGE)

    def broken(*_: object) -> object:
        raise RuntimeError("secret")

    monkeypatch.setattr("assessment.engine.decision.Engine._decide", broken)
    page = client.get("/result")
    assert page.heading == "Ask a doctor or physiotherapist first"
    assert "we are being careful" in page.text


def test_a_result_says_whom_to_tell_of_advice_that_was_wrong(make_client: MakeClient) -> None:
    wrong = "If this advice turns out to be wrong, please tell"
    client = make_client()
    client.walk(MASSAGE)
    assert f"{wrong} whoever runs this site." in client.get("/result").text

    client = make_client(
        report_to="wrong@example.org", clinic_name="Riverside", clinic_phone="+44 20 7946 0000"
    )
    client.walk(MASSAGE)
    page = client.get("/result")
    assert f"{wrong} Riverside on +44 20 7946 0000 and wrong@example.org" in page.text
    assert "mailto:wrong@example.org" in page.links
    client.walk({**MASSAGE, "signs": "chest"})
    page = client.get("/result")
    assert page.text.index("chest pain") < page.text.index("please tell wrong@example.org")
    assert "mailto:wrong@example.org" not in page.links, "there is one number to press"
