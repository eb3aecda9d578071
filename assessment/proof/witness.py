"""Turns what the solver found into answers that a person could give, and replays them."""

from __future__ import annotations

from assessment.engine.answers import Answer, Answers
from assessment.engine.decision import Decision, Engine
from assessment.engine.questions import NOT_SURE, Kind
from assessment.proof.circuit import Circuit, Literal
from assessment.proof.domains import Domain, calm
from assessment.proof.report import Witness
from assessment.proof.sheet import Sheet
from assessment.proof.solver import Model


class DisagreementError(Exception):
    """The engine decides otherwise than the solver said: nothing that was proven can be trusted.

    `witness` holds the answers on which they differ.
    """

    def __init__(self, what: str, witness: Witness | None) -> None:
        super().__init__(what)
        self.witness = witness


def replayed(engine: Engine, sheet: Sheet, model: Model, answers: Answers | None = None) -> Witness:
    """Return the answers of a model with the decision of the real engine on them.

    `answers` may give them, where they were decoded already. Raises DisagreementError when the
    decision is not the one that the solver saw.
    """
    answers = decoded(sheet, model) if answers is None else answers
    witness = Witness(answers, engine.decide(answers))
    seen = _seen_by_solver(engine, sheet, model)
    got = _seen_by_engine(engine, witness.decision)
    if seen != got:
        raise DisagreementError(f"the solver saw {seen}, the engine decides {got}", witness)
    return witness


def decoded(sheet: Sheet, model: Model) -> Answers:
    """Return the answers of a model, in the order of the questions."""
    return {
        name: _answer(domain, model)
        for name, domain in sheet.domains.items()
        if model.holds(domain.asked)
    }


def costs(sheet: Sheet) -> list[Literal]:
    """Return a literal for everything that takes an answer away from a calm one."""
    circuit = sheet.circuit
    return [each for one in sheet.domains.values() for each in away(circuit, one).values()]


def away(circuit: Circuit, domain: Domain) -> dict[str | int, Literal]:
    """Return what takes the answer to one question away from a calm one, by option or number.

    Of a number, that is each value at which a comparison changes between it and the calm one; of
    places on the body, each beyond the first.
    """
    usual = calm(domain.question)
    found: dict[str | int, Literal] = {NOT_SURE: domain.open}
    found |= {value: each for value, each in domain.has.items() if value != usual}
    if domain.question.kind is Kind.AREAS and isinstance(usual, str):
        others = circuit.disj(each for value, each in domain.has.items() if value != usual)
        found[usual] = circuit.conj((domain.has[usual], others))
    for step, each in domain.steps.items():
        if isinstance(usual, int):
            found[step] = each if step > usual else circuit.conj((domain.given, -each))
    return found


def _answer(domain: Domain, model: Model) -> Answer:
    if domain.question.kind.is_numeric:
        return NOT_SURE if model.holds(domain.open) else _number(domain, model)
    ticked = [value for value, literal in domain.has.items() if model.holds(literal)]
    if model.holds(domain.open):
        ticked.append(NOT_SURE)
    return frozenset(ticked) if domain.question.kind.is_set else ticked[0]


def _number(domain: Domain, model: Model) -> int:
    """Return a number of the range that was found: the calm one, or the one nearest to others."""
    question = domain.question
    steps = [question.minimum or 0, *domain.steps, (question.maximum or 0) + 1]
    reached = sum(model.holds(literal) for literal in domain.steps.values())
    lowest, highest = steps[reached], steps[reached + 1] - 1
    usual = calm(question)
    if isinstance(usual, int):
        return min(max(lowest, usual), highest)
    return highest if reached == 0 and domain.steps else lowest


def _seen_by_solver(
    engine: Engine, sheet: Sheet, model: Model
) -> tuple[str, bool, list[str], list[str]]:
    rules = engine.protocol.rules
    wins = [recommend.id for recommend, literal in sheet.wins.items() if model.holds(literal)]
    counts = model.which([fires.counts for fires in sheet.fires])
    unsure = model.which([fires.unsure for fires in sheet.fires])
    return (
        wins[0],
        model.holds(sheet.undecided),
        sorted(rules[place].id for place in counts),
        sorted(rules[place].id for place in unsure),
    )


def _seen_by_engine(engine: Engine, decision: Decision) -> tuple[str, bool, list[str], list[str]]:
    if not decision.complete or decision.ignored:
        return "incomplete answers", decision.fail_safe, [], []
    return (
        decision.recommend.id,
        decision.fail_safe,
        sorted(fired.rule.id for fired in decision.fired if not fired.unsure),
        sorted(fired.rule.id for fired in decision.fired if fired.unsure),
    )
