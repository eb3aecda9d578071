"""What is an answer, and what is none, as a readable table."""

from __future__ import annotations

import pytest

from assessment.engine.answers import (
    Answer,
    AnswerProblem,
    is_unsure,
    parse,
    to_json,
)
from assessment.engine.questions import Kind, Option, Question
from assessment.engine.text import Text

WORDS = Text("Words.")
OPTIONS = tuple(Option(one, WORDS) for one in "abc")


def question(kind: Kind, *, unsure: bool = True, low: int = 0, high: int = 10) -> Question:
    numeric, has_options = kind.is_numeric, kind.is_set or kind is Kind.CHOICE
    return Question(
        "q",
        kind,
        WORDS,
        WORDS,
        options=OPTIONS if has_options else (),
        none_label=WORDS if kind.is_set else None,
        not_sure_label=WORDS if unsure else None,
        minimum=low if numeric else None,
        maximum=high if numeric else None,
    )


CHOICE, CHOICES, SCALE = question(Kind.CHOICE), question(Kind.CHOICES), question(Kind.SCALE)
BELOW_ZERO = question(Kind.NUMBER, low=-5)
CERTAIN = {kind: question(kind, unsure=False) for kind in Kind}

ANSWERS: list[tuple[Question, object, Answer]] = [
    (SCALE, "\u0667", 7),
    (SCALE, "\uff17", 7),
    (SCALE, "-\u0660", 0),
    (CHOICE, "a", "a"),
    (CHOICE, "not_sure", "not_sure"),
    (CHOICES, ["a", "c"], frozenset("ac")),
    (CHOICES, ["a", "a"], frozenset("a")),
    (CHOICES, "a", frozenset("a")),
    (CHOICES, ["none"], frozenset({"none"})),
    (CHOICES, "none", frozenset({"none"})),
    (CHOICES, "not_sure", frozenset({"not_sure"})),
    (CHOICES, ["not_sure"], frozenset({"not_sure"})),
    (CHOICES, ["b", "not_sure"], frozenset({"b", "not_sure"})),
    (CERTAIN[Kind.AREAS], ("b",), frozenset("b")),
    (SCALE, 0, 0),
    (SCALE, 10, 10),
    (SCALE, " 7 ", 7),
    (SCALE, "007", 7),
    (SCALE, "not_sure", "not_sure"),
    (BELOW_ZERO, "-5", -5),
    (BELOW_ZERO, -5, -5),
]

PROBLEMS: list[tuple[Question, object, str]] = [
    (CHOICE, None, "missing"),
    (CHOICE, "", "missing"),
    (CHOICE, "d", "unknown"),
    (CHOICE, "none", "unknown"),
    (CHOICE, ["a"], "wrong_type"),
    (CHOICE, True, "wrong_type"),
    (CERTAIN[Kind.CHOICE], "not_sure", "unknown"),
    (CHOICES, None, "missing"),
    (CHOICES, [], "missing"),
    (CHOICES, {"a": 1}, "wrong_type"),
    (CHOICES, 3, "wrong_type"),
    (CHOICES, ["a", 3], "wrong_type"),
    (CHOICES, ["a", None], "wrong_type"),
    (CHOICES, ["a", "d"], "unknown"),
    (CHOICES, ["a", "none"], "exclusive"),
    (CHOICES, ["none", "not_sure"], "exclusive"),
    (CERTAIN[Kind.CHOICES], "not_sure", "unknown"),
    (CERTAIN[Kind.CHOICES], ["a", "not_sure"], "unknown"),
    (SCALE, None, "missing"),
    (SCALE, "  ", "missing"),
    (SCALE, "seven", "not_a_number"),
    (SCALE, "7.0", "not_a_number"),
    (SCALE, "--7", "not_a_number"),
    (SCALE, "²", "not_a_number"),
    (SCALE, "1_0", "not_a_number"),
    (SCALE, "0" * 7, "not_a_number"),
    (SCALE, "9" * 9999, "not_a_number"),
    (SCALE, 7.0, "not_a_number"),
    (SCALE, True, "not_a_number"),
    (SCALE, ["7"], "not_a_number"),
    (SCALE, 11, "out_of_range"),
    (SCALE, "11", "out_of_range"),
    (SCALE, -1, "out_of_range"),
    (SCALE, "-1", "out_of_range"),
    (SCALE, 10**400, "out_of_range"),
    (CERTAIN[Kind.SCALE], "not_sure", "not_a_number"),
]


@pytest.mark.parametrize(("question", "raw", "answer"), ANSWERS)
def test_an_answer_is_parsed(question: Question, raw: object, answer: Answer) -> None:
    parsed = parse(question, raw)

    assert parsed == answer
    assert type(parsed) is type(answer)


@pytest.mark.parametrize(("question", "raw", "kind"), PROBLEMS)
def test_what_is_no_answer_is_a_problem(question: Question, raw: object, kind: str) -> None:
    with pytest.raises(AnswerProblem) as problem:
        parse(question, raw)

    assert problem.value.kind == kind
    assert problem.value.question is question


def test_what_was_ticked_travels_in_the_order_of_the_question() -> None:
    assert to_json(frozenset({"not_sure", "c", "a"}), CHOICES) == ["a", "c", "not_sure"]
    assert to_json(frozenset({"none"}), CHOICES) == ["none"]
    assert to_json("a", CHOICE) == "a"
    assert to_json(7, SCALE) == 7


def test_not_sure_may_be_a_part_of_an_answer() -> None:
    assert is_unsure(frozenset({"a", "not_sure"}))
    assert is_unsure("not_sure")
    assert not is_unsure(frozenset({"a"}))
    assert not is_unsure("a")
    assert not is_unsure(0)
