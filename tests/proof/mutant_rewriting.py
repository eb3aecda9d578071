"""A protocol in which every test is written anew, and what can hold no longer is gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Not,
    Test,
    Unsure,
)
from assessment.engine.protocol import Case, Finding, Precaution, Promise, Protocol, Rule, Support

P = TypeVar("P", Rule, Precaution, Promise, Support)
Folded = Condition | bool
"""A condition, or that it always or never holds."""


class CannotRewriteError(ValueError):
    """Something that the protocol cannot do without would never hold."""


class Rewriting:
    """Writes each test of a protocol anew, wherever it stands."""

    def __init__(self, protocol: Protocol, test: Callable[[Test], Folded]) -> None:
        self._protocol = protocol
        self._test = test
        self._gone: set[str] = set()

    def rewritten(self) -> Protocol:
        """Return the protocol without the parts that never hold; its options stay as they are.

        Raises CannotRewriteError.
        """
        old = self._protocol
        findings = tuple(self._findings())
        rules, precautions = tuple(self._kept(old.rules)), tuple(self._kept(old.precautions))
        gone = {one.id for one in old.rules} - {one.id for one in rules}
        told = {one.id for one in precautions}
        return replace(
            old,
            questions=tuple(
                replace(one, enable_when=self._maybe(one.enable_when)) for one in old.questions
            ),
            findings=findings,
            rules=rules,
            precautions=precautions,
            support=tuple(self._kept(old.support)),
            promises=tuple(self._kept(old.promises)),
            cases=tuple(_telling(one, told) for one in old.cases if one.rule not in gone),
            advice={
                recommend: replace(one, requires=self._maybe(one.requires))
                for recommend, one in old.advice.items()
            },
            carer_when=self._maybe(old.carer_when),
        )

    def fold(self, condition: Condition) -> Folded:
        """Return the condition with its tests written anew."""
        match condition:
            case Test():
                return self._test(condition)
            case FindingRef(finding):
                return False if finding in self._gone else condition
            case Unsure():
                return condition
            case Not(part):
                folded = self.fold(part)
                return not folded if isinstance(folded, bool) else Not(folded)
            case Any(parts):
                return _folded(1, map(self.fold, parts), Any)
            case All(parts):
                return _folded(len(parts), map(self.fold, parts), All)
            case Count(number, parts):
                return _counted(number, map(self.fold, parts))

    def _findings(self) -> Iterator[Finding]:
        """Yield the findings that can hold; one that names a lost one is written anew for it."""
        left = list(self._protocol.findings)
        while True:
            folded = [(one, self.fold(one.when)) for one in left]
            lost = {one.id for one, when in folded if when is False}
            if not lost:
                break
            self._gone |= lost
            left = [one for one in left if one.id not in lost]
        for one, when in folded:
            yield replace(one, when=_condition(when))

    def _kept(self, parts: Iterable[P]) -> Iterator[P]:
        for part in parts:
            when = self.fold(part.when)
            if when is not False:
                yield replace(part, when=_condition(when))

    def _maybe(self, condition: Condition | None) -> Condition | None:
        return None if condition is None else _condition(self.fold(condition))


def _telling(case: Case, told: Collection[str]) -> Case:
    """Return a case that expects none of the precautions that are gone."""
    return replace(case, precautions=tuple(one for one in case.precautions if one in told))


def _condition(folded: Folded) -> Condition:
    if folded is False:
        raise CannotRewriteError
    return All(()) if folded is True else folded


def _folded(
    number: int, parts: Iterable[Folded], make: Callable[[tuple[Condition, ...]], Condition]
) -> Folded:
    every = list(parts)
    left = tuple(part for part in every if not isinstance(part, bool))
    needed = number - every.count(True)
    if needed <= 0:
        return True
    if needed > len(left):
        return False
    return left[0] if len(left) == 1 else make(left)


def _counted(number: int, parts: Iterable[Folded]) -> Folded:
    every = list(parts)
    left = tuple(part for part in every if not isinstance(part, bool))
    needed = number - every.count(True)
    if 0 < needed <= len(left):
        return Count(needed, left)
    return needed <= 0
