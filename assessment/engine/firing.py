"""Which rules count on answers, and which precautions apply.

Fired rules are named tuples: each decision makes several, and a frozen dataclass takes nearly three
times as long to make.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from assessment.engine.answers import Answer, Answers
from assessment.engine.compiler import Compiler, Counted, Evidence, Rules
from assessment.engine.logic import Expr
from assessment.engine.meanings import Meanings
from assessment.engine.protocol import Precaution, Protocol, Recommend, Rule
from assessment.engine.reasons import Reasons

_precedence = attrgetter("recommend.place")


class FiredRule(NamedTuple):
    """A rule that counted, what it recommended, and the answers that made it so.

    `unsure` rules fired through `if_unsure`. `private` ones rest on a private answer and are
    shown to the person only.
    """

    rule: Rule
    recommend: Recommend
    answers: Mapping[str, Answer]
    unsure: bool
    private: bool


@dataclass(frozen=True, slots=True)
class NotedPrecaution:
    """A precaution that applies, or may apply (`unsure`).

    `private` ones rest on a private answer: nobody but the person may see them.
    """

    precaution: Precaution
    unsure: bool
    private: bool


class Firing:
    """Makes fired rules and noted precautions of what the answers give.

    Whether something is unknown depends on what is asked, so that is said by whoever asks.
    """

    def __init__(self, protocol: Protocol, meanings: Meanings, compiler: Compiler) -> None:
        reasons = Reasons(protocol)
        self._rules = protocol.rules
        self._meanings = meanings
        self._compiler = compiler
        self._wanted = [reasons.wanted(rule.when) for rule in protocol.rules]
        self._private = [reasons.is_private(rule.when) for rule in protocol.rules]
        noted = [(one, reasons.is_private(one.when)) for one in protocol.precautions]
        self._noted = [NotedPrecaution(one, False, private) for one, private in noted]
        self._perhaps_noted = [NotedPrecaution(one, True, private) for one, private in noted]
        self._requires = {
            recommend: compiler.predicate(when) for recommend, when in meanings.requires.items()
        }

    def rules(self, unknown: Iterable[Expr]) -> Rules:
        """Return when each rule is yes and, where it has an `if_unsure`, when it is unknown."""
        return [
            (meaning.surely, None if rule.if_unsure is None else perhaps)
            for rule, meaning, perhaps in zip(
                self._rules, self._meanings.rules, unknown, strict=True
            )
        ]

    def evidence(
        self, rules: Iterable[Expr], precautions: Iterable[Expr]
    ) -> Callable[[Answers], Evidence]:
        """Return what gathers the evidence; given is when each is unknown, where it is not yes."""
        sure = [meaning.surely for meaning in self._meanings.precautions]
        noted = list(zip(sure, precautions, strict=True))
        return self._compiler.evidence(self.rules(rules), self._wanted, noted)

    def fired(
        self, answers: Answers, yes: list[Counted], unknown: list[Counted]
    ) -> list[FiredRule]:
        """Return every rule that counts, most urgent first."""
        rules, private = self._rules, self._private
        fired = []
        for place, counted in yes:
            rule = rules[place]
            fired.append(FiredRule(rule, rule.recommend, counted, False, private[place]))
        for place, counted in unknown:
            rule = rules[place]
            if rule.if_unsure is not None:
                fired.append(FiredRule(rule, rule.if_unsure, counted, True, private[place]))
        for recommend, holds in self._requires.items():
            if not holds(answers):
                fired = [one for one in fired if one.recommend is not recommend]
        fired.sort(key=_precedence)
        return fired

    def noted(self, sure: list[int], perhaps: list[int]) -> tuple[NotedPrecaution, ...]:
        """Return the precautions at these places: those that apply, then those that may."""
        noted = [self._noted[place] for place in sure]
        return (*noted, *(self._perhaps_noted[place] for place in perhaps))
