"""Words of a name as they are searched by: the same for everybody who writes them."""

from __future__ import annotations

import unicodedata

from assessment.records.ids import ClinicId
from assessment.records.vault import Vault

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
