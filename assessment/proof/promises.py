"""The promises of `safety.yaml`: what must hold for all answers, sure or not."""

from __future__ import annotations

from assessment.proof.floors import if_not_sure
from assessment.proof.report import Bounds, Code
from assessment.proof.workbench import Claim, Workbench


def broken_promises(bench: Workbench) -> list[Claim]:
    """Return the claims of decisions that break a promise.

    Whoever is not sure whether a promise is about them gets at least a tier below it, as whoever is
    not sure of a tagged option does: "not sure" is never "no".
    """
    found = []
    conj, literal = bench.circuit.conj, bench.sheet.literal
    for promise, when in zip(bench.protocol.promises, bench.meanings.promises, strict=True):
        if promise.asked:
            continue  # `asked.py` has these
        bounds = Bounds(promise.urgency_at_least, promise.pressure_at_most)
        says = (
            f"“{promise.promise.text}” is not kept: whoever it is about must "
            f"{bounds.asked_for}. Some are not."
        )
        yes = literal(when.surely)
        broken = conj((yes, bench.breaking(bounds)))
        found.append(Claim(Code.PROMISE_BROKEN, promise.id, says, broken, bounds))
        lower = if_not_sure(bounds)
        unsure = conj((literal(when.possibly), -yes, bench.breaking(lower)))
        says = (
            f"Whoever is not sure whether “{promise.promise.text}” is about them must "
            f"{lower.asked_for}. Some are not."
        )
        found.append(Claim(Code.PROMISE_NOT_SURE, promise.id, says, unsure, lower))
    return found


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
