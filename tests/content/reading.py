"""How hard words are to read: Flesch-Kincaid and Dale-Chall, the same on every machine.

The list of familiar words is that of Dale and Chall (about 3,000) as the package `textstat` carries
it, syllables are counted by its dictionary of pronunciation and, for words that are not in it, by
its rules; both lie in the package, so nothing is fetched. The formulas are applied here, because
the package counts the plural of a familiar word as unfamiliar, which the formula does not.

A line of a list is measured as a sentence of its own, even where it ends without a full stop. Words
of the glossary (`glossary.txt`: names of medicines, illnesses and parts of the body, each with an
everyday word beside it in the texts) count as familiar, and as of two syllables at most.
"""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import textstat

GLOSSARY = Path(__file__).with_name("glossary.txt")
SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")
"""A sentence ends at a full stop, question mark, colon or semicolon, as Flesch counts it."""
WORD = re.compile(r"[A-Za-z]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][A-Za-z]+)?")
MARKDOWN = re.compile(r"\[([^\]]*)\]\([^)]*\)")
ADDRESS = re.compile(r"\S+\.[a-z]{2,}\S*")
CONTRACTED = ("'s", "'t", "n't", "'re", "'ll", "'ve", "'d", "'m")
SYLLABLES_OF_THE_GLOSSARY = 2


@dataclass(frozen=True, slots=True)
class Ease:
    """How hard some lines are: two grades, and the words that the second found unfamiliar."""

    flesch_kincaid: float
    dale_chall: float
    unfamiliar: tuple[str, ...]


def ease(lines: Iterable[str]) -> Ease:
    """Return how hard these lines are, taken together."""
    sentences = [
        words for line in lines for part in SENTENCE.split(line) if (words := tokens(part))
    ]
    every = [word.lower() for words in sentences for word in words]
    if not every:
        return Ease(0.0, 0.0, ())
    hard = [word for words in sentences for word in _unfamiliar(words)]
    length = len(every) / len(sentences)
    percent = 100 * len(hard) / len(every)
    chall = 0.1579 * percent + 0.0496 * length + (3.6365 if percent > 5 else 0)
    kincaid = 0.39 * length + 11.8 * sum(map(syllables, every)) / len(every) - 15.59
    return Ease(kincaid, chall, tuple(dict.fromkeys(hard)))


def tokens(sentence: str) -> list[str]:
    """Return the words of a sentence; figures and addresses are none."""
    plain = ADDRESS.sub(" ", MARKDOWN.sub(r"\1", sentence))
    return [word.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for word in WORD.findall(plain)]


def _unfamiliar(words: list[str]) -> Iterator[str]:
    """Yield the unfamiliar words of a sentence. Names of persons and places are familiar."""
    for number, word in enumerate(words):
        is_name = number > 0 and word[0].isupper()
        if not (is_name or is_familiar(word.lower())):
            yield word.lower()


@cache
def is_familiar(word: str) -> bool:
    """Whether a word, or what it is a regular form of, is on the list or in the glossary."""
    if len(word) == 1 or word in glossary():
        return True
    return not easy_words().isdisjoint(_bases(word)) or not glossary().isdisjoint(_bases(word))


@cache
def syllables(word: str) -> int:
    """Return how many syllables a word has, of the glossary's two at most."""
    count = int(textstat.syllable_count(word) or 1)
    known = not glossary().isdisjoint(_bases(word))
    return min(count, SYLLABLES_OF_THE_GLOSSARY) if known else max(1, count)


@cache
def easy_words() -> frozenset[str]:
    """Return the familiar words."""
    listed = importlib.resources.files("textstat") / "resources" / "en" / "easy_words.txt"
    return frozenset(listed.read_text("utf-8").lower().split())


@cache
def glossary() -> frozenset[str]:
    """Return the words of the glossary: before the colon of each line."""
    lines = GLOSSARY.read_text("utf-8").splitlines()
    named = [line.partition(":")[0] for line in lines if line.strip() and not line.startswith("#")]
    return frozenset(word for words in named for word in words.lower().split())


def _bases(word: str) -> set[str]:
    """Return the words of which this one is a regular form, itself among them."""
    for ending in CONTRACTED:
        if word.endswith(ending):
            word = word.removesuffix(ending)
            break
    found = {word}
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word.removesuffix(ending)
            found.update(stem + each for each in instead)
            if ending in ("ed", "ing", "er", "est") and stem[-1:] == stem[-2:-1]:
                found.add(stem[:-1])
    return found


_ENDINGS = (
    ("s", ("",)),
    ("es", ("",)),
    ("ies", ("y",)),
    ("d", ("",)),
    ("ed", ("", "e")),
    ("ied", ("y",)),
    ("ing", ("", "e")),
    ("r", ("",)),
    ("er", ("", "e")),
    ("ier", ("y",)),
    ("est", ("", "e")),
    ("iest", ("y",)),
    ("ly", ("",)),
    ("ily", ("y",)),
    ("n", ("",)),
)
