"""What no tag, promise or case speaks of: a change to it would go unnoticed.

Nothing here is a fault. It says how far the proof goes, which `docs/proof.md` explains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from assessment.engine.opens import opening_of
from assessment.engine.promised import options, unpromised
from assessment.engine.protocol import Precaution, Sign
from assessment.engine.questions import NOT_SURE
from assessment.proof.circuit import Literal
from assessment.proof.floors import FLOORS
from assessment.proof.owed import Owing
from assessment.proof.solver import NotFinishedError
from assessment.proof.told import Telling, limits_of
from assessment.proof.workbench import Workbench

MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Uncovered:
    """The names of what nothing speaks of, of how many there are in all.

    `options` have no tag and no promise reads them. `rules` send to medical care, on answers for
    which no tag or promise asks for that much. `precautions` could lose a limit, or be given to
    fewer people. `signs` could be asked of fewer people; "Not sure" stands among them.
    """

    options: tuple[str, ...]
    rules: tuple[str, ...]
    precautions: tuple[str, ...]
    signs: tuple[str, ...]
    of: tuple[int, int, int, int]

    def as_json(self) -> dict[str, list[str]]:
        """Return the names by kind."""
        return {
            "options": list(self.options),
            "rules": list(self.rules),
            "precautions": list(self.precautions),
            "signs": list(self.signs),
        }

    def in_words(self) -> Iterator[str]:
        """Yield a line for each kind that has some."""
        kinds = (
            ("options without a tag that no promise reads", self.options),
            ("medical rules that no tag or promise asks for", self.rules),
            ("precautions that no promise or case keeps", self.precautions),
            ("signs and “Not sure” that not everybody is promised to be asked", self.signs),
        )
        for (says, names), of in zip(kinds, self.of, strict=True):
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            if names:
                yield f"{len(names)} of {of} {says}: {', '.join(names[:MOST_NAMED])}{more}"


def uncovered(bench: Workbench) -> Uncovered:
    """Return what nothing speaks of, over all answers that can be given."""
    return _Covering(bench).uncovered()


class _Covering:
    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._protocol = bench.protocol
        self._telling = Telling(bench)
        self._owing = Owing(bench)
        literal, meanings = bench.sheet.literal, bench.meanings
        self._promises = [
            (promise, literal(when.surely), literal(when.possibly))
            for promise, when in zip(self._protocol.promises, meanings.promises, strict=True)
        ]
        self._noted = [
            (one, literal(when.possibly))
            for one, when in zip(self._protocol.precautions, meanings.precautions, strict=True)
        ]

    def uncovered(self) -> Uncovered:
        protocol = self._protocol
        rules = [
            (rule, fires.counts)
            for rule, fires in zip(protocol.rules, self._bench.sheet.fires, strict=True)
            if rule.recommend.is_medical
        ]
        signs = list(self._signs())
        return Uncovered(
            options=tuple(map(str, unpromised(protocol))),
            rules=tuple(
                rule.id
                for rule, counts in rules
                if self._can(counts, -self._asked_for[rule.recommend.urgency])
            ),
            precautions=tuple(one.id for one, noted in self._noted if not self._holds(one, noted)),
            signs=tuple(str(sign) for sign in signs if not self._is_promised(sign)),
            of=(len(options(protocol)), len(rules), len(protocol.precautions), len(signs)),
        )

    @cached_property
    def _asked_for(self) -> dict[int, Literal]:
        """By urgency, "a tag or a promise asks for at least so much"."""
        asks = [(promise.urgency_at_least, sure) for promise, sure, _ in self._promises]
        asks += [
            (FLOORS[option.safety].urgency_at_least, domain.has[option.id])
            for domain in self._bench.sheet.domains.values()
            for option in domain.question.options
            if option.safety is not None
        ]
        disj = self._bench.circuit.disj
        return {least: disj(one for given, one in asks if given >= least) for least in (1, 2, 3)}

    def _holds(self, precaution: Precaution, noted: Literal) -> bool:
        """Whether it is missed wherever it is left out, and whatever limit of it is lost."""
        if any(precaution.id in case.precautions for case in self._protocol.cases):
            return True
        disj = self._bench.circuit.disj
        for told in limits_of(precaution):
            promised = disj(
                maybe for promise, _, maybe in self._promises if told in limits_of(promise)
            )
            alone = -self._telling.says(told, but=precaution)
            if self._can(noted, -promised) or not self._can(noted, alone):
                return False
        return True

    def _signs(self) -> Iterator[Sign]:
        signs = list(opening_of(self._protocol).signs())
        yield from signs
        for name in dict.fromkeys(sign.question for sign in signs):
            if self._protocol.question[name].offers_not_sure:
                yield Sign(name, NOT_SURE)

    def _is_promised(self, sign: Sign) -> bool:
        wanted = {sign, Sign(sign.question)} if sign.option != NOT_SURE else {sign}
        promised = self._bench.circuit.disj(
            maybe for promise, _, maybe in self._promises if not wanted.isdisjoint(promise.asked)
        )
        asked = self._bench.sheet.domains[sign.question].asked
        return not self._can(asked, -promised, -self._owing.excused(sign))

    def _can(self, *literals: Literal) -> bool:
        """Whether some answers make all of these true; yes where the budget ends first."""
        try:
            return self._bench.solver.find(list(literals)) is not None
        except NotFinishedError:
            return True
