"""What `assessment next` prints and `assessment length` counts is what stands on the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest

from assessment.engine.protocol import Protocol
from assessment.engine.questions import Kind
from assessment.exports.seen import question_page, start_page, texts_of
from assessment.screening import Screening
from tests.web.client import Client, Page
from tests.web.conftest import MakeClient

OPENS_ON_A_PRESS = ("details", "button")
NOT_WORDS_OF_THE_PROTOCOL = {"or"}


def seen_in(element: Element) -> Iterator[str]:
    """Every text that is seen before a press, each with white space made single."""
    if element.tag in OPENS_ON_A_PRESS or element.tag in ("svg", "progress"):
        return
    for words in (element.text, *(child.tail for child in element)):
        if words and words.strip():
            yield " ".join(words.split())
    for child in element:
        yield from seen_in(child)


def on_page(page: Page) -> set[str]:
    return set(seen_in(page.one("fieldset")))


@pytest.mark.parametrize(
    "question", ["who", "age", "signs", "fever_days", "pain", "where", "lasted"]
)
def test_every_text_of_a_question_is_counted_and_no_other(
    client: Client, small: Protocol, question: str
) -> None:
    client.walk({"who": "me", "pain": "3"})
    client.answer("/questions/signs?from=check", "fever" if question == "fever_days" else "none")
    asked = small.question[question]
    counted = set(texts_of(question_page(small, asked, carer=False)))
    page = client.get(f"/questions/{question}")
    counted.discard(small.texts["disclaimer_short"].text)
    shown = " | ".join(on_page(page))
    assert [text for text in counted if text not in shown] == []
    if asked.kind not in (Kind.AREAS, Kind.SCALE, Kind.NUMBER):
        assert on_page(page) - NOT_WORDS_OF_THE_PROTOCOL == counted


def test_the_short_disclaimer_stands_on_every_question(client: Client, small: Protocol) -> None:
    client.walk({})
    assert small.texts["disclaimer_short"].text in " ".join(
        seen_in(client.get("/questions/pain").one("body"))
    )


def test_every_word_of_the_start_page_is_counted_and_no_other(
    make_client: MakeClient, small: Protocol
) -> None:
    page = make_client().get("/")
    shown = " ".join(seen_in(page.one("main")))
    counted = " ".join(texts_of(start_page(small, Screening(small).minutes())))
    assert sorted(re.findall(r"\w+", shown)) == sorted(re.findall(r"\w+", counted))
