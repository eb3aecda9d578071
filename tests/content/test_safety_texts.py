"""The shipped safety texts: a dropped line, a softened advice and an inverted form are noticed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from assessment.protocols.diagnostics import BrokenProtocol, Code, Diagnostic
from assessment.protocols.load import RULES_FOLDER, load_protocol
from tests import tiny

SHIPPED = RULES_FOLDER / "muscle_pain"
NOT_YET = "not yet reviewed by a clinician"
READ = ("recommendations", "texts", "rules", "safety_texts")
MEDICAL = ("emergency", "urgent_medical", "medical_clearance_first")
FORMS = ("text", "carer", "invited", "carer_invited")
URGENT_WORDS = re.compile(r"\bnow\b|\btoday\b|emergency number|\bcall\b|\d{3}", re.IGNORECASE)
"""What makes a line of a safety text one whose loss somebody may pay for."""
Words = dict[str, Any]
"""Files of a protocol by name, as YAML gives them."""


def shipped_words() -> Words:
    """The shipped words and the demands on them, with tiny questions: quick to load."""
    return deepcopy(_shipped_words())


@cache
def _shipped_words() -> Words:
    read: Words = {
        name: yaml.load((SHIPPED / f"{name}.yaml").read_text("utf-8"), yaml.CSafeLoader)
        for name in READ
    }
    for advice in read["recommendations"]:
        for key in ("requires", "requires_says", "places", "guide"):
            advice.pop(key, None)
        if advice["id"] == "deep_tissue":
            advice["headline"] = "Its words name places."
    rules = yaml.safe_load(tiny.RULES)
    rules["support"] = [
        {**one, "when": {"flag": "red"}, "evidence": ["T1"]} for one in read["rules"]["support"]
    ]
    return reviewed({**read, "rules": rules})


def reviewed(words: Words) -> Words:
    """These words with a line of review of their own: the tiny questions are among them."""
    with TemporaryDirectory() as folder:
        found = faults(Path(folder), words)
    lines = [re.search(r'wording: "(\w+)"', one.expected) for one in found]
    [wording] = [line[1] for line in lines if line]
    line = {"date": "2026-01-01", "by": NOT_YET, "wording": wording}
    return {**words, "safety_texts": {**words["safety_texts"], "reviewed": [line]}}


def codes(folder: Path, words: Words) -> set[Code]:
    """The kinds of fault of the protocol that has these words."""
    return {one.code for one in faults(folder, words)}


def faults(folder: Path, words: Words) -> tuple[Diagnostic, ...]:
    files = {name: json.dumps(words[name], default=str) for name in READ}
    try:
        load_protocol(tiny.write(folder, **files))
    except BrokenProtocol as broken:
        return broken.diagnostics
    return ()


def lists(words: Words) -> Iterator[tuple[str, list[Any]]]:
    """Every list of safety texts, with its name."""
    for one in words["recommendations"]:
        for key in ("do_now", "sooner") if one["id"] in MEDICAL else ("sooner",):
            yield f"{one['id']}.{key}", one[key]
    for one in words["rules"]["support"]:
        yield f"{one['id']}.lines", one["lines"]


LINES = [(name, at) for name, lines in lists(shipped_words()) for at in range(len(lines))]


def test_the_shipped_words_have_no_fault(tmp_path: Path) -> None:
    assert codes(tmp_path, shipped_words()) == set()


@pytest.mark.parametrize(("name", "at"), LINES, ids=str)
def test_a_dropped_line_is_noticed(tmp_path: Path, name: str, at: int) -> None:
    words = shipped_words()
    dropped = dict(lists(words))[name].pop(at)
    noticed = codes(tmp_path, words)

    assert Code.UNREVIEWED_WORDING in noticed
    if URGENT_WORDS.search(json.dumps(dropped)):
        assert Code.SAFETY_TEXT in noticed, dropped


def spoken(words: Words) -> Iterator[tuple[str, Any, Any]]:
    """Every safety text that tells a person what to do, with what holds it and its key there."""
    for one in words["recommendations"]:
        if one["id"] in MEDICAL:
            yield f"{one['id']}.headline", one, "headline"
    for name, held in lists(words):
        for at in range(len(held)):
            yield f"{name}.{at}", held, at
    for name in words["texts"]:
        if not name.startswith("section_") and name != "start_purpose":
            yield f"texts.{name}", words["texts"], name


SPOKEN = [
    (name, form)
    for name, held, key in spoken(shipped_words())
    for form in FORMS
    if form == "text" or (isinstance(held[key], dict) and form in held[key])
]


@pytest.mark.parametrize(("name", "form"), SPOKEN, ids=str)
def test_a_form_that_says_something_else_is_noticed(tmp_path: Path, name: str, form: str) -> None:
    words = shipped_words()
    [(held, key)] = [(held, key) for one, held, key in spoken(words) if one == name]
    there = held[key]
    before = there[form] if isinstance(there, dict) else there
    held[key] = {**there, form: "It can wait."} if isinstance(there, dict) else "It can wait."
    noticed = codes(tmp_path, words)

    assert Code.UNREVIEWED_WORDING in noticed
    if URGENT_WORDS.search(before):
        assert Code.SAFETY_TEXT in noticed, before


@pytest.mark.parametrize(
    ("file", "old", "new", "report"),
    [
        (
            "recommendations.yaml",
            "    - Call your local emergency number now. Don't wait to see if it passes.\n",
            "",
            "recommendations.yaml:17:13: safety-text: found “Can't call? Ask someone near you to "
            "do it.”; expected `emergency number` and `now` and `don't wait` in it "
            "(`emergency_call`, safety_texts.yaml:",
        ),
        (
            "recommendations.yaml",
            "text: Speak to a doctor today",
            "text: Within weeks, massage is fine",
            "recommendations.yaml:35:11: safety-text: found “Within weeks, massage is fine”; "
            "expected `doctor` and `today` in it (`urgent_headline`, ",
        ),
        (
            "recommendations.yaml",
            "carer: Help them speak to a doctor today",
            "carer: They need no doctor",
            "recommendations.yaml:36:12: safety-text: found “They need no doctor” to a carer; "
            "expected `today` in it (`urgent_headline`, ",
        ),
        (
            "rules.yaml",
            '      - "US and Canada: call or text 988, day and night."\n',
            "",
            "as the nearest line of `support.might_act.lines`; expected `US and Canada` and "
            "`call or text 988` in it (`crisis_us_and_canada`, ",
        ),
        (
            "recommendations.yaml",
            "Often it turns out to be harmless. It is still right to ask.",
            "A doctor should look within weeks, massage is fine until then.",
            "expected no `massage is fine` in it (`never`, safety_texts.yaml:",
        ),
        (
            "questions.yaml",
            "An arm or leg getting weaker, or more tripping",
            "Completely paralysed",
            "unreviewed-wording",
        ),
    ],
    ids=[
        "a dropped emergency line",
        "a softened advice",
        "an inverted form",
        "a dropped number",
        "a softened outlook",
        "a sign put out of reach",
    ],
)
def test_each_is_named_with_line_what_was_found_and_what_was_expected(
    tmp_path: Path, file: str, old: str, new: str, report: str
) -> None:
    folder = tmp_path / "protocol"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("cases.yaml", "population*"))
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(BrokenProtocol, match=re.escape(report)):
        load_protocol(folder)


@pytest.mark.parametrize("form", ["text", "carer"])
@pytest.mark.parametrize(
    ("advice", "inverted"),
    [
        ("emergency", "Don't get emergency help now"),
        ("urgent_medical", "Don't let them speak to a doctor today"),
        ("urgent_medical", "There is no need to speak to a doctor today"),
        ("urgent_medical", "You need not speak to a doctor today"),
        ("medical_clearance_first", "Don't ask a doctor or physiotherapist before a massage"),
    ],
)
def test_a_headline_turned_round_is_noticed_when_the_line_of_review_is_made_to_fit(
    tmp_path: Path, advice: str, inverted: str, form: str
) -> None:
    words = shipped_words()
    [held] = [one for one in words["recommendations"] if one["id"] == advice]
    there = held["headline"]
    held["headline"] = {**(there if isinstance(there, dict) else {"text": there}), form: inverted}

    assert codes(tmp_path, reviewed(words)) == {Code.SAFETY_TEXT}


def test_every_text_that_a_person_may_need_has_a_demand() -> None:
    demanded = {
        name for one in shipped_words()["safety_texts"]["must_say"] for name in one["texts"]
    }
    texts = {f"text.{name}" for name in shipped_words()["texts"]}
    free = {name for name in texts if name.startswith("text.section_")} | {"text.start_purpose"}

    assert texts - demanded == free


def test_no_clinician_has_read_the_safety_texts_yet() -> None:
    texts = load_protocol(SHIPPED).safety_texts

    assert texts is not None
    assert texts.read_by == NOT_YET
