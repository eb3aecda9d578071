"""Whatever a person reads is at a reading grade of eight at most, by two formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol
from assessment.protocols.load import RULES_FOLDER, load_protocol
from tests.content import words
from tests.content.reading import GLOSSARY, ease, glossary, is_familiar, syllables

GRADE = 8.0
SHIPPED = load_protocol(RULES_FOLDER / "muscle_pain")
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
INLINE = re.compile(r"</?(?:a|b|em|span|strong|small)\b[^>]*>")
NO_WORDS = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<!doctype[^>]*>", re.DOTALL)
NOT_READ_BY_PERSONS = ("intended_purpose", "promises.", "findings.", "precautions.")
"""What clinicians and therapists read."""
APART = ("why", "short", "carer", "invited", "carer_invited")
"""Other forms of a text, and what opens on a press: nobody reads them with the rest."""
SHORT = "what has only some words"
PASSAGE = 8


def units(protocol: Protocol) -> dict[str, list[str]]:
    """Every page or list that is read together, with its lines.

    The lines of a list that are asked one by one stand with it. A formula for passages says nothing
    of a heading, so what has only some words is measured together.
    """
    found: dict[str, list[str]] = {}
    for place, text in words.texts(protocol):
        if place.startswith(NOT_READ_BY_PERSONS) and not is_told(place):
            continue
        kind, own, *rest = [*place.split("."), ""]
        if "__" in own and rest[0] == "short":
            continue  # the label again
        apart = next((part for part in (*rest, "") if part in APART), "")
        found.setdefault(f"{kind}.{own.partition('__')[0]}{apart}", []).append(text)
    return together_where_short(found)


def together_where_short(units: dict[str, list[str]]) -> dict[str, list[str]]:
    passages = {
        name: lines for name, lines in units.items() if len(" ".join(lines).split()) >= PASSAGE
    }
    short = [line for name in units.keys() - passages.keys() for line in units[name]]
    return {**passages, SHORT: sorted(short)}


def is_told(place: str) -> bool:
    """Whether a text of a precaution is for the person."""
    return re.search(r"\.person(\.|$)", place) is not None


def templates() -> Iterator[tuple[str, list[str]]]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = INLINE.sub("", NO_WORDS.sub(" ", path.read_text("utf-8")))
        lines = [" ".join(line.split()) for line in re.split(r"<[^>]*>", text)]
        yield path.name, [line for line in lines if re.search("[a-z]{2}", line)]


UNITS = units(SHIPPED)
CLINICS_OWN = re.compile(r"\b(?:client|consent|protocol|recommendation|response|urgency)s?\b", re.I)
"""Words that a clinic uses of itself all day."""
PAGES = together_where_short(
    {name: [CLINICS_OWN.sub("page", line) for line in lines] for name, lines in templates()}
)


@pytest.mark.parametrize("unit", UNITS)
def test_texts_of_the_protocol_are_at_grade_eight_at_most(unit: str) -> None:
    found = ease(UNITS[unit])
    assert found.flesch_kincaid <= GRADE, UNITS[unit]
    assert found.dale_chall <= GRADE, found.unfamiliar


@pytest.mark.parametrize("page", PAGES)
def test_words_of_the_pages_are_at_grade_eight_at_most(page: str) -> None:
    found = ease(PAGES[page])
    assert found.flesch_kincaid <= GRADE, PAGES[page]
    assert found.dale_chall <= GRADE, found.unfamiliar


@pytest.mark.parametrize("name", sorted(glossary()))
def test_an_everyday_word_stands_beside_each_name_of_the_glossary(name: str) -> None:
    [beside] = [
        line.partition(":")[2].strip().lower()
        for line in GLOSSARY.read_text("utf-8").splitlines()
        if line.startswith(f"{name}:")
    ]
    used = [text.lower() for text in together() if re.search(rf"\b{name}", text.lower())]
    assert used, "no text uses it"
    wanted = [] if beside == "itself" else beside.split()
    assert any(all(word in text for word in wanted) for text in used), beside


def together() -> Iterator[str]:
    """The texts of each option, and of everything else, as they stand together."""
    for question in SHIPPED.questions:
        asked = question.ask.text
        for option in question.options:
            says = "" if option.says is None else option.says.text
            hint = "" if option.hint is None else option.hint.text
            yield " ".join((asked, option.label.text, hint, says))
        if question.none_label is not None:
            yield f"{asked} {question.none_label.text}"
    yield from (text for place, text in words.texts(SHIPPED) if not place.startswith("questions."))


def test_a_list_is_measured_line_by_line() -> None:
    """Else a list without full stops would be one sentence."""
    lines = ["A cold foot", "A warm hand", "A red face"]
    assert ease(lines).flesch_kincaid == pytest.approx(ease(["A cold foot"]).flesch_kincaid)
    assert ease([" ".join(lines)]).flesch_kincaid > ease(lines).flesch_kincaid + 2


def test_the_formulas_are_those_that_were_published() -> None:
    """10 words, 2 sentences, 12 syllables, 1 unfamiliar word of 10."""
    found = ease(["The dog ran home.", "It saw the big diagnosis there."])
    syllabled = 11.8 * 13 / 10
    assert found.unfamiliar == ("diagnosis",)
    assert found.flesch_kincaid == pytest.approx(0.39 * 5 + syllabled - 15.59)
    assert found.dale_chall == pytest.approx(0.1579 * 10 + 0.0496 * 5 + 3.6365)


def test_hard_words_are_found_hard_and_plain_ones_plain() -> None:
    hard = ease(["Contraindications include anticoagulation and immunosuppression."])
    plain = ease(["Ask your doctor first."])
    assert min(hard.flesch_kincaid, hard.dale_chall) > GRADE
    assert max(plain.flesch_kincaid, plain.dale_chall) < 5


@pytest.mark.parametrize(
    "word", ["dogs", "carried", "stopping", "bigger", "happiest", "slowly", "don't", "child's"]
)
def test_regular_forms_of_familiar_words_are_familiar(word: str) -> None:
    assert is_familiar(word)


def test_a_name_of_the_glossary_counts_as_familiar_and_short() -> None:
    assert is_familiar("fibromyalgia")
    assert (syllables("fibromyalgia"), syllables("statins"), syllables("diagnosis")) == (2, 2, 4)
