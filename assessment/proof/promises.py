"""The promises of `safety.yaml`: what must hold for all answers, sure or not."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.engine.logic import Meaning
from assessment.engine.protocol import Promise
from assessment.proof.circuit import Literal
from assessment.proof.floors import if_not_sure
from assessment.proof.report import Bounds, Code
from assessment.proof.told import Telling, limits_of
from assessment.proof.workbench import Claim, Workbench


def broken_promises(bench: Workbench) -> list[Claim]:
    """Return the claims of decisions that break a promise."""
    telling = Telling(bench)
    found: list[Claim] = []
    for promise, when in zip(bench.protocol.promises, bench.meanings.promises, strict=True):
        bounds = Bounds(promise.urgency_at_least, promise.pressure_at_most)
        if bounds != Bounds():
            breaking, lower = bench.breaking(bounds), if_not_sure(bounds)
            found += _broken(
                bench, promise, when, (bounds, breaking), (lower, bench.breaking(lower))
            )
        for told in limits_of(promise):
            untold = Bounds(told=told), -telling.says(told)
            found += _broken(bench, promise, when, untold, untold)
    return found


def _broken(
    bench: Workbench,
    promise: Promise,
    when: Meaning,
    sure: tuple[Bounds, Literal],
    unsure: tuple[Bounds, Literal],
) -> Iterator[Claim]:
    """Yield the claims that somebody whom the promise is about, or may be about, is let down.

    Whoever is not sure whether a promise is about them gets at least a tier below it, as whoever is
    not sure of a tagged option does: "not sure" is never "no". They are told of precautions, too.
    """
    yes, maybe = bench.sheet.literal(when.surely), bench.sheet.literal(when.possibly)
    bounds, broken = sure
    says = (
        f"“{promise.promise.text}” is not kept: whoever it is about must {bounds.asked_for}. "
        "Some are not."
    )
    yield Claim(Code.PROMISE_BROKEN, promise.id, says, bench.circuit.conj((yes, broken)), bounds)
    bounds, broken = unsure
    says = (
        f"Whoever is not sure whether “{promise.promise.text}” is about them must "
        f"{bounds.asked_for}. Some are not."
    )
    broken = bench.circuit.conj((maybe, -yes, broken))
    yield Claim(Code.PROMISE_NOT_SURE, promise.id, says, broken, bounds)


def empty_promises(bench: Workbench) -> list[Claim]:
    """Return what each promise needs to say anything at all: answers to which it applies."""
    return [
        Claim(
            Code.PROMISE_EMPTY,
            promise.id,
            f"No answers make the condition of “{promise.promise.text}” true, so it promises "
            "nothing.",
            bench.sheet.literal(when.surely),
        )
        for promise, when in zip(bench.protocol.promises, bench.meanings.promises, strict=True)
    ]
