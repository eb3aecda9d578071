"""Words of a name as they are searched by: the same for everybody who writes them."""

from __future__ import annotations

import unicodedata
from contextlib import suppress

from assessment.records import clients, responses
from assessment.records.database import Transaction
from assessment.records.ids import ClientId, ClinicId
from assessment.records.vault import Unreadable, Vault

MOST_WORDS = 20
"""Words of one name that can be searched by; no name has so many."""


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a name without accents and capitals, each once.

    "Zoë O'Neill-Søgård" gives zoe, o, neill, søgard: what is no letter parts words.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = (
        letter if letter.isalpha() else " "
        for letter in folded
        if not unicodedata.category(letter).startswith("M")
    )
    return tuple(dict.fromkeys("".join(letters).split()))[:MOST_WORDS]


def hashes_of(vault: Vault, clinic: ClinicId, text: str) -> tuple[str, ...]:
    """Return what is stored, and searched by, in place of the words of a name."""
    return tuple(vault.search_hash(clinic, word) for word in words_of(text))


def may_be_one_name(one: str, other: str) -> bool:
    """Whether two names may be one person's: one may leave out words, or shorten them.

    "Z. Fischer", "fischer zoe" and "ZF" may all be "Zoë Fischer". A name without a letter, or
    none at all, tells nothing.
    """
    fewer, more = sorted((words_of(one), words_of(other)), key=len)
    if not fewer or "".join(fewer) == "".join(more):
        return True
    if fewer == ("".join(word[0] for word in more),):
        return True
    left = list(more)
    for word in sorted(fewer, key=len, reverse=True):
        fits = [each for each in left if each.startswith(word) or word.startswith(each)]
        if not fits:
            return False
        left.remove(word if word in fits else fits[0])
    return True


def write_words(tx: Transaction, clinic: ClinicId, client: ClientId) -> None:
    """Let a client be found by the name of their row and those in their responses, by no other.

    Call it after anything that adds a name or takes one away. What cannot be read has no name.
    """
    found = clients.get(tx, clinic, client)
    names = [found.name] if found else []
    for line in responses.of_client(tx, clinic, client):
        with suppress(Unreadable):
            response = responses.get(tx, clinic, line.id)
            names += [response.content.name] if response else []
    hashes = (one for name in names for one in hashes_of(tx.vault, clinic, name))
    clients.set_words(tx, clinic, client, hashes)
