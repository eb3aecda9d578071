"""Links that a clinic sends: what opening one does, and does not."""

from __future__ import annotations

import logging

import pytest

from tests.records.some import some_client, some_invitation
from tests.web.client import Page
from tests.web.intake.riverside import CHEST, WELL, Riverside, begin_at, send, walked


def test_a_link_shows_who_asks_and_nothing_of_the_client(riverside: Riverside) -> None:
    link = riverside.invite()
    page = riverside.phone().get(link.path)

    assert page.status == 200
    assert page.heading == "Riverside Massage has some questions before your visit"
    assert "Nothing is sent until you press Send" in page.text
    assert "24 hours" in page.text
    for word in ("Canaryinvited", "Canarynote", "Zoë", "Anna Berg", "Canaryname"):
        assert word not in page.html
    assert page.response.headers["X-Robots-Tag"] == "noindex"


def test_pressing_start_leads_to_the_first_question_in_the_look_of_the_clinic(
    riverside: Riverside,
) -> None:
    link, phone = riverside.invite(), riverside.phone()
    first = link.open(phone)

    assert first == "/questions/who"
    assert "Riverside Massage" in phone.get(first).title
    visit = riverside.visit(phone)
    assert (visit.clinic, visit.invitation) == (riverside.clinic.id, link.id)
    assert link.stored.opened_at == int(riverside.clock.now)


def test_looking_never_uses_a_link_up_nor_sets_a_cookie(riverside: Riverside) -> None:
    link, scanner = riverside.invite(), riverside.phone()
    for _ in range(3):
        page = scanner.get(link.path)
        assert "Set-Cookie" not in page.response.headers
        head = scanner._client.head(link.path, base_url="http://127.0.0.1:8000")
        assert (head.status_code, head.data) == (200, b"")
    assert link.stored.opened_at is None
    send(walked(riverside.phone(), link))
    assert len(riverside.responses()) == 1


def test_unknown_expired_and_revoked_links_show_the_same_page(riverside: Riverside) -> None:
    expired, revoked = riverside.invite(days=1), riverside.invite()
    revoked.revoke()
    riverside.clock.now += 2 * 86400
    phone = riverside.phone()
    begin_at(phone)
    for someone in (riverside.phone(), phone):
        pages = [
            someone.get(path) for path in (expired.path, revoked.path, "/i/made-up", "/i/%00%ff")
        ]
        pages += [someone.post(path) for path in (expired.path, revoked.path, "/i/made-up")]
        assert {page.status for page in pages} == {404}
        assert len({page.html for page in pages}) == 1
        assert "This link does not work" in pages[0].text
        assert not any("Set-Cookie" in page.response.headers for page in pages)


def test_asvs_2_4_1_guesses_at_links_are_slowed_down(riverside: Riverside) -> None:
    riverside.settings = {"starts_per_hour": 5}
    link, phone = riverside.invite(), riverside.phone()
    statuses = [phone.get(f"/i/guess{number}").status for number in range(7)]

    assert statuses == [404] * 5 + [429] * 2
    assert phone.get(link.path).response.headers["Retry-After"] == "3600"
    assert phone.post(link.path).status == 429


def test_a_walk_goes_on_where_it_stopped_on_the_same_phone(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    first = link.open(phone)
    phone.answer(first, "me")
    page = phone.get(link.path)
    assert "Your answers so far are still on this device" in page.text
    went_on = phone.post(link.path, {"csrf_token": page.token, "go_on": "1"})

    assert went_on.goes_to == "/questions/age"
    assert phone.get("/questions/who").ticked == ["me"]


def test_starting_again_leaves_the_earlier_answers_behind(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    phone.answer(link.open(phone), "me")
    page = phone.get(link.path)

    assert phone.post(link.path, {"csrf_token": page.token}).goes_to == "/questions/who"
    assert phone.get("/questions/who").ticked == []


def test_a_new_link_in_place_of_an_old_one_takes_the_answers_along(riverside: Riverside) -> None:
    old, phone = riverside.invite(), riverside.phone()
    walked(phone, old)
    stored = old.stored
    client = some_client(riverside.clinic.id, id=stored.client)
    new = riverside.add(some_invitation(client, riverside.therapist, expires_at=stored.expires_at))
    old.revoke(new.id)
    refused = send(phone)
    assert refused.status == 409
    assert "Your answers were not sent" in refused.text

    page = phone.get(new.path)
    went_on = phone.post(new.path, {"csrf_token": page.token, "go_on": "1"})
    assert went_on.goes_to == "/result"
    assert send(phone).goes_to == "/sent"
    assert riverside.responses()[0].invitation == new.id


@pytest.mark.parametrize("is_invited", [True, False])
def test_answers_from_something_else_are_never_taken_over(
    riverside: Riverside, is_invited: bool
) -> None:
    phone = riverside.phone()
    first = riverside.invite().open(phone) if is_invited else begin_at(phone)
    phone.walk(WELL, first)
    link = riverside.invite()
    page = phone.get(link.path)
    assert "There are other answers on this device" in page.text
    assert "/result" in page.links
    assert not page.all("button", name="go_on")
    phone.post(link.path, {"csrf_token": page.token, "go_on": "1"})

    assert riverside.visit(phone).invitation == link.id
    assert riverside.visit(phone).answers == {}


def test_a_form_without_its_token_replaces_no_answers(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    phone.answer(link.open(phone), "me")
    for form in ({}, {"csrf_token": "x" * 22}, {"go_on": "1"}):
        page = phone.post(link.path, form)
        assert page.status == 400
        assert "Set-Cookie" not in page.response.headers
    assert phone.get("/questions/who").ticked == ["me"]


def test_a_used_link_says_so_and_shows_no_answers(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    send(walked(phone, link))
    other = riverside.phone()
    for page in (other.get(link.path), other.post(link.path)):
        assert "Your answers have already been sent" in page.text
        for word in ("Zoë", "garden", "therapist", "calf"):
            assert word not in page.text.replace("certified", "")
    assert phone.get(link.path).goes_to == "/sent"


def test_a_clinic_sees_how_many_questions_are_answered(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    phone.answer(phone.answer(link.open(phone), "me").goes_to, "40")
    assert (link.stored.answered, link.stored.of_about) == (2, 7)
    phone.walk(WELL, "/questions/signs")
    assert (link.stored.answered, link.stored.of_about) == (6, 6)


def test_nothing_is_told_of_a_walk_that_nobody_invited(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    phone.walk(WELL, begin_at(phone))
    phone.walk(WELL)

    assert link.stored.answered == 0


def test_an_invited_walk_lives_for_a_day(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    page = phone.get(link.path)
    started = phone.post(link.path, {"csrf_token": page.token})
    assert "Max-Age=86400;" in started.response.headers["Set-Cookie"]
    riverside.clock.now += 86_000
    answered = phone.answer("/questions/who", "me")
    assert "Max-Age=86400;" in answered.response.headers["Set-Cookie"]
    riverside.clock.now += 86_401
    assert phone.get("/questions/age", Sec_Fetch_Site="none").goes_to == "/"
    expired = phone.get("/questions/age", Sec_Fetch_Site="same-origin")
    assert "open it again" in expired.text


def test_a_database_that_is_away_never_stops_or_shows_in_a_walk(
    riverside: Riverside, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link, phone = riverside.invite(), riverside.phone()
    first = link.open(phone)
    with riverside.away():
        riverside.clock.now += 3600
        assert "Riverside Massage" in phone.get(first).title, "the last known look"
        assert phone.walk(WELL, first) == "/result"
        assert phone.get("/result").status == 200
        assert phone.answer("/questions/signs?from=check", "chest").goes_to == "/result"
        assert "Call an ambulance" in phone.get("/result").text
        away = phone.get(link.path)
        assert away.status == 503
        assert "try again in a minute" in away.text
        assert away.response.headers["Retry-After"]
        assert riverside.phone().get("/").status == 200
    assert "canary-database" not in caplog.text
    assert link.token not in caplog.text


def test_an_emergency_is_shown_at_once_with_a_database_that_was_never_there(
    riverside: Riverside,
) -> None:
    link, phone = riverside.invite(), riverside.phone()
    first = link.open(phone)
    del riverside.app  # as another worker, which has seen no clinic yet
    other = riverside.phone()
    for name, value in phone.cookies.items():
        other.set_cookie(name, value)
    with riverside.away():
        assert other.walk(CHEST, first) == "/result"
        assert "Call an ambulance" in other.get("/result").text


def test_asvs_14_2_1_the_secret_of_a_link_is_in_no_cookie_and_no_later_address(
    riverside: Riverside, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    riverside.settings = {"access_log": True}
    link, phone = riverside.invite(), riverside.phone()
    seen: list[Page] = [phone.get(link.path)]
    seen.append(phone.post(link.path, {"csrf_token": seen[0].token}))
    phone.walk(WELL, seen[-1].goes_to)
    seen += [phone.get("/check"), phone.get("/result"), phone.get("/send"), send(phone)]
    seen += [phone.get("/sent"), phone.get("/nope")]

    for page in seen:
        assert page.response.headers["Referrer-Policy"] == "no-referrer"
        assert link.token not in page.response.headers.get("Location", "")
        assert link.token not in page.response.headers.get("Set-Cookie", "")
        assert link.token not in page.html
    assert link.token not in caplog.text
    assert link.token not in str(riverside.visit(phone))


@pytest.mark.parametrize(
    "glued", ["{}.", "{})", "{}/", "{}%20", "({})", "{}.)", "{}%C2%A0", "{}%E3%80%82", "_{}", "{}*"]
)
def test_a_link_with_something_glued_on_is_opened(riverside: Riverside, glued: str) -> None:
    link, phone = riverside.invite(), riverside.phone()
    address = f"/i/{glued.format(link.token)}"
    assert phone.get(address).goes_to == link.path
    assert phone.get(link.path).status == 200
    slug = glued.format("riverside")
    assert phone.get(f"/c/{slug}").goes_to == "/c/riverside"


def test_what_is_no_link_with_something_glued_on_opens_nothing(riverside: Riverside) -> None:
    phone = riverside.phone()
    # Of one that has "_" or "-" at an end, a letter at the other looks like part of it: looked up.
    links = (riverside.invite() for _ in range(100))
    link = next(one for one in links if one.token.strip("_-") == one.token)
    for address in (f"/i/{link.token}x", f"/i/x{link.token}", f"/i/{link.token}/more", "/i/."):
        assert phone.get(address).status == 404
    for address in ("/c/riverside/more", "/c/nowhere.", "/c/."):
        page = phone.get(address)
        assert page.status == 404 or phone.get(page.goes_to).status == 404
