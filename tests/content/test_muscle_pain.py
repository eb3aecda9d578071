"""What the shipped protocol's content promises: evidence, claims, words, length."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assessment.engine.conditions import Condition, FindingRef, parts_of
from assessment.engine.protocol import Protocol, Recommend
from assessment.protocols.load import load_protocol
from tests.content import words
from tests.content.evidence_map import LEFT_OUT, MAP, as_text, carriers

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

FORBIDDEN = {
    "promises safety": r"\bsafe(ly)?\b(?! (place|if|at home))",
    "clears": r"\bcleared\b",
    "promises a cure": r"\bcur(e|es|ed|ing)\b",
    "promises a result": r"\b(guarantee|proven to|will (go away|disappear|fix)|gets rid of)",
    "detox": r"\b(detox|toxins?)\b",
    "removes the cause": r"\b(removes?|breaks? (up|down)) (the )?(cause|knots?|scar)",
    "names a finding": (
        r"\byou (may |might |probably |could )?have (a |an |the )?"
        r"(blood clot|clot|stroke|heart attack|fracture|broken|cancer|tumou?r|infection|strain|"
        r"sciatica|arthritis|fibromyalgia|trigger points?|slipped|cauda|meningitis|shingles|"
        r"pinched|muscle strain|torn)"
    ),
    "names a possible finding": r"\b(possible|suspected|likely|sounds like|looks like) (a |an )?"
    r"(blood clot|clot|stroke|heart attack|fracture|cancer|tumou?r|cauda|meningitis)",
    "universal source claim": r"(does|do|will) not go away (by itself|on its own)",
    "a device": r"\bwe (diagnose|detect|can tell)\b",
}


@pytest.fixture(scope="module")
def protocol(shipped: Path) -> Protocol:
    return load_protocol(shipped)


def test_every_red_flag_and_contraindication_has_its_place_or_a_reason(
    protocol: Protocol,
) -> None:
    nowhere = [row for row, names in carriers(protocol).items() if not names]
    assert sorted(nowhere) == sorted(LEFT_OUT)


def test_the_list_of_what_carries_each_row_is_up_to_date(protocol: Protocol) -> None:
    assert MAP.read_text("utf-8") == as_text(protocol)


def test_no_promise_leans_on_a_finding_that_a_rule_reads(protocol: Protocol) -> None:
    """A slip in the finding would change the promise together with the rule that it watches."""

    def leans(condition: Condition) -> bool:
        return isinstance(condition, FindingRef) or any(map(leans, parts_of(condition)))

    assert [promise.id for promise in protocol.promises if leans(promise.when)] == []


@pytest.mark.parametrize("claim", FORBIDDEN)
def test_no_text_makes_a_forbidden_claim(protocol: Protocol, claim: str) -> None:
    found = [
        (place, match.group())
        for place, text in (*words.texts(protocol), *words.template_words(TEMPLATES))
        if not words.is_question(place)
        for match in [re.search(FORBIDDEN[claim], text, flags=re.I)]
        if match
    ]
    assert found == []


def test_the_forbidden_claims_would_be_found() -> None:
    guilty = {
        "promises safety": "Massage is safe for you.",
        "clears": "You are cleared for massage.",
        "promises a cure": "This cures the knot.",
        "promises a result": "It will go away.",
        "detox": "It frees toxins.",
        "removes the cause": "It breaks down knots.",
        "names a finding": "You may have a blood clot.",
        "names a possible finding": "This is a possible clot.",
        "universal source claim": "It does not go away by itself.",
        "a device": "We can tell what is wrong.",
    }
    assert guilty.keys() == FORBIDDEN.keys()
    for claim, text in guilty.items():
        assert re.search(FORBIDDEN[claim], text, flags=re.I), claim


def test_every_recommendation_says_what_to_do_and_when_to_seek_help_sooner(
    protocol: Protocol,
) -> None:
    assert set(protocol.advice) == set(Recommend)
    for recommend, advice in protocol.advice.items():
        assert advice.headline.text, recommend.id
        assert advice.do_now, recommend.id
        if recommend is not Recommend.EMERGENCY:
            assert all((advice.expect, advice.sooner, advice.tell)), recommend.id


def test_an_emergency_speaks_of_nothing_but_help(protocol: Protocol) -> None:
    said = [text for place, text in words.texts(protocol) if place.startswith("advice.emergency")]
    assert not [text for text in said if re.search("massage|therapist|heat|rest ", text, re.I)]


def test_the_disclaimer_says_it_is_not_a_diagnosis(protocol: Protocol) -> None:
    assert "This is not a diagnosis." in protocol.texts["disclaimer_short"].text
    assert "This is not a diagnosis." in protocol.texts["disclaimer"].text


def test_it_says_that_no_clinician_has_reviewed_it(protocol: Protocol) -> None:
    assert protocol.review is None
    assert protocol.texts["not_reviewed"].text == "Not yet reviewed by a clinician."


def test_every_text_that_speaks_to_you_has_words_for_a_carer(protocol: Protocol) -> None:
    """A carer reads "they": a text with "you" or "your" needs a form of its own."""
    spoken = dict(words.texts(protocol))
    alone = [
        place
        for place, text in spoken.items()
        if place.split(".")[0] in ("questions", "rules", "advice")
        and not place.endswith(".carer")
        and not place.endswith(".because.carer")
        and re.search(r"\b(you|your|yours|yourself)\b", text, re.I)
        and f"{place}.carer" not in spoken
    ]
    assert [place for place in alone if not _speaks_to_the_reader(spoken[place])] == []


def _speaks_to_the_reader(text: str) -> bool:
    """ "You" may also be whoever reads: "if you are worried", "what you tell us"."""
    rest = re.sub(
        r"\b(you (also )?told us|you need not say|your answer|tell us|you can (change|stop)|"
        r"your local emergency number|if you (are worried|want it)|your therapist)\b",
        "",
        text,
        flags=re.I,
    )
    return not re.search(r"\b(you|your|yours|yourself)\b", rest, re.I)
