"""An answer belongs to the words that it was given to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.carrying import carried, still_asks
from assessment.engine.protocol import Protocol
from assessment.engine.questions import Option, Safety
from assessment.engine.text import Text
from assessment.protocols.load import load_protocol
from tests import tiny
from tests.web.conftest import SMALL

Change = Callable[[Protocol], Protocol]


@pytest.fixture(scope="module")
def small() -> Protocol:
    return load_protocol(SMALL)


def asking(name: str, **what: object) -> Change:
    """Return a change of one question."""

    def change(protocol: Protocol) -> Protocol:
        return replace(
            protocol,
            questions=tuple(
                replace(one, **what) if one.id == name else one  # type: ignore[arg-type]  # a test's own
                for one in protocol.questions
            ),
        )

    return change


def options(name: str, change: Callable[[tuple[Option, ...]], tuple[Option, ...]]) -> Change:
    """Return a change of the options of one question."""

    def made(protocol: Protocol) -> Protocol:
        return asking(name, options=change(protocol.question[name].options))(protocol)

    return made


def swapped(was: tuple[Option, ...]) -> tuple[Option, ...]:
    first, second, *rest = was
    return (replace(first, label=second.label), replace(second, label=first.label), *rest)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("signs", options("signs", lambda was: (*was, Option("new", Text("A new sign"))))),
        ("signs", options("signs", lambda was: was[1:])),
        ("lasted", options("lasted", swapped)),
        ("lasted", options("lasted", lambda was: was[::-1])),
        ("signs", options("signs", lambda was: (replace(was[0], hint=Text("New")), *was[1:]))),
        ("pain", asking("pain", hint=Text("At its worst"))),
        ("age", asking("age", unit=Text("months"))),
        ("age", asking("age", maximum=90)),
        ("age", asking("age", ask=Text("How old are you?", carer="How old is the child?"))),
        ("signs", asking("signs", none_label=Text("Nothing"))),
        ("home", asking("home", private=False)),
        ("signs", options("signs", lambda was: (replace(was[0], safety=Safety.URGENT), *was[1:]))),
    ],
    ids=[
        "none was said of a shorter list",
        "a line is gone",
        "two labels are swapped",
        "worse and better change places",
        "help under a line",
        "help under the question",
        "another unit",
        "other bounds",
        "a carer reads something else",
        "other words for none",
        "it was said in private",
        "a line means something else",
    ],
)
def test_an_answer_does_not_count_for_other_words(
    small: Protocol, name: str, change: Change
) -> None:
    after = change(small)

    assert not still_asks(small, after, name)
    assert still_asks(small, after, "where"), "the other answers count"
    assert carried(small, after, {name: "said", "where": ["tummy"]}) == {"where": ["tummy"]}


@pytest.mark.parametrize(
    "change",
    [
        asking("lasted", enable_when=None),
        asking("lasted", short=Text("Since")),
        asking("lasted", why=Text("To know.")),
        asking("lasted", section="other"),
    ],
    ids=["when it is asked", "what a therapist calls it", "why it is asked", "its heading"],
)
def test_what_nobody_answers_to_makes_no_difference(small: Protocol, change: Change) -> None:
    assert still_asks(small, change(small), "lasted")


def test_when_a_question_is_asked_does_not_change_what_its_answer_means(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    (tmp_path / "after").mkdir()
    before = tiny.load(tmp_path / "before")
    asked = tiny.QUESTIONS.replace("enable_when: {signs: a}", "enable_when: {signs: [a, b]}")
    after = tiny.load(tmp_path / "after", questions=asked)

    assert before.question["more"].enable_when != after.question["more"].enable_when
    assert still_asks(before, after, "more")


def test_no_answer_counts_where_others_are_spoken_to_as_carers(small: Protocol) -> None:
    """Somebody who answered for themselves would find their answers under words about another."""
    after = replace(small, carer_when=None)

    assert small.carer_when is not None
    assert not any(still_asks(small, after, name) for name in small.question)
