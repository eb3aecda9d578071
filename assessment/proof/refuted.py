"""The claims that a certificate refutes, in parts that share their clauses, and each refutation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from assessment.engine.decision import Engine
from assessment.engine.logic import AtLeast
from assessment.proof.asked import Asking
from assessment.proof.beside import ways
from assessment.proof.circuit import Circuit, Literal
from assessment.proof.domains import Domain
from assessment.proof.floors import floors, total
from assessment.proof.interrupts import Interrupts
from assessment.proof.monotone import monotone
from assessment.proof.one_apart import OneApart
from assessment.proof.promises import broken_promises
from assessment.proof.report import Code
from assessment.proof.sheet import Sheet
from assessment.proof.short import Shortened, ShortSheet
from assessment.proof.solver import CONFLICTS, NotFinishedError
from assessment.proof.workbench import Claim, Workbench


@dataclass(frozen=True)
class Part:
    """Claims over the same clauses, one after the other.

    `names` says what each variable of an answer is called; every other one is a gate.
    """

    id: str
    circuit: Circuit
    claims: tuple[Claim, ...]
    names: Mapping[str, Literal]


class _Compared(ShortSheet):
    """Says of counts only what a verifier can follow, which knows no shapes."""

    def _compare(self, count: AtLeast, ours: Literal, theirs: Literal) -> None:
        some = [self.literal(part) for part in count.parts]
        others = [self._full.literal(part) for part in count.parts]
        self.circuit.compare(some, others, count.number)


def parts(engine: Engine, only: Collection[str] | None = None) -> Iterator[Part]:
    """Yield every claim that must be refuted, in the order of `verify/README.md`.

    With `only`, the parts of these names; no time goes into the others.
    """
    makers = {"one": _one, "asked": _asked, "interrupts": _interrupts, "short": _short}
    for name, make in makers.items():
        if only is None or name in only:
            yield make(_bench(engine))
    for question in engine.protocol.questions:
        name = f"worse-{question.id}"
        if ways(question) and (only is None or name in only):
            pair = OneApart(_bench(engine), question)
            yield _part(name, pair.bench, monotone(pair, (question,)), pair.other)


def _bench(engine: Engine) -> Workbench:
    steps = {
        one.id: range((one.minimum or 0) + 1, (one.maximum or 0) + 1)
        for one in engine.protocol.questions
        if one.kind.is_numeric
    }
    return Workbench(engine, steps=steps)


def _one(bench: Workbench) -> Part:
    return _part("one", bench, [*total(bench), *floors(bench), *broken_promises(bench)])


def _asked(bench: Workbench) -> Part:
    return _part("asked", bench, Asking(bench).claims())


def _interrupts(bench: Workbench) -> Part:
    interrupts = Interrupts(_Compared(bench))
    return _part("interrupts", bench, interrupts.claims(), also=interrupts.dropped)


def _short(bench: Workbench) -> Part:
    shortened = Shortened(_Compared(bench))
    claims = [
        Claim(Code.SHORT_WALK_DIFFERS, kind, f"Other {kind}.", literal)
        for kind, literal in shortened.kinds().items()
    ]
    return _part("short", shortened.bench, claims, also=shortened.dropped)


def refutation(clauses: Iterable[list[Literal]], unit: Literal) -> list[list[Literal]]:
    """Return lemmas that refute the unit beside the clauses; the last one is empty.

    The solver is a fresh one, and the unit is a clause and no assumption: what a solver writes down
    under assumptions ends with no contradiction.

    Raises NotFinishedError where the budget ends first, and ValueError where the unit can be true.
    """
    from pysat.solvers import Glucose3  # only those who prove pay for the import

    with Glucose3(bootstrap_with=clauses, with_proof=True) as solver:
        solver.add_clause([unit])
        solver.conf_budget(CONFLICTS)
        found = solver.solve_limited()
        if found is None:
            raise NotFinishedError
        if found:
            raise ValueError("it is not refuted")
        lines = [line.split() for line in solver.get_proof() if not line.startswith("d")]
    lemmas = [[int(word) for word in words[:-1]] for words in lines]
    return [*(lemma for lemma in lemmas if lemma), []]


def _part(
    name: str,
    bench: Workbench,
    claims: Iterable[Claim],
    other: Sheet | None = None,
    also: Mapping[str, Literal] | None = None,
) -> Part:
    names = dict(_names(bench.sheet, ""))
    if other is not None:
        known = set(names.values())
        names |= {each: one for each, one in _names(other, "2:") if one not in known}
    names |= {f"{each}.dropped": one for each, one in (also or {}).items()}
    return Part(name, bench.circuit, tuple(claims), names)


def _names(sheet: Sheet, prefix: str) -> Iterator[tuple[str, Literal]]:
    for question, domain in sheet.domains.items():
        for key, literal in _keys(domain):
            if abs(literal) != sheet.circuit.true:
                yield f"{prefix}{question}.{key}", literal


def _keys(domain: Domain) -> Iterator[tuple[str, Literal]]:
    yield from domain.has.items()
    yield "not_sure", domain.open
    yield "offered", domain.offered
    for step, literal in domain.steps.items():
        yield f">={step}", literal
