"""Names are found however they are written."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from assessment.practice.name_search import (
    MOST_WORDS,
    RULES,
    hashes_of,
    index,
    may_be_one_name,
    renew_index,
    words_of,
)
from assessment.records import clients, clinics, inbox
from assessment.records.database import Database
from assessment.records.ids import ClinicId
from assessment.records.inbox import Filter
from assessment.records.tables import client_words
from tests.records.some import VAULT, move_in, some_client, some_clinic


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
        ("-- !", ()),
        ("Case 1042", ("case", "1042")),
        ("Łukasz Sørensen", ("lukasz", "sorensen")),
        ("Kjær", ("kjaer",)),
        ("Şule Kaplanoğlu \u0131", ("sule", "kaplanoglu", "i")),
        ("\uff11\uff10 ٤٢", ("10", "42")),
    ],
)
def test_a_name_is_searched_by_its_plain_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


def finds(typed: str, name: str, database: Database) -> bool:
    with database.writing() as tx:
        clinic = some_clinic()
        clinics.add(tx, clinic)
        person = some_client(clinic.id)
        clients.add(tx, person)
        index(tx, clinic.id, person.id, [name])
        stored = set(tx.connection.execute(select(client_words.c.word)).scalars())
        wanted = hashes_of(tx.vault, clinic.id, typed)
    return bool(wanted) and all(stored.intersection(word) for word in wanted)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("1042", "Client 1042"), ("10", "Client 1042"), ("١٠٤٢", "1042"),
        ("lukasz", "Łukasz Nowak"), ("Łukasz", "Lukasz"), ("luk now", "Łukasz Nowak"),
        ("Soren", "Søren"), ("Soeren", "Søren"), ("Søren", "Soeren"), ("Søren", "Soren"),
        ("Muller", "Müller"), ("Mueller", "Müller"), ("Müller", "Mueller"), ("Muel", "Müller"),
        ("Weiss", "Weiß"), ("Kjaer", "Kjær"), ("Kjær", "Kjaer"), ("ipek", "İpek"),
        ("Aase", "Åse"), ("Ase", "Åse"),
        ("Fran", "Francesca Rossi"), ("ross", "Francesca Rossi"), ("Zoe", "Zoë"),
        ("李", "李小龍"), ("小龍", "李小龍"), ("龍", "李小龍"), ("김", "김민수"),
        ("민수", "김민수"), ("Irmak", "\u0131rmak"), ("\u0131rmak", "Irmak"),
        ("やまだ", "やまだ たろう"), ("Neill", "Sean O'Neill"),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written_and_by_its_beginning(
    typed: str, name: str, database: Database
) -> None:
    assert finds(typed, name, database)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("rancesca", "Francesca"), ("Zora", "Zoe"), ("Zoe", "Zora"), ("042", "1042"), ("f", "Fran")],
)
def test_what_a_name_does_not_begin_with_does_not_find_it(
    typed: str, name: str, database: Database
) -> None:
    assert not finds(typed, name, database)


def test_clients_of_an_earlier_version_are_found_after_the_first_search(
    database: Database,
) -> None:
    with database.writing() as tx:
        house = move_in(tx)  # indexed by a word of its own, as an earlier version did
        wanted = hashes_of(tx.vault, house.id, house.client.name[:3])
        before = inbox.listed(tx, house.id, Filter(words=wanted), None, 9)
    renew_index(database, house.id)
    with database.reading() as tx:
        after = inbox.listed(tx, house.id, Filter(words=wanted), None, 9)
        assert clients.indexed_otherwise(tx, house.id, RULES) == ()
    assert (len(before), len(after)) == (0, 1)


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
