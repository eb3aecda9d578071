"""All words that a person can read, each with the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from assessment.engine.protocol import Protocol
from assessment.engine.questions import Question
from assessment.engine.text import Text


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
