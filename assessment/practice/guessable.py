"""Passwords that people guess first.

ASVS 6.2.4 asks to refuse the 3,000 most common passwords that our rule of length (15 characters)
lets through. Of the lists of leaked passwords that are widely known, hardly one among the first
thousands is that long, and those that are come in three kinds: a short piece repeated
(`passwordpassword`, `111111111111111`), a walk over the keyboard or the alphabet
(`qwertyuiopasdfghjkl`, `1q2w3e4r5t6y7u8i9o0p`, `123456789012345`), and a common word with digits, a
year or a sign behind it (`iloveyou1234567`). So a rule takes the place of a long list: a password
is taken apart into such pieces, and one made of fewer than five is refused, in whatever order, case
and spelling (`P4ssw0rd`). The names of the person and of the clinic count as pieces, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

FEWEST_PIECES = 5

# Words that well-known lists of leaked passwords are made of, and those of our own trade.
_COMMON_WORDS = """
abc access account admin administrator amanda america andrew angel anthony apple ashley austin
baby bailey banana baseball basketball batman bear beautiful blink body boston brandon buster
butterfly camaro cameron care cat changeme charlie cheese chelsea chicken chocolate chris client
clinic cocacola coffee computer cookie cooper corvette cowboy cricket dallas daniel david death
default diamond doctor dog dolphin donald dragon eagle elizabeth family ferrari flower fluffy
football forever friend friends gandalf george ginger god golden golfer google guest guitar hammer
hannah happy harley health heaven hello help hockey home house hunter iloveyou internet jackson
jasmine jennifer jessica jesus jordan joseph joshua junior justin killer king kitty lakers letmein
liverpool login london love lovely lover loveyou maggie manager manchester marina martin massage
master matrix matthew mercedes merlin michael michelle mickey midnight minecraft monkey monster
muscle mustang mypassword naruto nascar nicole ninja nothing office oliver orange pain pass
passphrase password passwort patient patrick peanut pepper phoenix please pokemon porsche princess
private qazwsx rachel rainbow ranger richard robert root sabrina samantha samsung scooter secret
secure security server shadow silver slipknot snoopy soccer spider spring starwars steelers
sterling stupid summer sunshine superman superstar support sweet system taylor tennis test
therapist therapy thomas thunder tiger tigger tinkerbell toyota trigger trustno trustnoone tweety
user victoria wachtwoord welcome whatever william willkommen winter wizard yankees yellow your
"""
_FILLERS = "the my is and for you me one two this that"
_ROWS = ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")
_OTHER_ROWS = (
    "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop", "yxcvbnm", "90", "01",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp",
    "q1w2e3r4t5y6u7i8o9p0", "a1s2d3f4g5h6j7k8l9",
)  # fmt: skip
_LEET = str.maketrans("013457@$!", "oieastasi")
_SHORTEST_WALK = 3
_SEPARATORS = re.compile(r"[\s._\-+*/#!?,;:&@$]+")
_YEAR = re.compile(r"(19|20)\d\d")


def is_guessable(password: str, own_words: Iterable[str] = ()) -> bool:
    """Whether a password is made of few pieces; `own_words` are names that others know."""
    text = _plain(password)
    return _repeats(password) or _repeats(text) or _pieces(text, _known(own_words)) < FEWEST_PIECES


def _repeats(text: str) -> bool:
    return text in (text + text)[1:-1]


def _plain(text: str) -> str:
    """Return small letters without accents, and no more of them than were typed.

    Some single characters stand for whole phrases, and the time that is spent on a text grows fast
    with its length.
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))[: len(text)]


def _known(own_words: Iterable[str]) -> frozenset[str]:
    own = {piece for word in own_words for piece in re.split(r"[\W_]+", _plain(word))}
    return frozenset([*_COMMON_WORDS.split(), *_FILLERS.split(), *(w for w in own if len(w) > 2)])


def _pieces(text: str, known: frozenset[str]) -> int:
    """Return how few pieces make up a password: what a guesser needs to get right.

    A known word, a walk, and a piece seen before are one piece each; so is any other character.
    What separates words counts nothing.
    """
    text = _SEPARATORS.sub(" ", text).strip()
    spelled = text.translate(_LEET)
    fewest = [0] * (len(text) + 1)
    for end in range(1, len(text) + 1):
        options = [fewest[end - 1] + (text[end - 1] != " ")]
        for start in range(end - 2, -1, -1):
            cost = _cost(text, spelled, start, end, known)
            if cost is not None:
                options.append(fewest[start] + cost)
        fewest[end] = min(options)
    return fewest[-1]


def _cost(text: str, spelled: str, start: int, end: int, known: frozenset[str]) -> int | None:
    """Return 1 for a piece that is easy to guess, 0 for one that was there before, else None."""
    piece = text[start:end]
    if len(piece) >= 2 and piece in text[:start]:
        return 0
    if piece in known or spelled[start:end] in known or _is_walk(piece) or _YEAR.fullmatch(piece):
        return 1
    return None


def _is_walk(piece: str) -> bool:
    """Whether each character is beside the one before: on the keyboard, in the alphabet, equal."""
    if len(piece) < _SHORTEST_WALK:
        return False
    steps = list(pairwise(piece))
    if all(pair in _NEAR for pair in steps):
        return True
    return piece.isalnum() and len({ord(b) - ord(a) for a, b in steps}) == 1


def _near() -> frozenset[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for row in (*_ROWS, *_OTHER_ROWS):
        pairs.update(pairwise(row))
    for upper, lower in pairwise(_ROWS):
        offset = 1 if upper.startswith("`") else 0
        for place, key in enumerate(lower):
            pairs.update((other, key) for other in upper[place + offset : place + offset + 2])
    return frozenset(pairs | {(b, a) for a, b in pairs} | {(c, c) for row in _ROWS for c in row})


_NEAR = _near()
