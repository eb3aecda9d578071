"""What notices a fault first: the check, the cases, the proof, or a line of the difference."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from enum import StrEnum
from functools import cache

from assessment.engine.answers import AnswerProblem
from assessment.engine.conditions import Condition, every_test
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol, Sign
from assessment.engine.questions import NOT_SURE
from assessment.proof.cases import Judged, judged
from assessment.proof.changed import changed_parts
from assessment.proof.prove import prove
from assessment.proof.report import Kind
from assessment.protocols.check_asked import offered_to_some
from assessment.protocols.check_lasting import asked_anew
from tests.hazard_log import read_log
from tests.proof.mutant import Mutant
from tests.proof.mutant_lists import asks_in_order

SLOWEST_LAST = (
    (Kind.PROMISES, Kind.FLOORS, Kind.TOTAL, Kind.CONFIRMED),
    (Kind.ASKED, Kind.MONOTONE),
    (Kind.SHORT,),
    (Kind.DEAD,),
)


class Caught(StrEnum):
    """What notices a mutant first."""

    CHECK = "the check"
    CASES = "the cases"
    PROOF = "the proof"
    DEAD = "the proof, as dead"
    LOG = "the hazard log"
    DIFF = "a line of the difference"
    NOT = "nothing"

    @property
    def refuses(self) -> bool:
        """Whether a command or a test fails for it: a difference only tells.

        A protocol that the check, its cases or the proof refuse is not served. The hazard log is
        held by a test: only whoever runs the tests learns of it.
        """
        return self not in (Caught.DIFF, Caught.NOT)


def decided(engine: Engine) -> tuple[Judged, ...] | None:
    """Return the cases with their decisions; None when the check would refuse the protocol."""
    if not loads(engine.protocol):
        return None
    try:
        return judged(engine)
    except (AnswerProblem, KeyError):
        return None  # a case answers what is not offered


def loads(protocol: Protocol) -> bool:
    """Whether its conditions and promises could be written so: each names an answer that is there.

    Conditions of questions ask of earlier ones. Nothing else that the check refuses comes of these
    faults.
    """
    tests = (test for when in _conditions(protocol) for test in every_test(when, {}))
    signs = (sign for promise in protocol.promises for sign in promise.asked)
    findings = {one.id: one.when for one in protocol.findings}
    return (
        all(test.operand for test in tests)
        and all(_is_offered(protocol, sign) for sign in signs)
        and asks_in_order(protocol)
        and not asked_anew(protocol.questions, findings)
        and not list(offered_to_some(protocol.questions, findings))
    )


def _is_offered(protocol: Protocol, sign: Sign) -> bool:
    question = protocol.question.get(sign.question)
    if question is None:
        return False
    return sign.option in ("", *question.values) or (
        sign.option == NOT_SURE and question.offers_not_sure
    )


def _conditions(protocol: Protocol) -> Iterator[Condition]:
    for parts in (protocol.rules, protocol.findings, protocol.precautions, protocol.promises):
        yield from (part.when for part in parts)
    yield from (one.enable_when for one in protocol.questions if one.enable_when is not None)
    yield from (one.requires for one in protocol.advice.values() if one.requires is not None)


def proven_wrong(engine: Engine) -> Caught:
    """Return what `prove` says of a protocol, its cases left out; the first fault is enough."""
    for kinds in SLOWEST_LAST:
        if not prove(engine, kinds=kinds).proven:
            return Caught.DEAD if Kind.DEAD in kinds else Caught.PROOF
    return Caught.NOT


def is_missed(protocol: Protocol) -> bool:
    """Whether an option of the hazard log is offered no more: a test would fail."""
    signs = {f"{one.id}.{value}" for one in protocol.questions for value in one.values}
    return not signs.issuperset(_logged())


@cache
def _logged() -> frozenset[str]:
    return frozenset(
        option for one in read_log().hazards for option in (*one.signs, *one.relies_on)
    )


def is_named(old: Protocol, mutant: Mutant) -> bool:
    """Whether a line of the difference names what was changed, and what of it differs."""
    return any(set(mutant.about) <= ids for ids in told(old, mutant.protocol))


def told(old: Protocol, new: Protocol) -> Iterator[set[str]]:
    """Yield the ids that each line of the difference names: of the part, and of what differs."""
    shared = {id(each) for each in (*old.cases, *old.promises)}
    shared &= {id(each) for each in (*new.cases, *new.promises)}
    # Most of a protocol is cases and promises that both have: nothing is told of them.
    for part in changed_parts(_without(old, shared), _without(new, shared)):
        for field in [each.field for each in part.details if each.differs] or [""]:
            yield set(re.findall(r"\w+", f"{part.name} {field}"))


def _without(protocol: Protocol, shared: Collection[int]) -> Protocol:
    return replace(
        protocol,
        cases=tuple(one for one in protocol.cases if id(one) not in shared),
        promises=tuple(one for one in protocol.promises if id(one) not in shared),
    )
