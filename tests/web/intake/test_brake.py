"""A brake on what strangers send from the public page; whoever was invited is never held up."""

from __future__ import annotations

import pytest

from assessment.practice.intake.intake import Intake
from assessment.practice.intake.submission import Receipt, Submission
from tests.web.client import text_of
from tests.web.intake.riverside import CHEST, TYPED, WELL, Riverside, begin_at, send, walked


def sent_from_the_public_page(riverside: Riverside, times: int) -> None:
    for _ in range(times):
        phone = riverside.phone()
        phone.walk(WELL, begin_at(phone))
        assert send(phone).goes_to == "/sent"


def test_an_address_sends_ten_in_an_hour_and_keeps_what_was_typed(riverside: Riverside) -> None:
    sent_from_the_public_page(riverside, 10)
    phone = riverside.phone()
    phone.walk(WELL, begin_at(phone))
    page = send(phone)

    assert page.status == 429
    assert page.response.headers["Retry-After"] == "3600"
    assert "call Riverside Massage on +44 20 7946 0000" in page.text
    for name in ("name", "day", "month", "year"):
        assert page.one("input", name=name).get("value") == TYPED[name]
    assert text_of(page.one("textarea")) == TYPED["message"]
    assert len(riverside.responses()) == 10
    assert phone.get("/result").status == 200


def test_many_sends_at_once_are_no_more_than_one_after_the_other(
    riverside: Riverside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each one arrives while the one before it is being stored."""
    riverside.settings = {"sends_per_hour": 2}
    phones = [riverside.phone() for _ in range(5)]
    for phone in phones:
        phone.walk(WELL, begin_at(phone))
    statuses: list[int] = []
    store = Intake.send

    def slowly(intake: Intake, submission: Submission) -> Receipt:
        send_next()
        return store(intake, submission)

    def send_next() -> None:
        if phones:
            statuses.append(send(phones.pop()).status)

    monkeypatch.setattr(Intake, "send", slowly)
    while phones:
        send_next()
    assert sorted(statuses) == [303, 303, 429, 429, 429]
    assert len(riverside.responses()) == 2


def test_an_emergency_page_is_never_held_up(riverside: Riverside) -> None:
    riverside.settings = {"sends_per_hour": 1}
    sent_from_the_public_page(riverside, 1)
    phone = riverside.phone()
    phone.walk(CHEST, begin_at(phone))

    assert phone.get("/result").heading == "Call an ambulance now"
    page = send(phone)
    assert page.status == 429
    assert page.text.index("112") < page.text.index("Send your answers")


def test_whoever_was_invited_can_always_send(riverside: Riverside) -> None:
    riverside.settings = {"sends_per_hour": 1}
    sent_from_the_public_page(riverside, 1)
    for _ in range(3):
        assert send(walked(riverside.phone(), riverside.invite())).goes_to == "/sent"


def test_only_what_was_stored_counts(riverside: Riverside) -> None:
    riverside.settings = {"sends_per_hour": 2}
    phone = riverside.phone()
    phone.walk(WELL, begin_at(phone))
    cookies = phone.cookies
    with riverside.away():
        for _ in range(3):
            assert send(phone).status == 503
    for _ in range(3):
        for name, value in cookies.items():
            phone.set_cookie(name, value)  # the reply never arrived
        assert send(phone).goes_to == "/sent"
    sent_from_the_public_page(riverside, 1)
    assert len(riverside.responses()) == 2
