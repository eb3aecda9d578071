"""Two walks in one browser: a form of the one is never taken for a form of the other."""

from __future__ import annotations

import pytest

from tests.web.client import Client, Page
from tests.web.intake.riverside import TYPED, WELL, Link, Riverside, send, walked

SAID = "belongs to other answers"


def both(riverside: Riverside) -> tuple[Client, str, Link]:
    """A phone on which somebody's answers were replaced by those of another client's link.

    Returns it with the token of the forms of the first walk, and the second link.
    """
    phone = walked(riverside.phone(), riverside.invite())
    old = riverside.token(phone)
    other = riverside.invite()
    walked(phone, other, {**WELL, "who": "somebody", "where": "neck_back"})
    return phone, old, other


def kept_apart(page: Page) -> None:
    """Fail unless a page says why nothing was taken, and shows nothing of what was sent."""
    assert page.status == 400
    assert SAID in page.heading
    assert "nothing from that page was saved or sent" in page.text
    assert "/check" in page.links
    assert not page.inputs


def test_a_tick_of_one_walk_is_never_offered_in_another(riverside: Riverside) -> None:
    phone = riverside.phone()
    first = riverside.invite().open(phone)
    old = phone.get(first).token
    other = riverside.invite().open(phone)

    page = phone.post(first, {"csrf_token": old, "answer": "somebody"})

    kept_apart(page)
    assert "somebody" not in page.html
    assert phone.get(other).ticked == []
    assert riverside.visit(phone).answers == {}


@pytest.mark.parametrize(
    "path",
    ["/questions/where", "/questions/where?from=result", "/questions/fever_days",
     "/questions/no_such", "/send", "/close"],
)  # fmt: skip
def test_every_form_of_another_walk_is_told_why_and_changes_nothing(
    riverside: Riverside, path: str
) -> None:
    phone, old, link = both(riverside)
    before = phone.cookies

    page = phone.post(path, {"csrf_token": old, "answer": "left_calf", "consent": "x", **TYPED})

    kept_apart(page)
    assert phone.cookies == before
    assert link.stored.closed_at is None
    assert riverside.responses() == []
    for typed in (TYPED["name"], TYPED["message"], 'value="1986"'):
        assert typed not in page.html
        assert typed not in phone.get("/send").html


def test_a_form_of_a_walk_that_was_sent_is_told_the_same(riverside: Riverside) -> None:
    phone, old, _ = both(riverside)
    assert send(phone).goes_to == "/sent"
    for path in ("/questions/where", "/send", "/close"):
        kept_apart(phone.post(path, {"csrf_token": old, "answer": "left_calf", **TYPED}))


def test_clearing_from_a_page_of_another_walk_clears_nothing_and_shows_nothing(
    riverside: Riverside,
) -> None:
    phone, old, _ = both(riverside)
    for path in ("/questions/lasted", "/check"):
        phone.get(path)
        before = phone.cookies
        page = phone.post("/clear", {"csrf_token": old})
        assert (page.status, phone.cookies) == (400, before)
        assert page.heading == "Your answers were not cleared"
        assert "You have started again since" in page.text
        assert "Back of the neck" not in page.text


def test_who_closes_a_link_when_their_time_is_over_is_told_that_it_is_not_closed(
    riverside: Riverside,
) -> None:
    phone = riverside.phone()
    link = riverside.invite()
    walked(phone, link)
    token = riverside.token(phone)
    riverside.clock.now += 25 * 3600

    page = phone.post("/close", {"csrf_token": token})

    assert page.status == 400
    assert "This page has expired" in page.heading
    assert "open it again" in page.text


def test_a_link_can_be_closed_from_a_page_that_was_opened_before_other_answers(
    riverside: Riverside,
) -> None:
    phone, link = riverside.phone(), riverside.invite()
    old = phone.get(link.path).token
    walked(phone, riverside.invite())
    before = phone.cookies

    page = phone.post(link.path, {"csrf_token": old, "close": "1"})

    assert page.heading == "The link is closed"
    assert link.stored.closed_at is not None
    assert phone.cookies == before, "the other answers stay"
