"""Total and floors: some rule always decides, and each safety tag gets at least its tier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assessment.engine.questions import Option, Question, Safety
from assessment.engine.words import value_in_words
from assessment.proof.report import Bounds, Code
from assessment.proof.workbench import Claim, Workbench

FLOORS = {
    Safety.EMERGENCY: Bounds(urgency_at_least=3),
    Safety.URGENT: Bounds(urgency_at_least=2),
    Safety.CLEARANCE: Bounds(urgency_at_least=1),
    Safety.NO_MASSAGE: Bounds(pressure_at_most=0),
    Safety.NO_DEEP: Bounds(pressure_at_most=1),
}
"""What a ticked option with this tag promises."""


def if_not_sure(bounds: Bounds) -> Bounds:
    """Return what is left of the bounds for somebody who is not sure: one tier, never none."""
    return replace(bounds, urgency_at_least=(0, 1, 1, 2)[bounds.urgency_at_least])


def total(bench: Workbench) -> list[Claim]:
    """Return the claim of answers on which no rule decides."""
    says = "No rule decides; only the fail-safe answers."
    return [Claim(Code.NO_RULE_DECIDES, "rules", says, bench.sheet.undecided)]


def floors(bench: Workbench) -> list[Claim]:
    """Return the claims of decisions below the floor of a safety tag."""
    found: list[Claim] = []
    for question in bench.protocol.questions:
        tagged = [option for option in question.options if option.safety is not None]
        found += [_ticked(bench, question, option) for option in tagged]
        if question.offers_not_sure and not question.clarify:
            found += _not_sure(bench, question)
    return found


def _ticked(bench: Workbench, question: Question, option: Option) -> Claim:
    assert option.safety is not None  # noqa: S101  only tagged options come here
    bounds = FLOORS[option.safety]
    pressure = bounds.urgency_at_least == 0
    ticked = bench.sheet.domains[question.id].has[option.id]
    label = f"“{question.short.text}: {value_in_words(question, option.id)}”"
    return Claim(
        Code.TOO_MUCH_PRESSURE if pressure else Code.BELOW_FLOOR,
        f"{question.id}.{option.id}",
        f"Whoever answers {label} must {bounds.asked_for}: it is tagged {option.safety}. "
        "Some are not.",
        bench.circuit.conj((ticked, bench.breaking(bounds))),
        bounds,
    )


def _not_sure(bench: Workbench, question: Question) -> Iterator[Claim]:
    tags = [option.safety for option in question.options if option.safety is not None]
    every = [if_not_sure(FLOORS[tag]) for tag in tags]
    urgency = Bounds(urgency_at_least=max((one.urgency_at_least for one in every), default=0))
    pressure = Bounds(pressure_at_most=min((one.pressure_at_most for one in every), default=2))
    for code, bounds in (
        (Code.NOT_SURE_BELOW_FLOOR, urgency),
        (Code.NOT_SURE_TOO_MUCH_PRESSURE, pressure),
    ):
        if bounds == Bounds():
            continue
        unsure = bench.sheet.domains[question.id].open
        yield Claim(
            code,
            f"{question.id}.not_sure",
            f"Whoever answers “{question.short.text}: not sure” must {bounds.asked_for}: "
            "it may hide a tagged option. Some are not.",
            bench.circuit.conj((unsure, bench.breaking(bounds))),
            bounds,
        )
