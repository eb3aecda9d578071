"""An emergency that ends the questions stays one, and its sign ends them at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path

import pytest

from assessment.engine.answers import Answer, Answers
from assessment.engine.conditions import All, Operator, Test
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import Safety
from assessment.proof.interrupts import Interrupts
from assessment.proof.prove import prove
from assessment.proof.report import Code, Failure, Kind
from assessment.proof.save import save_cases
from assessment.proof.short import ShortSheet
from assessment.proof.words import failure_in_words
from assessment.proof.workbench import Workbench
from assessment.protocols.load import load_protocol
from tests.engine.oracle import Oracle
from tests.proof.brute_force import answer_sets
from tests.proof.proven import load
from tests.proof.random_protocols import random_protocol
from tests.proof.short_opinion import interrupts
from tests.proof.test_codes import BROKEN

MOST = 60
OF_INTERRUPTS = (Code.INTERRUPT_TAKEN_BACK, Code.SIGN_DOES_NOT_INTERRUPT)


def failures(protocol: Protocol) -> list[Failure]:
    report = prove(Engine(protocol))
    [checked] = [one for one in report.checked if one.kind is Kind.INTERRUPTS]
    return list(checked.failures)


def found(protocol: Protocol) -> set[tuple[Code, str]]:
    return {(one.code, one.subject) for one in failures(protocol)}


def small(seed: int) -> Protocol:
    """Return a random protocol of which every part of every answer set can be tried."""
    protocol = random_protocol(seed, questions=3, rules=5)
    if answer_sets(protocol, MOST) is None:
        protocol = random_protocol(seed, questions=2, rules=4)
    return loadable(protocol)


def loadable(protocol: Protocol) -> Protocol:
    """Return it as the rule language would have it: nothing medical requires anything."""
    advice = {
        each: replace(one, requires=None) if each.is_medical else one
        for each, one in protocol.advice.items()
    }
    return replace(protocol, advice=advice)


def by_brute_force(protocol: Protocol) -> Iterator[tuple[Code, str]]:
    """Leave out any answers of any full walk, and ask the written definition."""
    oracle, emergency = Oracle(protocol), Recommend.EMERGENCY
    emergencies = [rule for rule in protocol.rules if rule.recommend is emergency]
    sets = answer_sets(protocol, 50 * MOST)
    assert sets is not None
    for full in sets:
        ends = oracle.decide(full).recommend is emergency
        for part in parts(protocol, full):
            yes = [rule.id for rule in emergencies if oracle.truth(rule.when, part) is True]
            if not ends:
                yield from ((Code.INTERRUPT_TAKEN_BACK, name) for name in yes)
            if not yes:
                yield from ((Code.SIGN_DOES_NOT_INTERRUPT, sign) for sign in signs(protocol, part))


def parts(protocol: Protocol, full: Answers) -> Iterator[dict[str, Answer]]:
    """Yield the answers with any of them left out, but for what is optional."""
    may_go = [name for name in full if not protocol.question[name].optional]
    for gone in chain.from_iterable(combinations(may_go, size) for size in range(len(may_go) + 1)):
        yield {name: answer for name, answer in full.items() if name not in gone}


def signs(protocol: Protocol, answers: Answers) -> Iterator[str]:
    """Yield the options tagged `emergency` that are ticked."""
    for name, answer in answers.items():
        ticked = answer if isinstance(answer, frozenset) else {answer}
        for option in protocol.question[name].options:
            if option.safety is Safety.EMERGENCY and option.id in ticked:
                yield f"{name}.{option.id}"


@pytest.mark.parametrize("seed", range(60))
def test_prove_finds_exactly_what_brute_force_finds(seed: int) -> None:
    protocol = small(seed)
    assert found(protocol) == set(by_brute_force(protocol))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2000, 2100))
def test_z3_agrees_on_random_protocols(seed: int) -> None:
    protocol = loadable(random_protocol(seed, questions=5, rules=7))
    assert found(protocol) == set(interrupts(protocol))


@pytest.mark.slow
def test_z3_agrees_on_the_shipped_protocol(shipped: Path) -> None:
    assert set(interrupts(load_protocol(shipped))) == set()


def test_there_is_something_to_agree_on() -> None:
    wait = [seed for seed in range(60) if found(small(seed))]
    assert len(wait) > 3


def test_a_sign_that_two_rules_share_waits_and_is_shown(tmp_path: Path) -> None:
    _, changes = BROKEN[Code.SIGN_DOES_NOT_INTERRUPT]
    protocol = load(tmp_path, *changes)

    [failure] = failures(protocol)

    assert failure.says == "“Flag: Yes, a red one” does not end the questions at once."
    assert failure.witness is not None
    assert failure.witness.decision.recommend is Recommend.EMERGENCY
    assert failure.short is not None
    assert failure.short.answers["flag"] == "red"
    assert "duration" not in failure.short.answers
    assert failure.short.decision.recommend is not Recommend.EMERGENCY
    lines = list(failure_in_words(protocol, failure))
    assert any("With these left out:" in line and "How long" in line for line in lines)
    assert save_cases(protocol, [failure], tmp_path / "found.yaml") == []


def test_each_shipped_emergency_sign_is_claimed_both_ways(shipped: Path) -> None:
    protocol = load_protocol(shipped)
    claims = Interrupts(ShortSheet(Workbench(Engine(protocol)))).claims()
    tagged = {
        f"{question.id}.{option.id}"
        for question in protocol.questions
        for option in question.options
        if option.safety is Safety.EMERGENCY
    }
    rules = {rule.id for rule in protocol.rules if rule.recommend is Recommend.EMERGENCY}
    assert {claim.subject for claim in claims} == tagged | rules


def test_a_sign_that_needs_a_second_answer_is_noticed_on_the_shipped_protocol(
    shipped: Path,
) -> None:
    """Chest pressure would wait for the number of the pain, thirty questions later."""
    protocol = load_protocol(shipped)
    halves = [
        replace(rule, id=name, when=All((rule.when, Test("pain", operator, (number,)))))
        for rule in protocol.rules
        if rule.id == "chest_pressure"
        for name, operator, number in (
            ("strong", Operator.AT_LEAST, 5),
            ("mild", Operator.AT_MOST, 4),
        )
    ]
    rest = [rule for rule in protocol.rules if rule.id != "chest_pressure"]
    shared = replace(protocol, rules=(*halves, *rest))

    assert found(shared) == {
        (Code.SIGN_DOES_NOT_INTERRUPT, "now.chest"),
        (Code.SIGN_DOES_NOT_INTERRUPT, "now__chest.yes"),
    }


def test_the_engine_has_the_last_word_on_an_emergency_that_is_taken_back(tmp_path: Path) -> None:
    bench = Workbench(Engine(load(tmp_path)))
    interrupting = Interrupts(ShortSheet(bench))
    [claim] = [one for one in interrupting.claims() if one.code is Code.INTERRUPT_TAKEN_BACK]
    anybody = replace(claim, literal=-bench.sheet.wins[Recommend.EMERGENCY])

    assert bench.refute([claim], interrupting) == []
    [failure] = bench.refute([anybody], interrupting)
    assert failure.code is Code.SOLVER_DISAGREES
