"""What help is owed to somebody who was not asked a question, for all that they might have said."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from assessment.engine.logic import TRUE, Expr
from assessment.engine.opens import opening_of
from assessment.engine.protocol import Sign
from assessment.engine.settled import Bounds as Known
from assessment.proof.circuit import Literal
from assessment.proof.floors import if_not_sure
from assessment.proof.report import Bounds
from assessment.proof.workbench import Workbench


class Owing:
    """What the promises of one protocol could ask for, did somebody answer one question more.

    A promise counts as soon as some answer to the question, or to one that it opens, could make
    its condition yes or unknown beside the answers that were given.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._opening = opening_of(bench.protocol)
        self._owed: dict[str, Mapping[int, Literal]] = {}

    def tier(self, sign: Sign) -> int:
        """Return the urgency that is owed to everybody who is not asked about this sign."""
        return max(1, self._opening.tier(sign))

    def by_urgency(self, sign: Sign) -> Mapping[int, Literal]:
        """Return by urgency "so much is owed to whoever is not asked about this sign"."""
        circuit, tier = self._bench.circuit, self.tier(sign)
        if sign.question not in self._owed:
            self._owed[sign.question] = self._by_promises(sign.question)
        could = self._owed[sign.question]
        return {
            urgency: circuit.true if urgency <= tier else could[urgency] for urgency in (1, 2, 3)
        }

    def excused(self, sign: Sign) -> Literal:
        """Return "the decision is as urgent as is owed without an answer about this sign"."""
        circuit, sheet = self._bench.circuit, self._bench.sheet
        return circuit.conj(
            circuit.disj((-owed, sheet.urgency_at_least(urgency)))
            for urgency, owed in self.by_urgency(sign).items()
        )

    def _by_promises(self, name: str) -> Mapping[int, Literal]:
        protocol, meanings = self._bench.protocol, self._bench.meanings
        family = {name} | {one for one, expr in meanings.asked.items() if name in self._reads(expr)}
        known = Known(protocol.questions, {**meanings.asked, name: TRUE}, family)
        last = len(protocol.questions)
        owed: dict[int, list[Literal]] = {1: [], 2: [], 3: []}
        for promise, when in zip(protocol.promises, meanings.promises, strict=True):
            if not promise.urgency_at_least or family.isdisjoint(self._reads(when.possibly)):
                continue
            lower = if_not_sure(Bounds(promise.urgency_at_least)).urgency_at_least
            for urgency, expr in ((promise.urgency_at_least, when.surely), (lower, when.possibly)):
                owed[urgency].append(self._bench.sheet.literal(known.upper(expr, last)))
        return {urgency: self._bench.circuit.disj(could) for urgency, could in owed.items()}

    def _reads(self, expr: Expr) -> frozenset[str]:
        return self._known.reads(expr)

    @cached_property
    def _known(self) -> Known:
        return Known(self._bench.protocol.questions, self._bench.meanings.asked)
