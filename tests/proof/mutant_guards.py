"""Faults in what guards the rules: tags, promises and cases. No decision changes by them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assessment.engine.protocol import Promise, Protocol
from assessment.engine.questions import Option, Question, Safety
from tests.proof.mutant import Fault, Mutant, listed, with_question


def guards(protocol: Protocol) -> Iterator[Mutant]:
    """Yield every mutant with a tag, promise or case lost or weakened."""
    for question in listed(protocol):
        for option in question.options:
            yield from _of_tag(protocol, question, option)
    for promise in protocol.promises:
        yield from _of_promise(protocol, promise)
    for case in protocol.cases:
        rest = tuple(one for one in protocol.cases if one is not case)
        dropped = replace(protocol, cases=rest)
        yield Mutant(f"case {case.id}: dropped", Fault.CASE, dropped, (case.id,))


def _of_tag(protocol: Protocol, question: Question, option: Option) -> Iterator[Mutant]:
    tags = list(Safety)
    after = [None] if option.safety is None else [*tags[tags.index(option.safety) + 1 :], None]
    for tag in after if option.safety is not None else ():
        options = tuple(
            replace(one, safety=tag) if one is option else one for one in question.options
        )
        words = "no tag" if tag is None else f"tag {tag}"
        yield Mutant(
            f"option {question.id}.{option.id}: {words}",
            Fault.TAG,
            with_question(protocol, replace(question, options=options)),
            (question.id, option.id),
        )


def _of_promise(protocol: Protocol, promise: Promise) -> Iterator[Mutant]:
    def mutant(words: str, *new: Promise) -> Mutant:
        place = protocol.promises.index(promise)
        every = (*protocol.promises[:place], *new, *protocol.promises[place + 1 :])
        mutated = replace(protocol, promises=every)
        return Mutant(f"promise {promise.id}: {words}", Fault.PROMISE, mutated, (promise.id,))

    yield mutant("dropped")
    if promise.urgency_at_least:
        less = promise.urgency_at_least - 1
        yield mutant(f"urgency {less}", replace(promise, urgency_at_least=less))
    if promise.pressure_at_most < 2 and not promise.asked:
        more = promise.pressure_at_most + 1
        yield mutant(f"pressure {more}", replace(promise, pressure_at_most=more))
    for sign in promise.asked if len(promise.asked) > 1 else ():
        rest = tuple(one for one in promise.asked if one != sign)
        yield mutant(f"{sign} may go unasked", replace(promise, asked=rest))
