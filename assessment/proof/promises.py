"""The promises of `safety.yaml`: what must hold for all answers."""

from __future__ import annotations

from assessment.proof.floors import in_words
from assessment.proof.report import Bounds, Code
from assessment.proof.workbench import Claim, Workbench


def broken_promises(bench: Workbench) -> list[Claim]:
    """Return the claims of decisions that break a promise."""
    found = []
    for promise, when in zip(bench.protocol.promises, bench.meanings.promises, strict=True):
        if promise.asked:
            continue  # `asked.py` has these
        bounds = Bounds(promise.urgency_at_least, promise.pressure_at_most)
        says = f"“{promise.promise.text}” promises {in_words(bounds)}, which is not kept."
        literal = bench.circuit.conj((bench.sheet.literal(when), bench.breaking(bounds)))
        found.append(Claim(Code.PROMISE_BROKEN, promise.id, says, literal, bounds))
    return found


def empty_promises(bench: Workbench) -> list[Claim]:
    """Return what each promise needs to say anything at all: answers to which it applies."""
    return [
        Claim(
            Code.PROMISE_EMPTY,
            promise.id,
            f"No answers make the condition of “{promise.promise.text}” true, so it promises "
            "nothing.",
            bench.sheet.literal(when),
        )
        for promise, when in zip(bench.protocol.promises, bench.meanings.promises, strict=True)
    ]
