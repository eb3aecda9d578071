"""A press of Send that sends nothing: what was typed is shown again, and is kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from assessment.engine.protocol import Protocol
from assessment.practice.intake.intake import Intake
from assessment.records import clients
from tests.web.client import Client, Page, text_of
from tests.web.intake.riverside import (
    CHEST,
    TYPED,
    WELL,
    Link,
    Riverside,
    begin_at,
    form_of,
    send,
    shows_typed,
    walked,
)


def withdrawn(riverside: Riverside) -> Protocol:
    """Return a version that asks the same, and is gone on the server of `a_phone`."""
    return replace(riverside.protocol, wording_hash="0" * 64)


def a_phone(riverside: Riverside) -> Client:
    """Somebody's phone, before a server that withdrew a version."""
    return riverside.phone_where_this_is_gone(withdrawn(riverside))


def stale_protocol(riverside: Riverside, phone: Client, _: Link) -> None:
    riverside.put_under(phone, withdrawn(riverside))


def revoked(riverside: Riverside, phone: Client, link: Link) -> None:
    link.revoke()


def too_late(riverside: Riverside, phone: Client, link: Link) -> None:
    riverside.clock.now += 25 * 3600


def cleared(riverside: Riverside, phone: Client, link: Link) -> None:
    phone.post("/clear", {"csrf_token": phone.get("/result").token})


def used(riverside: Riverside, phone: Client, link: Link) -> None:
    other = walked(riverside.phone(), link)
    assert send(other, name="Somebody Else", message="Mine.").goes_to == "/sent"


def changed(riverside: Riverside, phone: Client, link: Link) -> None:
    phone.answer("/questions/signs?from=result", "fever")  # asks how long it has lasted


def erased(riverside: Riverside, phone: Client, link: Link) -> None:
    with riverside.database.writing() as tx:
        assert clients.erase(tx, riverside.clinic.id, link.stored.client, 1)


@pytest.mark.parametrize(
    ("happens", "status", "why"),
    [
        (stale_protocol, 409, "These questions were updated"),
        (revoked, 409, "withdrawn this link"),
        (too_late, 400, "They are gone now"),
        (cleared, 400, "They are gone now"),
        (used, 409, "A link works once"),
        (changed, 409, "They have changed since you opened that page"),
        (erased, 409, "withdrawn this link"),
    ],
)
def test_whatever_keeps_it_from_being_sent_what_was_typed_is_shown_again(
    riverside: Riverside,
    happens: Callable[[Riverside, Client, Link], None],
    status: int,
    why: str,
) -> None:
    phone, link = a_phone(riverside), riverside.invite()
    walked(phone, link)
    form = form_of(phone)
    happens(riverside, phone, link)
    before = len(riverside.responses())

    page = phone.post("/send", form)

    assert page.status == status
    assert why in page.text
    shows_typed(page)
    assert len(riverside.responses()) == before
    assert not [one for one in phone.cookies.values() if len(one) > 2000], "nothing is kept"


def test_it_is_shown_on_that_page_and_on_no_other(riverside: Riverside) -> None:
    phone, link = riverside.phone(), riverside.invite()
    walked(phone, link)
    form = form_of(phone)
    cleared(riverside, phone, link)
    shows_typed(phone.post("/send", form))
    walked(phone, riverside.invite())
    for path in ("/", "/send", "/result", "/check", link.path):
        page = phone.get(path)
        assert TYPED["name"] not in page.html, path
        assert TYPED["message"] not in page.html, path


def test_a_new_result_comes_first_and_the_same_walk_can_be_sent_after_it(
    riverside: Riverside,
) -> None:
    phone, link = a_phone(riverside), riverside.invite()
    walked(phone, link)
    form = form_of(phone)
    stale_protocol(riverside, phone, link)
    form["csrf_token"] = riverside.token(phone)
    assert phone.post("/send", form).links.count("/check") == 1
    assert "These questions were updated" in phone.get("/check").text
    shows_typed(phone.post("/send", form))
    assert phone.post("/send", form_of(phone)).goes_to == "/sent"


def test_of_an_emergency_the_number_comes_before_what_was_typed(riverside: Riverside) -> None:
    phone, link = riverside.phone(), riverside.invite()
    walked(phone, link, CHEST)
    form = form_of(phone)
    link.revoke()
    page = phone.post("/send", form)
    shows_typed(page)
    assert page.text.index("112") < page.text.index("were not sent") < page.text.index("Zoë")


def test_what_was_sent_from_another_tab_in_other_words_is_not_taken_for_sent(
    riverside: Riverside,
) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    form = form_of(phone)
    assert send(phone, message="Short.").goes_to == "/sent"

    page = phone.post("/send", form)

    assert page.status == 409
    assert "You have already sent your answers" in page.heading
    shows_typed(page)
    assert "/sent" in page.links
    same = {**form, "message": "Short."}
    assert phone.post("/send", same).goes_to == "/sent", "a second press is no mistake"
    with riverside.away():
        shows_typed(phone.post("/send", form))
    assert [one.content.message for one in riverside.responses()] == ["Short."]


def test_what_was_typed_is_on_the_page_that_tells_of_an_earlier_send(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    cookies = phone.cookies
    assert send(phone, message="Short.").goes_to == "/sent"
    for name, value in cookies.items():
        phone.set_cookie(name, value)  # the first reply never arrived
    page = send(phone)
    assert page.heading == "Your change was not sent"
    shows_typed(page)


def pressed_again(phone: Client, page: Page) -> Page:
    """Press "Try again", which needs nothing but the page."""
    [form] = [one for one in page.all("form") if one.get("action") == "/send"]
    return phone.post(
        "/send", {one.get("name") or "": one.get("value") or "" for one in form.iter("input")}
    )


def test_while_the_clinic_cannot_be_looked_up_one_press_sends_it_later(
    riverside: Riverside,
) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    form = form_of(phone)
    riverside.__dict__.pop("app")  # a worker that has just started, and knows no clinic
    other = riverside.phone()
    for name, value in phone.cookies.items():
        other.set_cookie(name, value)
    with riverside.away():
        page = other.post("/send", form)
        assert page.status == 503
        assert page.response.headers["Retry-After"].isdecimal()
        shows_typed(page)
    riverside.clock.now += 60
    assert pressed_again(other, page).goes_to == "/sent"
    assert [one.content.message for one in riverside.responses()] == [TYPED["message"]]


def test_a_fault_of_ours_costs_nobody_what_they_typed(
    riverside: Riverside, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    form = form_of(phone)

    def broken(*_: object) -> None:
        raise RuntimeError(TYPED["message"])

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "send", broken)
        answer = phone._client.post("/send", data=form, base_url="http://127.0.0.1:8000")
    page = Page(answer)
    assert page.status == 500
    shows_typed(page)
    assert TYPED["message"] not in caplog.text
    assert pressed_again(phone, page).goes_to == "/sent"


def test_who_typed_nothing_is_led_on_as_before(riverside: Riverside) -> None:
    phone, link = a_phone(riverside), riverside.invite()
    walked(phone, link)
    stale_protocol(riverside, phone, link)
    token = riverside.token(phone)
    assert phone.post("/send", {"csrf_token": token}).goes_to == "/check"
    phone.answer("/questions/signs?from=result", "fever")
    assert phone.post("/send", {"csrf_token": token}).goes_to == "/questions/fever_days"


@pytest.mark.parametrize("message", ["", "x" * 2500])
@pytest.mark.parametrize("name", ["", "<b>&amp;"])
def test_it_is_shown_as_it_was_typed_whatever_it_is(
    riverside: Riverside, name: str, message: str
) -> None:
    phone = riverside.phone()
    phone.walk(WELL, begin_at(phone))
    form = {**form_of(phone), "message": message, "name": name}
    phone.forget()
    page = phone.post("/send", form)
    assert page.status == 400
    assert "3 5 1986" in page.text
    if message:
        assert text_of(page.one("textarea")) == message
    if name:
        assert name in [text_of(one) for one in page.all("dd")]
