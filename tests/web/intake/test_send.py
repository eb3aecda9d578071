"""Sending answers to a clinic: who is told what, what is kept, and what is sent."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from assessment.exports.dates import Calendar
from assessment.records import clinics
from assessment.web.intake.send_form import LONGEST_MESSAGE
from assessment.web.walk.cookie import Seal
from assessment.web.walk.versions import name_of
from tests.web.client import Client, Given, Page, text_of
from tests.web.conftest import KEY
from tests.web.intake.riverside import CHEST, NUMB, TYPED, WELL, Riverside, begin_at, send, walked

LONDON = Calendar("Europe/London")


def test_it_is_offered_after_the_result_and_never_before(riverside: Riverside) -> None:
    phone = riverside.phone()
    path = begin_at(phone)
    while path.startswith("/questions/"):
        assert "/send" not in phone.get(path).links
        assert phone.get("/send").goes_to == path
        name = path.rpartition("/")[2]
        values = WELL.get(name) or phone._usual(phone.get(path))
        path = phone.answer(path, *([values] if isinstance(values, str) else values)).goes_to
    check = phone.get("/check")
    assert "/send" not in check.links
    assert "Nothing has been sent." in check.text
    assert "/send" in phone.get("/result").links


def test_who_was_invited_is_never_told_to_book_a_visit(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    walked(phone, link, WELL)
    result = phone.get("/result").text
    assert "Come to your visit." in result
    assert "Book one visit." not in result
    assert send(phone).goes_to == "/sent"
    assert "Come to your visit." in phone.get("/sent").text
    [response] = riverside.responses()
    assert response.content.decision["do_now"] == ["Come to your visit."]


def test_a_carer_who_was_invited_reads_a_form_of_their_own(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    walked(phone, link, {**WELL, "who": "somebody"})
    assert "Bring them to their visit." in phone.get("/result").text
    told = text_of(phone.get("/send").one("dl", class_="facts"))
    assert "how soon the person you care for needs help" in told
    assert "you need help" not in told


def test_at_the_public_address_of_a_clinic_nobody_has_a_visit_yet(riverside: Riverside) -> None:
    phone = riverside.phone()
    phone.walk(WELL, begin_at(phone))
    assert "Book one visit." in phone.get("/result").text


def test_without_a_clinic_nothing_can_be_sent(riverside: Riverside) -> None:
    phone = riverside.phone()
    phone.walk(WELL)

    assert "/send" not in phone.get("/result").links
    assert "sent" not in phone.get("/check").text
    assert phone.get("/send").goes_to == "/result"
    token = riverside.token(phone)
    assert phone.post("/send", {"csrf_token": token}).goes_to == "/result"
    assert phone.post("/send", {"csrf_token": token, **TYPED}).status == 409
    assert phone.get("/sent").goes_to == "/result"
    assert riverside.responses() == []


def test_the_page_says_who_reads_what_and_that_nobody_reads_it_at_once(
    riverside: Riverside,
) -> None:
    invited = walked(riverside.phone(), riverside.invite()).get("/send")
    public = riverside.phone()
    public.walk(WELL, begin_at(public))
    page = public.get("/send")

    assert "Anna Berg, who invited you" in invited.text
    assert "Anna Berg" not in page.text
    for shown in (invited, page):
        assert shown.heading == "Send your answers to Riverside Massage"
        assert "Nothing has been sent yet" in shown.text
        assert "Riverside Massage never sees them" in shown.text
        assert "see how soon you need help" in shown.text
        assert "The reason is private" not in text_of(shown.one("dl", class_="facts"))
        assert "Not straight away" in shown.text
        assert "112" in shown.text
        assert "ask Riverside Massage to erase it" in shown.text
        box = shown.one("input", name="consent")
        assert "checked" not in box.attrib
        assert shown.one("input", name="name").get("value") == ""


def test_what_is_sent_arrives_and_is_confirmed_in_local_time(
    riverside: Riverside,
) -> None:
    link, phone = riverside.invite(), riverside.phone()
    walked(phone, link, {**WELL, "home": "hurt"})
    assert send(phone).goes_to == "/sent"

    [response] = riverside.responses()
    assert response.invitation == link.id
    assert (response.content.name, response.content.birth) == ("Zoë Fischer", "1986-05-03")
    assert response.content.message == TYPED["message"]
    assert "home" not in response.content.answers
    assert "hurt" not in json.dumps(dict(response.content.decision))
    assert response.line.recommendation == "medical_clearance_first", "as they were told"
    sent = phone.get("/sent")
    assert sent.heading == "Your answers were sent"
    assert "Riverside Massage received them on 15 January 2027, 08:00 (London time)." in sent.text
    assert "Ask a doctor or physiotherapist first" in sent.text, (
        "their own result, private parts too"
    )
    assert "/result.pdf" in sent.links
    assert phone.get("/result.pdf").response.data.startswith(b"%PDF-")


def test_whoever_has_a_private_reason_is_told_what_the_clinic_will_read(
    riverside: Riverside,
) -> None:
    phone = walked(riverside.phone(), riverside.invite(), {**WELL, "home": "hurt"})
    told = text_of(phone.get("/send").one("dl", class_="facts"))

    assert "They will read: “Doctor first. The reason is private.”" in told
    assert "If you don\u2019t want that, don\u2019t send your answers." in told
    assert riverside.responses() == [], "nothing is sent by itself"


@pytest.mark.parametrize(
    ("changed", "fault", "target"),
    [
        ({"name": ""}, "Enter a name", "#name"),
        ({"name": "x" * 101}, "at most 100 characters", "#name"),
        ({"year": ""}, "must include a year", "#year"),
        ({"day": "", "month": ""}, "must include a day and a month", "#day"),
        ({"day": "31", "month": "2"}, "Enter a real date", "#day"),
        ({"day": "³"}, "Enter a real date", "#day"),
        ({"month": "May"}, "Enter a real date", "#day"),
        ({"day": "-1"}, "Enter a real date", "#day"),
        ({"year": "3000"}, "must be in the past", "#day"),
        ({"year": "80"}, "with four digits", "#year"),
        ({"year": "1900"}, "it can't be before 1902", "#year"),
        ({"message": "é" * 2001}, "it has 1 too many", "#message"),
        ({"consent": ""}, "Tick the box if you agree", "#consent"),
        ({"consent": "on"}, "This page has changed", "#consent"),
        ({"consent": "1-0000000000000000"}, "This page has changed", "#consent"),
    ],
)
def test_asvs_2_2_1_a_mistake_is_explained_and_what_was_typed_is_kept(
    riverside: Riverside, changed: dict[str, str], fault: str, target: str
) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    before = phone.cookies
    page = send(phone, **changed)

    assert page.status == 422
    assert page.title.startswith("Error: ")
    summary = page.one("div", role="alert")
    assert fault in text_of(summary)
    assert target in [link.get("href") for link in summary.iter("a")]
    assert page.text.count(fault) == 2, "in the summary, and beside the field"
    wanted = {**TYPED, **changed}
    for name in ("name", "day", "month", "year"):
        typed = page.one("input", name=name).get("value") or ""
        assert typed == wanted[name].replace("\x00", "").strip(), name
    assert text_of(page.one("textarea")).strip() == wanted["message"]
    assert ("checked" in page.one("input", name="consent").attrib) is ("consent" not in changed)
    assert phone.cookies == before
    assert riverside.responses() == []


def test_every_mistake_is_listed_at_once(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    page = send(phone, name="", day="40", message="x" * 2500, consent="")

    links = [link.get("href") for link in page.one("div", role="alert").iter("a")]
    assert links == ["#name", "#day", "#message", "#consent"]
    assert [one.get("aria-invalid") for one in page.all("input", name="day")] == ["true"]


@pytest.mark.parametrize("wanted", ["", "x" * 2000, "é\r\nü\r\r\n💥" * 100, "=1+1", "<script>"])
def test_a_message_is_taken_as_it_is(riverside: Riverside, wanted: str) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    assert send(phone, message=wanted, day="", month="", year="").goes_to == "/sent"

    [response] = riverside.responses()
    assert response.content.message == wanted.replace("\r\n", "\n").replace("\r", "\n")
    assert response.content.birth == ""


@pytest.mark.parametrize("name", [" \u200b\x00 ", "\u3164", "\u2800", "\u202e\u2066"])
def test_a_name_that_nobody_can_see_is_none(riverside: Riverside, name: str) -> None:
    page = send(walked(riverside.phone(), riverside.invite()), name=name)
    assert page.status == 422
    assert "Enter a name" in page.text


@pytest.mark.parametrize(
    "date",
    ["31 3 1986", "\uff13\uff11 \uff13 \uff11\uff19\uff18\uff16", "٣١ ٣ ١٩٨٦", "३१ ३ १९८६"],
)
def test_a_date_of_birth_is_read_in_the_digits_of_any_script(
    riverside: Riverside, date: str
) -> None:
    day, month, year = date.split()
    send(walked(riverside.phone(), riverside.invite()), day=day, month=month, year=year)
    [response] = riverside.responses()
    assert response.content.birth == "1986-03-31"


def test_control_characters_and_turns_of_direction_are_left_out(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    send(phone, name="Zoë\x00\x1b[31m \u202eFischer\r\nBcc: x", message="a\x07\tb")

    [response] = riverside.responses()
    assert response.content.name == "Zoë[31m Fischer Bcc: x"
    assert response.content.message == "a b"


def test_agreement_is_stored_with_its_words_and_stands_for_exactly_these(
    riverside: Riverside,
) -> None:
    phone, other = riverside.phone(), riverside.phone()
    for one in (phone, other):
        walked(one, riverside.invite())
    old = other.get("/send")
    send(phone)
    with riverside.database.writing() as tx:
        renamed = clinics.get(tx, riverside.clinic.id)
        assert renamed is not None
        clinics.update(tx, replace(renamed, name="Lakeside Massage"))
    riverside.clock.now += 60
    consent = old.one("input", name="consent").get("value") or ""
    page = other.post("/send", {"csrf_token": old.token, "consent": consent, **TYPED})

    [response] = riverside.responses()
    assert "Riverside Massage may store and read what I send" in response.content.consent.text
    assert response.content.consent.given_at == int(riverside.clock.now) - 60
    assert page.status == 422
    assert "This page has changed" in page.text
    assert "Lakeside Massage may store" in page.text
    assert "checked" not in page.one("input", name="consent").attrib


def test_somebody_who_answers_for_another_person_is_asked_as_such(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite(), {**WELL, "who": "somebody"})
    page = phone.get("/send")
    assert "Name of the person you answered for" in page.text
    assert "I am sending this for someone I care for" in page.text
    assert page.one("input", name="name").get("autocomplete") == "off"
    assert send(phone).goes_to == "/sent"
    assert "for me to decide for them" in riverside.responses()[0].content.consent.text


def test_asvs_2_3_1_half_the_answers_cannot_be_sent(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    phone.answer(link.open(phone), "me")
    form = {"csrf_token": riverside.token(phone), **TYPED}

    assert phone.get("/send").goes_to == "/questions/age"
    assert phone.post("/send", form).status == 409
    assert phone.get("/sent").goes_to == "/questions/age"
    assert riverside.responses() == []
    assert link.stored.used_at is None


def test_a_phone_without_a_walk_is_told_so(riverside: Riverside) -> None:
    phone = riverside.phone()
    for path in ("/send", "/sent"):
        assert phone.get(path, Sec_Fetch_Site="none").goes_to == "/"
        assert phone.get(path).status == 400
    assert phone.post("/send", TYPED).status == 400


def test_an_emergency_may_be_sent_and_the_number_stays_first(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    walked(phone, link, CHEST)
    assert "/send" in phone.get("/result").links
    page = phone.get("/send")
    assert page.text.index("112") < page.text.index("Send your answers")
    assert send(phone).goes_to == "/sent"

    [response] = riverside.responses()
    assert (response.line.urgency, response.line.complete) == (3, False)
    sent = phone.get("/sent")
    main = sent.text
    assert main.index("112") < main.index("Call an ambulance now") < main.index("were sent")
    assert "No one there reads them straight away" in main
    for word in ("massage", "therapist", "7946"):
        assert word not in sent.html.lower().replace("riverside massage", "")


def test_after_sending_nothing_can_be_changed(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    form = {"csrf_token": riverside.token(phone), "answer": "90"}
    send(phone)
    for path in ("/questions/age", "/questions/age?from=check", "/check", "/result", "/send"):
        assert phone.get(path).goes_to == "/sent", path
    assert phone.post("/questions/age", form).goes_to == "/sent"
    assert phone.post("/send", {**TYPED, **form}).goes_to == "/sent"
    assert riverside.visit(phone).answers["age"] == 40


def test_starting_again_works_after_sending(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    send(phone)
    page = phone.get("/")
    assert "See what you sent" in page.text
    assert phone.post("/", {"csrf_token": page.token}).goes_to == "/questions/who"
    assert phone.walk(WELL, "/questions/who") == "/result"
    assert "/send" not in phone.get("/result").links
    phone.walk(WELL, begin_at(phone))
    assert send(phone, name="Somebody").goes_to == "/sent"
    assert len(riverside.responses()) == 2


def test_clearing_after_sending_leaves_nothing_on_the_phone(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    send(phone)
    cleared = phone.post("/clear", {"csrf_token": phone.get("/sent").token})

    assert cleared.goes_to == "/c/riverside"
    assert cleared.response.headers["Clear-Site-Data"] == '"cache"'
    assert phone.get("/sent", Sec_Fetch_Site="none").goes_to == "/"


def test_a_second_press_leads_to_the_same_place(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    cookies = phone.cookies
    assert send(phone).goes_to == "/sent"
    for name, value in cookies.items():
        phone.set_cookie(name, value)  # the first reply never arrived
    riverside.clock.now += 60
    assert send(phone).goes_to == "/sent"

    assert [one.content.name for one in riverside.responses()] == ["Zoë Fischer"]
    assert LONDON.time_there(int(riverside.clock.now) - 60) in phone.get("/sent").text


def answered_again(riverside: Riverside, question: str, value: str) -> Client:
    """Somebody who sent, got no reply, and then changed an answer."""
    phone = walked(riverside.phone(), riverside.invite())
    cookies = phone.cookies
    assert send(phone).goes_to == "/sent"
    for name, kept in cookies.items():
        phone.set_cookie(name, kept)
    phone.answer(f"/questions/{question}", value)
    return phone


def test_an_emergency_that_comes_after_a_lost_reply_is_not_taken_for_sent(
    riverside: Riverside,
) -> None:
    phone = answered_again(riverside, "signs", "chest")
    page = send(phone)

    assert page.status == 409
    first, told = (
        page.text.index("Call an ambulance now"),
        page.text.index("Your change was not sent"),
    )
    assert page.text.index("112") < first < told
    assert LONDON.time_there(int(riverside.clock.now)) in page.text
    assert "Get help now" in page.text
    [response] = riverside.responses()
    assert response.line.urgency == 0
    assert riverside.visit(phone).sent_at is None, "their own result can still be read"


def test_a_change_that_comes_after_a_lost_reply_is_not_taken_for_sent(
    riverside: Riverside,
) -> None:
    phone = answered_again(riverside, "signs", "numb")
    page = send(phone)
    assert page.status == 409
    assert page.heading == "Your change was not sent"
    assert "Riverside Massage has the answers that you sent on" in page.text
    assert "tel:+442079460000" in page.links
    assert phone.get("/result").heading in page.text, "what they have to do now"

    phone = walked(riverside.phone(), riverside.invite())
    cookies = phone.cookies
    send(phone)
    for name, kept in cookies.items():
        phone.set_cookie(name, kept)
    assert send(phone, message="It is worse now.").status == 409
    assert [one.content.message for one in riverside.responses()] == [TYPED["message"]] * 2


@pytest.mark.parametrize("given", [WELL, CHEST])
def test_a_result_that_nobody_has_seen_is_never_sent(
    riverside: Riverside, given: dict[str, Given]
) -> None:
    phone = walked(riverside.phone(), riverside.invite(), given)
    page = phone.get("/send")
    consent = page.one("input", name="consent").get("value") or ""
    form = {"csrf_token": page.token, "consent": consent, **TYPED}
    gone = replace(riverside.protocol, rules_hash="a" * 64, version="0.0")
    older = replace(riverside.visit(phone), version=name_of(gone))
    phone = riverside.phone_where_this_is_gone(gone)
    there = "/check" if given is WELL else "/result"
    for pressed in (False, True):
        phone.set_cookie("answers", Seal(KEY, "answers", 3600, riverside.clock).close(older))
        if pressed:
            assert phone.post("/send", form).status == 409
        else:
            assert phone.get("/send").goes_to == there
        assert riverside.responses() == []
        if given is WELL:
            assert "These questions were updated" in phone.get("/check").text
        assert phone.get("/result").status == 200
        assert phone.get("/send").status == 200
    assert send(phone).goes_to == "/sent"


def test_another_phone_with_the_same_link_learns_nothing(riverside: Riverside) -> None:
    link, phone, other = riverside.invite(), riverside.phone(), riverside.phone()
    walked(phone, link)
    walked(other, link, {**WELL, "lasted": "days"})
    assert send(phone).goes_to == "/sent"
    page = send(other, name="Somebody Else", signed="Somebody Else", message="")

    assert page.status == 409
    assert "This link has already been used" in page.text
    for word in ("Zoë", "Fischer", "garden", "Anna Berg"):
        assert word not in page.html
    assert "/result" in page.links
    assert other.get("/result").status == 200
    assert len(riverside.responses()) == 1


def test_asvs_2_3_4_twenty_phones_send_with_one_link_and_one_response_is_stored(
    riverside: Riverside,
) -> None:
    link = riverside.invite()
    phones = [walked(riverside.phone(), link) for _ in range(20)]
    forms = []
    for phone in phones:
        page = phone.get("/send")
        consent = page.one("input", name="consent").get("value") or ""
        forms.append({"csrf_token": page.token, "consent": consent, **TYPED})
    ready = threading.Barrier(len(phones))
    pages: list[Page] = []

    def press(number: int) -> None:
        ready.wait(30)
        pages.append(phones[number].post("/send", forms[number]))

    threads = [threading.Thread(target=press, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(page.status for page in pages) == [303] + [409] * 19
    assert len(riverside.responses()) == 1
    assert len({page.html for page in pages if page.status == 409}) == 1


def test_a_link_that_was_revoked_meanwhile_keeps_the_answers_on_the_phone(
    riverside: Riverside,
) -> None:
    link, phone = riverside.invite(), riverside.phone()
    walked(phone, link)
    link.revoke()
    page = send(phone)

    assert page.status == 409
    assert "Your answers were not sent" in page.text
    assert "still on this device" in page.text
    assert phone.get("/check").status == 200
    assert riverside.responses() == []


def test_a_database_that_is_away_loses_nothing_that_was_typed(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    page = phone.get("/send")
    consent = page.one("input", name="consent").get("value") or ""
    form = {"csrf_token": page.token, "consent": consent, **TYPED}
    with riverside.away():
        assert phone.get("/send").status == 200
        away = phone.post("/send", form)
    assert away.status == 503
    assert int(away.response.headers["Retry-After"]) > 0
    assert "We couldn't reach Riverside Massage just now" in away.text
    assert "we don't know if it was sent. Nothing you typed is lost" in away.text
    for claim in ("nothing was sent", "has been sent yet", "not sent"):
        assert claim not in away.text.lower()
    for name in ("name", "day", "month", "year"):
        assert away.one("input", name=name).get("value") == TYPED[name]
    assert text_of(away.one("textarea")) == TYPED["message"]
    assert "checked" in away.one("input", name="consent").attrib
    again = phone.post("/send", {**form, "csrf_token": away.token})
    assert again.goes_to == "/sent"
    assert len(riverside.responses()) == 1


def test_a_worker_that_knows_no_clinic_yet_says_when_to_try_again(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    cookies = phone.cookies
    del riverside.app
    other = riverside.phone()
    for name, value in cookies.items():
        other.set_cookie(name, value)
    with riverside.away():
        assert other.get("/send").status == 503
    riverside.clock.now += 60
    assert send(other).goes_to == "/sent"


def test_asvs_3_5_1_nothing_is_sent_by_a_form_of_another_visit(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    other = walked(riverside.phone(), riverside.invite())
    for token in ("", "x" * 22, riverside.token(other)):
        page = send(phone, csrf_token=token)
        assert page.status == 400
        assert TYPED["message"] not in page.html
        assert TYPED["message"] not in phone.get("/send").html
    refused = phone.post("/send", TYPED, Sec_Fetch_Site="cross-site")
    assert refused.status == 400
    assert riverside.responses() == []


def test_asvs_3_5_3_reading_sends_nothing(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    walked(phone, link)
    before = link.stored
    for path in ("/send", "/sent", "/result", "/result.pdf", "/check", link.path, "/c/riverside"):
        phone.get(path)
        phone._client.head(path, base_url="http://127.0.0.1:8000")
    query = "&".join(f"{name}={value}" for name, value in TYPED.items())
    phone.get(f"/send?{query}")

    assert riverside.responses() == []
    assert link.stored == before


def test_urgent_responses_are_announced_when_the_person_has_their_page(
    riverside: Riverside, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(
        riverside.practice.intake, "_notify", lambda receipt: told.append(receipt.urgency)
    )
    for given in (WELL, {**WELL, "signs": "numb"}, CHEST):
        send(walked(riverside.phone(), riverside.invite(), given))

    assert told == [2, 3]


def test_a_protocol_that_changed_after_sending_leaves_the_confirmation(
    riverside: Riverside,
) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    send(phone)
    visit = riverside.visit(phone)
    fewer = {name: value for name, value in visit.answers.items() if name != "lasted"}
    older = replace(visit, answers=fewer, version="another")
    phone.set_cookie("answers", Seal(KEY, "answers", 3600, riverside.clock).close(older))

    page = phone.get("/sent")
    assert page.heading == "Your answers were sent"
    assert "/result.pdf" not in page.links
    assert phone.get("/result.pdf").goes_to == "/sent"


@pytest.mark.parametrize("given", [NUMB, CHEST], ids=["urgent", "emergency"])
def test_no_message_is_too_long_for_what_is_urgent_and_staff_read_all_of_it(
    riverside: Riverside, given: dict[str, Given]
) -> None:
    long = "x" * LONGEST_MESSAGE + " It hurts most on the left."
    assert (
        send(walked(riverside.phone(), riverside.invite(), given), message=long).goes_to == "/sent"
    )
    [sent] = riverside.responses()
    assert sent.content.message == long
