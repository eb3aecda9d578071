"""Names are found however they are written."""

from __future__ import annotations

import pytest

from assessment.practice.words import MOST_WORDS, hashes_of, may_be_one_name, words_of
from assessment.records.ids import ClinicId
from tests.records.some import VAULT


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Zoë O'Neill", ("zoe", "o", "neill")),
        ("ZOE  oneill", ("zoe", "oneill")),
        ("J. S.", ("j", "s")),
        ("İpek Weiß-Straße", ("ipek", "weiss", "strasse")),
        ("Renée Renee", ("renee",)),
        ("李小龍", ("李小龍",)),
        ("", ()),
        ("123 -- !", ()),
    ],
)
def test_a_name_is_searched_by_its_plain_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


def test_a_name_has_so_many_words_and_no_more() -> None:
    name = " ".join("a" * length for length in range(1, 60))

    assert len(words_of(name)) == MOST_WORDS


def test_two_clinics_store_different_hashes_of_one_name() -> None:
    one, other = (hashes_of(VAULT, ClinicId(clinic), "Zoë Neill") for clinic in ("a", "b"))

    assert len({*one, *other}) == 4
    assert one == hashes_of(VAULT, ClinicId("a"), "zoe NEILL")


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        ("Zoë Fischer", "ZOE FISCHER", True),
        ("Fischer, Zoe", "Zoe Fischer", True),
        ("Zoe", "Zoe Fischer", True),
        ("Z. F.", "Zoe Fischer", True),
        ("ZF", "Zoe Fischer", True),
        ("Zoe Fischer-Berg", "Zoe Fischer", True),
        ("Sean Oneill", "Sean O'Neill", True),
        ("", "Zoe Fischer", True),
        ("Anna Berg", "Zoe Fischer", False),
        ("Bea Fischer", "Zoe Fischer", False),
        ("Zoe Zora", "Zoe Fischer", False),
        ("Anna Anna-Lena", "Anna Berg", False),
    ],
)
def test_a_name_may_be_shortened_and_still_be_the_same(one: str, other: str, may_be: bool) -> None:
    assert may_be_one_name(one, other) is may_be
    assert may_be_one_name(other, one) is may_be
