"""All words that a person can read, each with the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from assessment.engine.protocol import Protocol
from assessment.engine.questions import Question
from assessment.engine.text import Text

SYLLABLES = re.compile(r"[aeiouy]+")


def texts(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Yield the place and the words of every text, guide pages too."""
    for name in (
        "questions",
        "findings",
        "rules",
        "precautions",
        "support",
        "advice",
        "promises",
        "texts",
        "intended_purpose",
    ):
        yield from _within(getattr(protocol, name), name)
    for page in protocol.guide:
        yield f"guide.{page.id}", f"{page.title}. {page.markdown}"


def is_question(place: str) -> bool:
    """Questions may name what a statement must not."""
    return place.startswith("questions.")


def template_words(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each template and its words, without markup."""
    for path in sorted(folder.glob("*.html")):
        text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", " ", path.read_text("utf-8"), flags=re.S)
        yield path.name, re.sub(r"\s+", " ", text)


def grade(words: str) -> float:
    """Estimate the Flesch-Kincaid reading grade of some words."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", words)
    plain = re.sub(r"(?m)^#+ .*$|^Sources:.*$", "", plain)
    sentences = [part for part in re.split(r"[.!?:;]+\s|\n\s*\n|\n- ", plain) if part.strip()]
    tokens = re.findall(r"[A-Za-z]+", plain)
    if not tokens:
        return 0.0
    syllables = sum(_syllables(token.lower()) for token in tokens)
    return 0.39 * len(tokens) / max(1, len(sentences)) + 11.8 * syllables / len(tokens) - 15.59


def _syllables(word: str) -> int:
    count = len(SYLLABLES.findall(word))
    if word.endswith("e") and not word.endswith("le") and count > 1:
        count -= 1
    return max(1, count)


def _within(value: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Text):
        yield place, value.text
        if value.carer is not None:
            yield f"{place}.carer", value.carer
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _within(inner, f"{place}.{getattr(key, 'id', key)}")
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from _within(inner, f"{place}.{_name(inner, number)}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _within(getattr(value, field.name), f"{place}.{field.name}")


def _name(value: object, number: int) -> str:
    name = getattr(value, "id", number)
    return str(name) if isinstance(value, Question) or name != number else str(number)
