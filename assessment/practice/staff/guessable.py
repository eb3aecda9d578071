"""Passwords that people guess first.

How many guesses a password takes is estimated by zxcvbn: lists of 30,000 leaked passwords, of
common words and of names, walks over keyboards, repeats, sequences, dates, and letters swapped for
signs. To its words we add those of our trade and of this program, and what others know of the
person and of the clinic. Decision 0020 says why, and where the line is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

FEWEST_GUESSES = 10**13
LOOKED_AT = 48
"""Characters from the start: an estimate takes longer the more there are, up to many seconds."""
_MOST_DIGITS = 8

_TRADE = """
acupuncture acupuncturist appointment assessment back body bodywork chiro chiropractic chiropractor
client clients clinic deep hands healing health healthy inbox intake manual massage massages muscle
muscles myofascial neck osteopath osteopathy owner pain painfree patient patients physical physio
physiotherapist physiotherapy point points practice questionnaire reception reflexology release
relief response screening selfassessment shiatsu shoulder spa sports staff stretch therapies
therapist therapy tissue treatment trigger wellness
"""


def is_guessable(password: str, own_words: Iterable[str] = ()) -> bool:
    """Whether few guesses find a password; `own_words` are names that others know."""
    words = [*_known(own_words), *_TRADE.split()]
    if _is_made_of(_plain(password), set(words)):
        return True
    looked_at = {password[:LOOKED_AT], _plain(password[:LOOKED_AT])}
    return any(_guesses(text, words) < FEWEST_GUESSES for text in looked_at)


def _is_made_of(text: str, words: set[str]) -> bool:
    """Whether nothing is in a password but such words and a number, such as a birthday."""
    found = re.findall(r"[^\W\d_]+", text)
    digits = sum(one.isdigit() for one in text)
    return bool(found) and digits <= _MOST_DIGITS and words.issuperset(found)


def _guesses(text: str, words: list[str]) -> float:
    # The usual entry would leave these words behind for whoever asks next, in another thread too.
    from zxcvbn import matching, scoring  # slow to import, and seldom needed

    dictionaries = matching.RANKED_DICTIONARIES | {"ours": matching.build_ranked_dict(words)}
    matches = matching.omnimatch(text, dictionaries)
    return float(scoring.most_guessable_match_sequence(text, matches)["guesses"])


def _plain(text: str) -> str:
    """Return small letters without accents, and no more of them than were typed.

    Some single characters stand for whole phrases, and the time that is spent on a text grows fast
    with its length.
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))[: len(text)]


def _known(own_words: Iterable[str]) -> list[str]:
    """Return the words of names, each as it is typed with and without accents."""
    spelled = [one for word in own_words for one in (word.casefold(), _plain(word))]
    pieces = [piece for word in spelled for piece in re.split(r"[\W_]+", word)]
    return list(dict.fromkeys(piece for piece in pieces if len(piece) > 2))
