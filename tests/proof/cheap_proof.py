"""Whether the proof would refuse a protocol, at a tenth of its cost.

Its own claims go to the solver, and the first that breaks is enough: no smallest counterexample is
looked for. Whatever is refused here is not proven; what is not may still be refused by the proof.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.asked import Asking
from assessment.proof.circuit import Literal
from assessment.proof.floors import floors, total
from assessment.proof.promises import broken_promises
from assessment.proof.workbench import Claim, Workbench


class _Unasked(Asking):
    """The claims of the proof, less those whose question is left out as settled.

    So whatever breaks one of these breaks that of the proof as well. What is settled makes most of
    the circuit.
    """

    def _shown(self, question_id: str) -> Literal:
        return self.bench.sheet.domains[question_id].asked


def passes_by(protocol: Protocol, questions: Collection[str]) -> bool:
    """Whether some answers pass by a promised sign of these questions, though no such help is due.

    Claims of other signs are left out.
    """
    promises = (
        replace(one, asked=tuple(sign for sign in one.asked if sign.question in questions))
        for one in protocol.promises
    )
    bench = Workbench(Engine(replace(protocol, promises=tuple(promises))))
    return _breaks_one(bench, _Unasked(bench).claims())


def breaks_a_bound(engine: Engine) -> bool:
    """Whether nothing is decided for some answers, or what is breaks a tag or a promise."""
    bench = Workbench(engine)
    return _breaks_one(bench, [*total(bench), *floors(bench), *broken_promises(bench)])


def _breaks_one(bench: Workbench, claims: Iterable[Claim]) -> bool:
    return any(bench.solver.find([claim.literal]) is not None for claim in claims)
