"""The shipped protocol on its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from assessment.engine.answers import to_json
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.words import PLACES
from assessment.protocols.load import load_protocol
from assessment.screening import Screening
from tests.web.client import Client, Given, Page
from tests.web.conftest import MakeClient

HEAVIEST = 12_000
MOST_WORDS = 350


@pytest.fixture(scope="session")
def protocol(shipped: Path) -> Protocol:
    return load_protocol(shipped)


@pytest.fixture
def shipped_client(make_client: MakeClient, protocol: Protocol) -> Client:
    return make_client(protocol)


def first_case_of_each(protocol: Protocol) -> dict[Recommend, Mapping[str, object]]:
    found: dict[Recommend, Mapping[str, object]] = {}
    for case in protocol.cases:
        found.setdefault(case.expected, case.answers)
    return found


def sent(protocol: Protocol, answers: Mapping[str, object]) -> dict[str, Given]:
    """Return answers as a browser sends them."""
    values = {
        name: to_json(answer, protocol.question[name])
        for name, answer in Screening(protocol).restore(answers).items()
    }
    return {
        name: value if isinstance(value, list) else str(value) for name, value in values.items()
    }


def test_each_recommendation_is_reached_page_by_page(
    shipped_client: Client, protocol: Protocol
) -> None:
    cases = first_case_of_each(protocol)
    assert set(cases) == set(Recommend)
    for recommend, answers in cases.items():
        end = shipped_client.walk(sent(protocol, answers))
        assert end in ("/result", "/check")
        assert end == "/result" or recommend is not Recommend.EMERGENCY
        page = shipped_client.get("/result")
        headlines = protocol.advice[recommend].headline
        begun = [words.partition(PLACES)[0] for words in (headlines.text, headlines.carer) if words]
        assert page.heading.startswith(tuple(begun))
        assert shipped_client.get("/result.pdf").response.data.startswith(b"%PDF-")


def test_a_question_page_weighs_little_and_asks_for_little(
    shipped_client: Client, protocol: Protocol
) -> None:
    answers = sent(protocol, first_case_of_each(protocol)[Recommend.CERTIFIED_THERAPIST])
    path = shipped_client.start().goes_to
    while path.startswith("/questions/"):
        page = shipped_client.get(path, Accept_Encoding="gzip")
        files = files_of(page)
        assert len(files) <= 2
        weights = [
            len(shipped_client.get(file, Accept_Encoding="gzip").response.data) for file in files
        ]
        assert len(page.response.data) + sum(weights) <= HEAVIEST, path
        name = path.rpartition("/")[2]
        values = answers.get(name, "none")
        path = shipped_client.answer(
            path, *([values] if isinstance(values, str) else values)
        ).goes_to


def files_of(page: Page) -> list[str]:
    """Return what a page makes a browser load."""
    linked = [one.get("href") or "" for one in page.all("link")]
    return linked + [one.get("src") or "" for one in page.all("img")]


def test_no_result_has_many_words_before_what_opens_on_a_press(
    shipped_client: Client, protocol: Protocol
) -> None:
    for recommend, answers in first_case_of_each(protocol).items():
        who = answers.get(protocol.start_asks or "", "")
        first = shipped_client.start_as(str(who)).goes_to
        shipped_client.walk(sent(protocol, answers), first)
        page = shipped_client.get("/result")
        counted = len(" ".join(_counted(page.one("main"))).split())
        assert 30 < counted <= MOST_WORDS, f"{recommend.id}: {counted} words"


def _counted(element: Element) -> Iterator[str]:
    """The words that stand open, but for the disclaimer and "get help if"."""
    kinds = set((element.get("class") or "").split())
    if element.tag == "svg" or kinds & {"disclaimer", "sooner", "missed", "vh"}:
        return
    yield element.text or ""
    for child in element:
        if element.tag != "details" or child.tag == "summary":
            yield from _counted(child)
            yield child.tail or ""
