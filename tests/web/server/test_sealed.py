"""Small sealed values open here, for their errand, for a while, and nowhere else."""

from __future__ import annotations

import re

import pytest

from assessment.web.server.sealed import Sealed
from assessment.web.walk.cookie import Seal, Visit
from tests.web.conftest import KEY, Clock

WORDS = {"of": "Anna Canary", "count": 3}


def test_a_value_comes_back_as_it_was(clock: Clock) -> None:
    sealed = Sealed(KEY, "errand", 600, clock)
    text = sealed.close(WORDS)
    assert sealed.open(text) == WORDS
    assert not re.search(r"\bAnna\b", text), "as a word: what is sealed may hold it by chance"
    assert "Canary" not in text
    assert sealed.close(WORDS) != text


def test_a_value_can_be_opened_until_it_expires(clock: Clock) -> None:
    sealed = Sealed(KEY, "errand", 600, clock)
    text = sealed.close(WORDS)
    clock.now += 600
    assert sealed.open(text) == WORDS
    clock.now += 1
    assert sealed.open(text) is None


def test_a_value_serves_no_other_errand(clock: Clock) -> None:
    text = Sealed(KEY, "errand", 600, clock).close(WORDS)
    assert Sealed(KEY, "another", 600, clock).open(text) is None
    assert Sealed(bytes(32), "errand", 600, clock).open(text) is None
    answers = Seal(KEY, "errand", 600, clock)
    assert answers.open(text) is None
    assert Sealed(KEY, "errand", 600, clock).open(answers.close(Visit.new("1"))) is None


@pytest.mark.parametrize("text", ["", "x", "====", "é", "A" * 100, "A" * 5000, None])
def test_what_was_made_elsewhere_is_nothing(clock: Clock, text: str | None) -> None:
    assert Sealed(KEY, "errand", 600, clock).open(text) is None


def test_a_change_of_any_letter_spoils_it(clock: Clock) -> None:
    sealed = Sealed(KEY, "errand", 600, clock)
    text = sealed.close(WORDS).rstrip("=")
    for place in range(0, len(text) - 1, 7):
        other = "A" if text[place] != "A" else "B"
        changed = text[:place] + other + text[place + 1 :]
        assert sealed.open(changed + "=" * (-len(changed) % 4)) is None


def test_what_fits_into_no_cookie_is_refused(clock: Clock) -> None:
    with pytest.raises(ValueError, match="too long"):
        Sealed(KEY, "errand", 600, clock).close({"words": "x" * 4000})
