from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path

import pytest

from assessment.engine.answers import Answers
from assessment.engine.decision import Engine
from assessment.engine.logic import FALSE, TRUE
from assessment.engine.protocol import Protocol
from assessment.engine.settled import Bounds, ShortWalk, Step
from assessment.proof.circuit import Literal
from assessment.proof.prove import prove
from assessment.proof.report import Code, Failure
from assessment.proof.report import Kind as Check
from assessment.proof.sheet import Sheet
from assessment.proof.short import ShortSheet
from assessment.proof.words import failure_in_words, report_json
from assessment.protocols.load import load_protocol
from tests.conftest import ROOT
from tests.engine.left_out import Walk
from tests.engine.oracle import Oracle
from tests.engine.test_short_walks import check_alike, without
from tests.proof.brute_force import answer_sets
from tests.proof.proven import load
from tests.proof.random_protocols import random_protocol

MOST = 400


def short_failures(engine: Engine) -> tuple[Failure, ...]:
    [checked] = [one for one in prove(engine).checked if one.kind is Check.SHORT]
    return checked.failures


def with_short(engine: Engine, short: ShortWalk) -> Engine:
    """Return an engine that shortens its walks so."""
    made = Engine(engine.protocol)
    made.__dict__["short"] = short
    return made


def settling(engine: Engine, question: str) -> Engine:
    """Return an engine that takes this question for settled, whatever was answered."""
    steps = tuple(
        replace(step, settled=TRUE) if step.question == question else step
        for step in engine.short.steps
    )
    return with_short(engine, replace(engine.short, steps=steps))


def test_every_short_walk_of_the_tiny_protocol_is_proven(tmp_path: Path) -> None:
    engine = Engine(load(tmp_path))

    assert short_failures(engine) == ()
    assert any(step.settled not in (TRUE, FALSE) for step in engine.short.steps)


@pytest.mark.parametrize("question", ["flag", "signs", "pain", "duration", "more"])
def test_a_question_that_is_settled_too_soon_is_found(tmp_path: Path, question: str) -> None:
    failures = short_failures(settling(Engine(load(tmp_path)), question))

    assert failures
    assert {failure.code for failure in failures} == {Code.SHORT_WALK_DIFFERS}
    for failure in failures:
        assert failure.witness is not None
        assert failure.short is not None
        left_out = failure.witness.answers.keys() - failure.short.answers.keys()
        assert question in left_out


def test_a_question_of_the_shipped_protocol_that_is_settled_too_soon_is_found() -> None:
    engine = Engine(load_protocol(ROOT / "rules" / "muscle_pain"))
    last = [step.question for step in engine.short.steps if step.settled != TRUE][-2]

    assert short_failures(settling(engine, last))


def test_open_taken_for_not_sure_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def as_known(self: Bounds, expr: object, place: int, *, low: bool) -> object:
        return expr

    monkeypatch.setattr(Bounds, "_bound", as_known)
    found = short_failures(Engine(load(tmp_path)))

    assert Code.SHORT_WALK_DIFFERS in {failure.code for failure in found}


def test_a_reason_that_rests_on_what_was_skipped_is_found(tmp_path: Path) -> None:
    engine = Engine(load(tmp_path))
    rules = tuple(
        meaning.possibly if rule.if_unsure else FALSE
        for rule, meaning in zip(engine.protocol.rules, engine.meanings.rules, strict=True)
    )
    found = short_failures(with_short(engine, replace(engine.short, rules=rules)))

    assert {failure.code for failure in found} == {Code.SHORT_WALK_DIFFERS}


def test_both_walks_are_shown(tmp_path: Path) -> None:
    engine = settling(Engine(load(tmp_path)), "pain")
    [failure, *_] = short_failures(engine)
    words = "\n".join(failure_in_words(engine.protocol, failure))
    shown = report_json(engine.protocol, prove(engine))["failures"]

    assert "With these left out: How long; Pain" in words
    assert isinstance(shown, list)
    assert "pain" in shown[0]["witness"]["answers"]
    assert "pain" not in shown[0]["short"]["answers"]


def subsets(names: list[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


def settled_in(protocol: Protocol, full: Answers) -> list[str]:
    walk = Walk(Oracle(protocol), full)
    optional = {question.id for question in protocol.questions if question.optional}
    return [name for name in full if name not in optional and walk.is_settled(name)]


def test_what_is_settled_is_built_once_for_all_full_walks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for full walks, and once for those with some of it left out."""
    built: list[type[Sheet]] = []

    def settle(sheet: Sheet, steps: Iterable[Step]) -> dict[str, Literal]:
        built.append(type(sheet))
        return settled(sheet, steps)

    settled = Sheet.settle
    monkeypatch.setattr(Sheet, "settle", settle)
    asked = "- {id: asked, promise: It is asked., when: {signs: a}, asked: [more]}\n"
    prove(Engine(load(tmp_path, ("safety", "", asked))))

    assert built == [Sheet, ShortSheet]


def test_a_small_circuit_is_asked_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To look at one question after the other costs more than to ask."""

    def never(*_: object) -> bool:
        raise AssertionError("it is cut out")

    monkeypatch.setattr("assessment.proof.prove.not_plain", never)
    assert prove(Engine(load(tmp_path))).proven


@pytest.mark.parametrize("seed", [10200, 200989])
def test_a_gate_is_not_left_out_before_what_informs_the_therapist(seed: int) -> None:
    """Left out, it opened a question all the same, of people whom the full walk does not ask."""
    assert short_failures(Engine(random_protocol(seed))) == ()


@pytest.mark.parametrize("seed", range(60))
def test_every_short_walk_of_a_random_protocol_is_like_its_full_one(seed: int) -> None:
    protocol = random_protocol(seed, questions=3, rules=4)
    sets = answer_sets(protocol, MOST)
    if sets is None:
        protocol = random_protocol(seed, questions=2, rules=3)
        sets = answer_sets(protocol, 10 * MOST) or []
    engine = Engine(protocol)
    for full in sets[:: 1 + len(sets) // MOST]:
        for left_out in subsets(settled_in(protocol, full)):
            check_alike(engine, full, without(full, left_out))

    assert short_failures(engine) == ()
