"""`make mutants`: whether the proof and the cases notice faults in the shipped protocol.

Each mutant is compared with the protocol by the solver. It is *worse* when some answers get less
urgent advice, or more pressure, than before, or when a sign is no longer asked though no such help
is due; only worse mutants must be caught. A mutant is caught
when a case fails or `prove` finds something. The survivors need a reason in
`accepted_mutants.py`. The score is kept, whatever it is: `mutant_record.py`.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import click

from assessment.engine.decision import Engine
from assessment.engine.opens import opening_of
from assessment.engine.protocol import Protocol, Recommend, Sign
from assessment.proof.cases import judged
from assessment.proof.circuit import Literal
from assessment.proof.prove import prove
from assessment.proof.report import Kind
from assessment.proof.solver import CONFLICTS, NotFinishedError, Solver
from assessment.proof.twins import Twins
from assessment.proof.words import answers_in_words, decision_in_words, out_of_the_ordinary
from assessment.proof.workbench import FARTHEST
from assessment.protocols.load import find_protocol, load_protocol
from tests.proof.accepted_mutants import ACCEPTED
from tests.proof.mutant_record import Score, fingerprint, keep
from tests.proof.mutants import Fault, Mutant, mutants

BAR = 0.99
EVERY = 250
"""Progress is told after so many mutants."""


class Effect(StrEnum):
    """What a fault does to the decisions, over all answers."""

    WORSE = "worse"
    OTHER = "more careful or as careful"
    NOTHING = "nothing"
    OPEN = "not settled"


class Caught(StrEnum):
    """What notices a worse mutant first."""

    CASES = "the cases"
    PROOF = "the proof"
    DEAD = "the proof, as dead"
    NOT = "nothing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant; `witness` shows in words what a survivor does."""

    id: str
    fault: Fault
    effect: Effect
    caught: Caught
    witness: tuple[str, ...] = ()

    @property
    def must_be_caught(self) -> bool:
        """Whether it makes some decision worse, or was not shown not to."""
        return self.effect in (Effect.WORSE, Effect.OPEN)

    @property
    def survives(self) -> bool:
        """Whether it should be caught and is not."""
        return self.must_be_caught and self.caught is Caught.NOT


class Judge:
    """Compares mutants with the protocol that they come from."""

    def __init__(self, protocol: Protocol, conflicts: int = CONFLICTS) -> None:
        self._engine = Engine(protocol)
        self._conflicts = conflicts
        self._before = {one.case.id: one.decision.recommend for one in judged(self._engine)}

    def verdict(self, mutant: Mutant) -> Verdict:
        """Return what the mutant changes, and what notices it."""
        engine = Engine(mutant.protocol)
        cases = judged(engine)
        caught = Caught.CASES if any(one.wrong or one.unsafe for one in cases) else Caught.NOT
        if caught is Caught.CASES and any(
            one.decision.complete and is_worse(self._before[one.case.id], one.decision.recommend)
            for one in cases
        ):
            return Verdict(mutant.id, mutant.fault, Effect.WORSE, caught)
        question = _Comparison(self._engine, engine, self._conflicts)
        effect = question.effect()
        if effect in (Effect.WORSE, Effect.OPEN) and caught is Caught.NOT:
            caught = noticed(engine)
        survives = effect is Effect.WORSE and caught is Caught.NOT
        witness = tuple(question.witness()) if survives else ()
        return Verdict(mutant.id, mutant.fault, effect, caught, witness)


class _Comparison:
    """The protocol and one mutant before the solver, with the same answers to both."""

    def __init__(self, old: Engine, new: Engine, conflicts: int) -> None:
        self._new = new.protocol
        self._twins = twins = Twins(old, new)
        self._solver = Solver(twins.circuit, conflicts)
        pairs = [(one, other) for one in Recommend for other in Recommend if one is not other]
        milder = [twins.moves(*pair) for pair in pairs if is_worse(*pair)]
        self._worse = twins.circuit.disj([*milder, *self._no_longer_asked()])
        self._moves = twins.circuit.disj(twins.moves(*pair) for pair in pairs)

    def effect(self) -> Effect:
        """Return what the mutant does to the decisions."""
        try:
            model = self._solver.find([self._worse])
            if model is not None:
                before, after = self._twins.replayed(model)
                lost = before.answers.keys() - after.answers.keys()
                assert lost or is_worse(before.decision.recommend, after.decision.recommend)
                return Effect.WORSE
            return Effect.NOTHING if self._solver.find([self._moves]) is None else Effect.OTHER
        except NotFinishedError:
            return Effect.OPEN

    def _no_longer_asked(self) -> Iterator[Literal]:
        """Yield where a sign was asked and is not any more, and no such help is due without it."""
        twins, opening = self._twins, opening_of(self._new)
        for question in self._new.questions:
            signs = [Sign(question.id, one.id) for one in question.options]
            tiers = {max(1, opening.tier(sign)) for sign in signs if self._is_sign(sign)}
            if tiers:
                lost = -twins.new.domains[question.id].asked
                due = twins.new.urgency_at_least(max(tiers))
                asked = twins.old.domains[question.id].asked
                yield twins.circuit.conj((twins.together, asked, lost, -due))

    def _is_sign(self, sign: Sign) -> bool:
        """Whether an option has a tag, or a promise says that it is asked."""
        tagged = self._new.question[sign.question].option(sign.option).safety is not None
        return tagged or any(sign in promise.asked for promise in self._new.promises)

    def witness(self) -> Iterator[str]:
        """Yield in words the answers nearest to calm ones that get something worse."""
        circuit = self._twins.circuit
        limits = [-each for each in circuit.counts(self._twins.costs(), FARTHEST)[1:]]
        models = (self._solver.find([self._worse, limit]) for limit in [*limits, circuit.true])
        before, after = self._twins.replayed(next(filter(None, models)))
        both = {**before.answers, **after.answers}
        yield from answers_in_words(self._new, out_of_the_ordinary(self._new, both))
        yield f"  {decision_in_words(before.decision)}"
        yield f"  becomes {decision_in_words(after.decision)}"


def is_worse(before: Recommend, after: Recommend) -> bool:
    """Whether the later decision is less urgent, or has more pressure."""
    return after.urgency < before.urgency or after.pressure > before.pressure


def noticed(engine: Engine) -> Caught:
    """Return what `prove` says of the mutant, its cases left out."""
    failed = {one.kind for one in prove(engine).checked if one.failures} - {Kind.CASES}
    if failed - {Kind.DEAD}:
        return Caught.PROOF
    return Caught.DEAD if failed else Caught.NOT


def judge_all(protocol: Protocol, places: Sequence[int]) -> list[Verdict]:
    """Return the verdicts on the mutants with these places, all processors at work."""
    found = []
    number = len(places)
    workers = os.cpu_count() or 1
    with multiprocessing.Pool(workers, _start, (protocol,)) as pool:
        for verdict in pool.imap(_judge, places, chunksize=8):
            found.append(verdict)
            if len(found) % EVERY == 0:
                click.echo(f"{len(found)} of {number}", err=True)
    return found


_work: tuple[Judge, Sequence[Mutant]] | None = None


def _start(protocol: Protocol) -> None:
    global _work
    _work = Judge(protocol), tuple(mutants(protocol))
    gc.freeze()  # thousands of protocols need not be looked through again and again


def _judge(place: int) -> Verdict:
    assert _work is not None
    judge, every = _work
    return judge.verdict(every[place])


def faults_of(verdicts: Iterable[Verdict], accepted: Collection[str]) -> list[str]:
    """Return everything for which the score is not accepted."""
    every = list(verdicts)
    must = [one for one in every if one.must_be_caught]
    left = [one.id for one in must if one.survives]
    found = [f"survives without a reason: {name}" for name in left if name not in accepted]
    found += [
        f"has a reason, but does not survive: {name}" for name in accepted if name not in left
    ]
    if len(must) - len(left) < BAR * len(must):
        found.append(f"less than {BAR:.0%} are caught")
    return found


def score_of(verdicts: Iterable[Verdict], of: str, number: int) -> Score:
    """Return the figures that are kept; `number` is how many mutants there are."""
    every = list(verdicts)
    must = [one for one in every if one.must_be_caught]
    left = sum(one.survives for one in must)
    by_cases = sum(one.caught is Caught.CASES for one in must)
    return Score(of, number, len(every), len(must), by_cases, len(must) - left - by_cases, left)


def in_words(verdicts: Sequence[Verdict], accepted: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the report."""
    yield f"{'fault':24}{'mutants':>8}{'worse':>8}{'caught':>8}"
    for fault in Fault:
        mine = [one for one in verdicts if one.fault is fault]
        must = [one for one in mine if one.must_be_caught]
        caught = sum(not one.survives for one in must)
        yield f"{fault.value:24}{len(mine):8}{len(must):8}{caught:8}"
    must = [one for one in verdicts if one.must_be_caught]
    left = [one for one in must if one.survives]
    yield ""
    for effect in Effect:
        yield f"{sum(one.effect is effect for one in verdicts):6}  {effect.value}"
    yield "Of the worse ones, noticed by:"
    for by in Caught:
        yield f"{sum(one.caught is by for one in must):6}  {by.value}"
    for one in left:
        yield ""
        yield f"Survives: {one.id}"
        yield from one.witness
        yield f"  {accepted.get(one.id, 'NO REASON GIVEN')}"
    yield ""
    share = (len(must) - len(left)) / len(must) if must else 1
    yield f"{len(must) - len(left)} of {len(must)} worse mutants are caught: {share:.2%}."


@click.command()
@click.option("--sample", type=click.IntRange(min=1), help="Judge so many, drawn at random.")
def main(sample: int | None) -> None:
    """Judge the mutants of the shipped protocol, print the score, and say whether it is enough."""
    started = time.perf_counter()
    protocol = load_protocol(find_protocol("muscle_pain"))
    of = fingerprint(protocol)
    number = sum(1 for _ in mutants(protocol))
    drawn = random.Random(of).sample(range(number), min(sample or number, number))  # noqa: S311  no secret
    verdicts = judge_all(protocol, sorted(drawn))
    keep(score_of(verdicts, of, number))
    click.echo("\n".join(in_words(verdicts, ACCEPTED)))
    for line in (faults := faults_of(verdicts, ACCEPTED)):
        click.echo(line)
    seconds = time.perf_counter() - started
    click.echo(f"{len(verdicts)} of {number} mutants in {seconds:.0f} s.", err=True)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
