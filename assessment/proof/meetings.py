"""What moves beside the recommendation: who meets which question, precaution and support."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assessment.proof.circuit import Literal
from assessment.proof.report import Witness
from assessment.proof.twins import Side, Twins


@dataclass(frozen=True, slots=True)
class Beside:
    """Answers of one person who meets a question, a precaution or support in one protocol alone.

    `what` is that which both have, as `question nerves`; `only` the side where it is met.
    """

    what: str
    only: Side
    before: Witness
    after: Witness


@dataclass(frozen=True, slots=True)
class Meeting:
    """The claim that some meet this on one side alone."""

    what: str
    only: Side
    literal: Literal


def meetings(twins: Twins) -> Iterator[Meeting]:
    """Yield for each question, precaution and support of both: some meet it on one side alone."""
    for what, old, new in (*_asked(twins), *_shown(twins)):
        conj, together = twins.circuit.conj, twins.together
        yield Meeting(what, "old", conj((together, old, -new)))
        yield Meeting(what, "new", conj((together, -old, new)))


def _asked(twins: Twins) -> Iterator[tuple[str, Literal, Literal]]:
    for name, one in twins.old.domains.items():
        other = twins.new.domains.get(name)
        if other is None or one.question.line is not None:
            continue  # the lines of a list follow from what is ticked there
        if not (one.question.optional or other.question.optional):
            yield f"question {name}", one.asked, other.asked


def _shown(twins: Twins) -> Iterator[tuple[str, Literal, Literal]]:
    shown: dict[Side, dict[str, Literal]] = {}
    for side, engine in twins.engines.items():
        protocol, meanings, literal = engine.protocol, engine.meanings, twins.sheets[side].literal
        precautions = zip(protocol.precautions, meanings.precautions, strict=True)
        support = zip(protocol.support, meanings.support, strict=True)
        shown[side] = {
            **{f"precaution {one.id}": literal(each.possibly) for one, each in precautions},
            **{f"support {one.id}": literal(each) for one, each in support},
        }
    for name, literal_of_old in shown["old"].items():
        if name in shown["new"]:
            yield name, literal_of_old, shown["new"][name]
