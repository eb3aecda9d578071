"""What somebody sees of answers: the same question put to the solver and to the engine."""

from __future__ import annotations

from collections.abc import Collection

from assessment.engine.answers import Answers
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.circuit import Literal
from assessment.proof.touched import Change


def visibly_unlike(change: Change) -> Literal:
    """Return "somebody sees a difference between the two".

    That is another rule that counts, another precaution (or another doubt about one), support,
    another question asked, or other words because a carer answers.
    """
    meanings, lines = change.meanings, change.lines
    seen = [
        (one.asked, change.other.domains[name].asked)
        for name, one in change.one.domains.items()
        if name not in lines
    ]
    for one, other in zip(change.one.fires, change.other.fires, strict=True):
        seen += [(one.counts, other.counts), (one.unsure, other.unsure)]
    exprs = [*meanings.support, *([] if meanings.carer is None else [meanings.carer])]
    for precaution in meanings.precautions:
        exprs += [precaution.surely, precaution.possibly]
    seen += [(change.one.literal(expr), change.other.literal(expr)) for expr in exprs]
    return change.circuit.disj(-change.circuit.same(one, other) for one, other in seen)


def lines_in(protocol: Protocol) -> frozenset[str]:
    """Return the ids of the line questions."""
    return frozenset(one.id for one in protocol.questions if one.line is not None)


def seen(engine: Engine, lines: Collection[str], answers: Answers) -> object:
    """Return what `visibly_unlike` compares, as the engine has it."""
    decision = engine.decide(answers)
    return (
        [name for name in engine.asked(answers) if name not in lines],
        [(fired.rule.id, fired.unsure) for fired in decision.fired],
        [(noted.precaution.id, noted.unsure) for noted in decision.precautions],
        engine.support(answers),
        engine.is_carer(answers),
    )
