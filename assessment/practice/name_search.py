"""Words of a name as they are searched by: the same for everybody who writes them.

What is stored of a name are keyed hashes of its words and of their beginnings. A search hashes what
was typed, and reads no name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress

from assessment.records import clients, responses
from assessment.records.database import Database
from assessment.records.ids import ClientId, ClinicId
from assessment.records.searching import Word
from assessment.records.transactions import Transaction, alone
from assessment.records.vault import Unreadable, Vault

MOST_WORDS = 20
"""Words of one name that can be searched by; no name has so many."""
SHORTEST = 2
"""Letters of the beginning of a word that find it; in a script without spaces one is enough."""
LONGEST = 20
"""Letters of a word that count."""
RULES = 2
"""By which rules a name's hashes are made; grows when they change, so that all are made anew."""

_PLAIN = str.maketrans(
    {
        "ł": "l", "ø": "o", "\u0131": "i", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "e", "ƒ": "f",
    }
)  # fmt: skip
"""Letters without an accent to be taken off."""
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
"""How letters are written where a keyboard has none."""
_DIGRAPHS = ("ae", "oe", "ue")
_WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a name without accents and capitals, each once.

    "Zoë O'Neill-Søgård 7" gives zoe, o, neill, sogard, 7: what is no letter or digit parts words.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(one for one in folded if not unicodedata.category(one).startswith("M"))
    letters = (_letter(one) for one in unicodedata.normalize("NFC", bare.translate(_PLAIN)))
    words = (word[:LONGEST] for word in "".join(letters).split())
    return tuple(dict.fromkeys(words))[:MOST_WORDS]


def hashes_of(vault: Vault, clinic: ClinicId, text: str) -> tuple[Word, ...]:
    """Return what a search looks for in place of the words that were typed."""
    return tuple(vault.search_hashes(clinic, word) for word in words_of(text))


def index(tx: Transaction, clinic: ClinicId, client: ClientId, names: Iterable[str]) -> None:
    """Let a client be found by these names, and by no other."""
    keys = {key for name in names for word in _spellings(name) for key in _beginnings(word)}
    hashes = [tx.vault.search_hash(clinic, key) for key in keys]
    clients.set_words(tx, clinic, client, hashes, RULES)


def renew_index(database: Database, clinic: ClinicId, at_once: int = 200) -> None:
    """Index again the clients of a clinic who were indexed by earlier rules."""
    with database.reading() as tx:
        old = clients.indexed_otherwise(tx, clinic, RULES)
    for start in range(0, len(old), at_once):
        with database.writing() as tx:
            for client in old[start : start + at_once]:
                write_words(tx, clinic, client)


def _letter(one: str) -> str:
    if one.isdecimal():
        return str(unicodedata.decimal(one))
    return one if one.isalnum() else " "


def _spellings(name: str) -> Iterator[str]:
    """Give the words of a name in every spelling by which somebody may look for it.

    Müller is found by Müller, Muller and Mueller, and so is Mueller.
    """
    composed = unicodedata.normalize("NFC", name.casefold())
    plain = words_of(name)
    yield from plain
    yield from words_of(composed.translate(_SPELT_OUT))
    for word in plain:
        for pair in _DIGRAPHS:
            word = word.replace(pair, pair[0])
        yield word


def _beginnings(word: str) -> Iterator[str]:
    """Give what finds a word; of one in a script without spaces, each of its parts."""
    if any(unicodedata.name(one, "").startswith(_WITHOUT_SPACES) for one in word):
        for start in range(len(word)):
            yield from (word[start:end] for end in range(start + 1, len(word) + 1))
        return
    yield word
    yield from (word[:end] for end in range(SHORTEST, len(word)))


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
    alone(tx, "words", clinic, client)
    found = clients.get(tx, clinic, client)
    names = [found.name] if found else []
    for line in responses.of_client(tx, clinic, client):
        with suppress(Unreadable):
            response = responses.get(tx, clinic, line.id)
            names += [response.content.name] if response else []
    index(tx, clinic, client, names)
