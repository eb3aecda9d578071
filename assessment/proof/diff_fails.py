"""What does not hold of a new protocol, in a line each, with the answers of the first few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from assessment.engine.protocol import Protocol
from assessment.proof.report import Code, Failure
from assessment.proof.words import failure_in_words

SHOWN = 3
"""Of so many failures the answers are shown: one cause breaks dozens of promises alike."""
_OF_ONE_PROMISE = (Code.PROMISE_BROKEN, Code.PROMISE_NOT_SURE)


def fails_in_words(new: Protocol, fails: Iterable[Failure]) -> Iterator[str]:
    """Yield a line for each failure, the two of one promise in one, with the first few answers."""
    shown = more = 0
    for failure, codes in _together(fails):
        # The answers of a case are known to its author.
        has_answers = failure.witness is not None and failure.code is not Code.CASE_FAILS
        if has_answers and shown < SHOWN:
            shown += 1
        else:
            more += has_answers
            failure = replace(failure, witness=None, worse=None, short=None)
        first, *rest = failure_in_words(new, failure)
        yield ", ".join(codes) + first.removeprefix(failure.code)
        yield from rest
    if more:
        yield f"The answers that show it for {more} more: `assessment diff OLD NEW --json`."


def _together(fails: Iterable[Failure]) -> Iterator[tuple[Failure, list[str]]]:
    """Yield the failures with their codes: one for a promise, that of who is sure where it can."""
    listed = list(fails)
    told: set[str] = set()
    for one in listed:
        if one.code not in _OF_ONE_PROMISE:
            yield one, [one.code.value]
        elif one.subject not in told:
            told.add(one.subject)
            both = [other for other in listed if _is_of(other, one.subject)]
            both.sort(key=lambda other: _OF_ONE_PROMISE.index(other.code))
            yield both[0], list(dict.fromkeys(other.code.value for other in both))


def _is_of(one: Failure, promise: str) -> bool:
    return one.code in _OF_ONE_PROMISE and one.subject == promise
