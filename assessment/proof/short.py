"""Stopping early: leaving settled questions out changes nothing that counts.

For every full walk, and every subset of its settled questions left out, the recommendation and the
support are the same, the precautions are the same while no care is needed today, and nothing counts
that would not count on the full walk.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from assessment.engine.decision import Decision, Engine
from assessment.engine.logic import TRUE, AtLeast, Expr, Meaning
from assessment.engine.meanings import Meanings
from assessment.engine.protocol import Recommend
from assessment.engine.questions import Question
from assessment.engine.settled import ShortWalk
from assessment.proof.circuit import Literal
from assessment.proof.domains import Domain
from assessment.proof.left_out import LeftOut
from assessment.proof.report import Code, Failure, Witness
from assessment.proof.sheet import Sheet
from assessment.proof.solver import Model
from assessment.proof.witness import DisagreementError, costs, replayed
from assessment.proof.workbench import Claim, Workbench

_LONG_COUNT = 20
"""Parts above which counts are compared number by number: with fewer a solver is as quick alone."""


class ShortSheet(Sheet):
    """The answers of the sheet of a workbench, with some of them left out.

    `dropped` holds for each question the literal "its answer is left out".
    """

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self._full = bench.sheet
        self._short: ShortWalk = bench.engine.short
        self.dropped: dict[str, Literal] = {}
        self.shapes = LeftOut(bench.meanings.asked)
        super().__init__(bench.circuit, bench.protocol, bench.meanings)

    @property
    def droppable(self) -> Mapping[str, Literal]:
        """`dropped` of the questions that may be left out."""
        every = self.dropped.items()
        return {name: literal for name, literal in every if literal != self.circuit.false}

    def unknown(self, unknown: Expr, surely: Expr) -> Literal:
        """Return "this is surely unknown, and not yes"."""
        return self.circuit.conj((self.literal(unknown), -self.literal(surely)))

    def _domain(self, question: Question, asked: Literal, steps: Sequence[int]) -> Domain:
        conj, disj = self.circuit.conj, self.circuit.disj
        full = self._full.domains[question.id]
        dropped = self.circuit.false if question.optional else self.circuit.fresh()
        self.circuit.require(-dropped, full.asked)
        self.dropped[question.id] = dropped
        given = conj((asked, full.asked, -dropped))
        left = self.circuit.false if question.optional else conj((asked, -given))
        return replace(
            full,
            asked=disj((given, left)),
            has={value: conj((given, each)) for value, each in full.has.items()},
            open=disj((conj((given, full.open)), left)),
            given=conj((given, full.given)),
            steps={step: conj((given, each)) for step, each in full.steps.items()},
            left=left,
        )

    def _built(self, expr: Expr) -> Literal:
        if isinstance(expr, AtLeast) and len(expr.parts) > _LONG_COUNT:
            ours = [self.literal(part) for part in expr.parts]
            theirs = [self._full.literal(part) for part in expr.parts]
            self.circuit.compare(ours, theirs, expr.number)
        built = super()._built(expr)
        if isinstance(expr, AtLeast):
            self._compare(expr, built, self._full.literal(expr))
        return built

    def _compare(self, count: AtLeast, ours: Literal, theirs: Literal) -> None:
        """Say what follows by its shape: a solver would have to find it number by number."""
        if self.shapes.never_gained(count):
            self.circuit.require(-ours, theirs)
        if self.shapes.never_lost(count):
            self.circuit.require(-theirs, ours)

    def _unknown(self, meanings: Meanings) -> Iterator[Literal]:
        for meaning, unknown in zip(meanings.rules, self._short.rules, strict=True):
            yield self.unknown(unknown, meaning.surely)


class Shortened:
    """One full walk and a shorter one. From now on only what is settled is left out."""

    def __init__(self, short: ShortSheet) -> None:
        self.bench = bench = short.bench
        self._engine = bench.engine
        self._circuit = circuit = bench.circuit
        self._full = bench.sheet
        self._short = short
        steps = bench.engine.short.steps
        for name, settled in bench.settled.items():
            circuit.require(-short.dropped[name], settled)
        self._settled = short.settle(steps)

    @property
    def dropped(self) -> Mapping[str, Literal]:
        """For each question that may be left out the literal "its answer is left out"."""
        return self._short.droppable

    def claims(self) -> list[Claim]:
        """Return the claims of short walks that differ.

        What is said of a rule is false already where its shape alone shows that.
        """
        plain = frozenset(self._plain_rules())
        for place in plain:
            ours, theirs = self._short.fires[place], self._full.fires[place]
            self._circuit.require(-ours.counts, theirs.counts)
            self._circuit.require(-ours.unsure, theirs.unsure)
        return [
            Claim(
                Code.SHORT_WALK_DIFFERS,
                subject,
                f"{says}, where settled questions are left out.",
                literal,
            )
            for subject, says, literal in self._differences(plain)
        ]

    def kinds(self) -> dict[str, Literal]:
        """Return for each kind of difference that there is some of it."""
        every = [literal for _, _, literal in self._differences()]
        protocol = self.bench.protocol
        kinds = {
            "questions": len(self._settled),
            "rules": len(protocol.rules),
            "recommendations": len(Recommend),
            "support": len(protocol.support),
            "precautions": len(protocol.precautions),
        }
        ends = list(accumulate(kinds.values(), initial=0))
        return {
            kind: self._circuit.disj(every[start:end])
            for kind, (start, end) in zip(kinds, pairwise(ends), strict=True)
        }

    def costs(self) -> list[Literal]:
        """Return what takes an answer away from a calm one, and what is left out."""
        return [*costs(self._full), *self._short.dropped.values()]

    def show(self, failure: Failure, model: Model) -> Failure:
        """Return the failure with both walks, decided by the real engine.

        Raises DisagreementError when the engine sees no difference.
        """
        full = replayed(self._engine, self._full, model)
        kept = {
            name: answer
            for name, answer in full.answers.items()
            if not model.holds(self._short.dropped[name])
        }
        short = Witness(kept, self._engine.decide(kept))
        if not differ(self._engine, full, short):
            raise DisagreementError("the engine sees no difference on the short walk", full)
        return replace(failure, witness=full, short=short)

    def _plain_rules(self) -> Iterator[int]:
        """Yield the places of the rules that by their shape never count on the short walk alone."""
        meanings, full = self.bench.meanings, self._full
        never_gained = self._short.shapes.never_gained
        rules = zip(
            self.bench.protocol.rules, meanings.rules, self._engine.short.rules, strict=True
        )
        for place, (rule, meaning, unknown) in enumerate(rules):
            counts = [meaning.surely, meanings.requires.get(rule.recommend, TRUE)]
            if rule.if_unsure is not None:
                counts += [unknown, meanings.requires.get(rule.if_unsure, TRUE)]
                # Where nothing is left out, it is unknown as it is on the full walk.
                if full.literal(unknown) != self._noted(full, meaning)[1]:
                    continue
            if all(map(never_gained, counts)):
                yield place

    def _differences(self, plain: Container[int] = ()) -> Iterator[tuple[str, str, Literal]]:
        full, short, circuit = self._full, self._short, self._circuit

        def unlike(one: Literal, other: Literal) -> Literal:
            return -circuit.same(one, other)

        for name, settled in self._settled.items():
            left = short.domains[name].left
            says = f"“{self.bench.protocol.question[name].short.text}” is asked again"
            yield name, says, circuit.conj((left, -settled))
        fires = zip(full.fires, short.fires, strict=True)
        for place, (rule, (one, other)) in enumerate(
            zip(self.bench.protocol.rules, fires, strict=True)
        ):
            more = circuit.false
            if place not in plain:
                counts = circuit.conj((other.counts, -one.counts))
                more = circuit.disj((counts, circuit.conj((other.unsure, -one.unsure))))
            yield rule.id, f"Rule {rule.id} counts on the short walk only", more
        for recommend in Recommend:
            says = f"{recommend.id} is recommended on one walk only"
            yield recommend.id, says, unlike(full.wins[recommend], short.wins[recommend])
        for support, expr in zip(
            self.bench.protocol.support, self.bench.meanings.support, strict=True
        ):
            says = f"Support {support.id} is shown on one walk only"
            yield support.id, says, unlike(full.literal(expr), short.literal(expr))
        yield from self._precautions()

    def _precautions(self) -> Iterator[tuple[str, str, Literal]]:
        full, short, circuit = self._full, self._short, self._circuit
        calm = -full.urgency_at_least(2)
        parts = zip(
            self.bench.protocol.precautions,
            self.bench.meanings.precautions,
            self._engine.short.precautions,
            strict=True,
        )
        for precaution, meaning, unknown in parts:
            before = self._noted(full, meaning)
            surely = short.literal(meaning.surely)
            after = surely, short.unknown(unknown, meaning.surely)
            both = list(zip(before, after, strict=True))
            unlike = circuit.disj(-circuit.same(one, other) for one, other in both)
            more = circuit.disj(circuit.conj((-one, other)) for one, other in both)
            differs = circuit.disj((circuit.conj((calm, unlike)), more))
            yield precaution.id, f"Precaution {precaution.id} applies on one walk only", differs

    def _noted(self, sheet: Sheet, meaning: Meaning) -> tuple[Literal, Literal]:
        surely, possibly = sheet.literal(meaning.surely), sheet.literal(meaning.possibly)
        return surely, self._circuit.conj((possibly, -surely))


def differ(engine: Engine, full: Witness, short: Witness) -> bool:
    """Whether the engine's decisions on a full and on a short walk differ in what must not."""
    one, other = full.decision, short.decision
    noted = [_noted(decision) for decision in (one, other)]
    return (
        bool(other.missing)
        or one.recommend is not other.recommend
        or one.fail_safe is not other.fail_safe
        or engine.support(full.answers) != engine.support(short.answers)
        or not _fired(other) <= _fired(one)
        or not noted[1] <= noted[0]
        or (one.recommend.urgency < 2 and noted[0] != noted[1])
    )


def _fired(decision: Decision) -> set[tuple[str, bool]]:
    return {(one.rule.id, one.unsure) for one in decision.fired}


def _noted(decision: Decision) -> set[tuple[str, bool]]:
    return {(one.precaution.id, one.unsure) for one in decision.precautions}
