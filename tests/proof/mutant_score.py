"""`make mutants`: whether the check, the cases, the proof and the difference notice faults.

Each mutant of the shipped protocol is compared with it by the solver. It does *harm* when some
answers get less urgent advice or more pressure, when a sign is no longer asked though no such help
is due, or when the therapist no longer reads a precaution. Harm must be refused: by the check, by
a case or by the proof; an option that is deleted with all of it may fail the test of the hazard log
alone, which does not keep the protocol from being served. Everything else must be told by a line
of `assessment diff` that names it. What survives needs a reason in `accepted_mutants.py`. The score
is kept, whatever it is: `mutant_record.py`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import click

from assessment.engine.protocol import Protocol
from assessment.protocols.load import find_protocol, load_protocol
from tests.proof.accepted_mutants import ACCEPTED, OPEN
from tests.proof.mutant import Fault
from tests.proof.mutant_judge import Judge, Verdict
from tests.proof.mutant_oracle import Effect
from tests.proof.mutant_record import Score, fingerprint, keep, score_of, share
from tests.proof.mutant_run import Kept, drawn, judge_all
from tests.proof.mutants import mutants

BAR = 0.99
SHOWN = 10
"""So many survivors are shown with answers."""
VERDICTS = Path("build/mutants.jsonl")


def faults_of(
    verdicts: Iterable[Verdict], accepted: Mapping[str, str], known: Mapping[Fault, str]
) -> list[str]:
    """Return everything for which the score is not accepted."""
    every = list(verdicts)
    left = {one.id for one in every if one.survives}
    found = [
        f"survives without a reason: {one.id}"
        for one in every
        if one.survives and one.id not in accepted and one.fault not in known
    ]
    judged = {one.id for one in every} - left
    found += [f"has a reason, but is noticed: {name}" for name in accepted if name in judged]
    others = [one for one in score_of(every, "", 0).operators if one.fault not in known]
    if share(others) < BAR:
        found.append(f"less than {BAR:.0%} of the harmful ones are refused")
    return found


def closed(verdicts: Iterable[Verdict], known: Mapping[Fault, str]) -> list[str]:
    """Return the kinds that are called open, though every fault of them is noticed now."""
    left = {one.fault for one in verdicts if one.survives}
    return [f"is called open, but is noticed: {one.value}" for one in known if one not in left]


def in_words(
    score: Score,
    verdicts: Iterable[Verdict],
    reasons: Mapping[str, str],
    known: Mapping[Fault, str],
) -> Iterator[str]:
    """Yield the lines of the report."""
    every = list(verdicts)
    heads = ("judged", "harmful", "by_check", "by_cases", "by_proof", "by_log", "told", "survivors")
    yield f"{'fault':34}" + "".join(f"{head:>10}" for head in heads)
    for one in score.operators:
        yield f"{one.fault.value:34}" + "".join(f"{getattr(one, head):10}" for head in heads)
    yield ""
    for effect in Effect:
        yield f"{sum(one.effect is effect for one in every):6}  {effect.value}"
    for left in (one for one in every if one.survives):
        reason = reasons.get(left.id) or known.get(left.fault) or "NO REASON GIVEN"
        yield f"Survives ({left.effect.value}): {left.id}: {reason}"
    refused, unserved, harmful = map(score.total, ("refused", "unserved", "harmful"))
    yield f"{refused} of {harmful} harmful mutants are refused: {score.share:.2%}."
    yield f"{unserved} of them by the check, a case or the proof, and {refused - unserved} by the"
    yield "test of the hazard log alone, which does not keep a protocol from being served."


def shown(protocol: Protocol, verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Yield the first survivors that do harm and have no reason, each with answers."""
    left = {
        one.id: one.effect
        for one in verdicts
        if one.survives and one.id not in ACCEPTED and one.fault not in OPEN
    }
    judge = Judge(protocol)
    harm = (Effect.WORSE, Effect.HIDDEN, Effect.LIMIT)
    some = (one for one in mutants(protocol) if left.get(one.id) in harm)
    for mutant in islice(some, SHOWN):
        yield ""
        yield mutant.id
        yield from judge.witness(mutant, left[mutant.id])


@click.command()
@click.option("--sample", type=click.IntRange(min=1), help="Judge so many, evenly by kind.")
@click.option("--seed", help="Draw them by this seed; without one, always the same.")
@click.option("--afresh", is_flag=True, help="Judge again what an earlier run has judged.")
def main(sample: int | None, seed: str | None, afresh: bool) -> None:
    """Judge the mutants of the shipped protocol, print the score, and say whether it is enough.

    A run that was cut off goes on where it was.
    """
    started = time.perf_counter()
    protocol = load_protocol(find_protocol("muscle_pain"))
    of = fingerprint(protocol)
    if afresh:
        VERDICTS.unlink(missing_ok=True)
    faults = [mutant.fault for mutant in mutants(protocol)]
    places = drawn(faults, sample or len(faults), seed or of)
    verdicts = judge_all(protocol, places, Kept(VERDICTS, of))
    score = score_of(verdicts, of, len(faults))
    keep(score)
    click.echo("\n".join(in_words(score, verdicts, ACCEPTED, OPEN)))
    click.echo("\n".join(shown(protocol, verdicts)))
    wrong = faults_of(verdicts, ACCEPTED, OPEN)
    if len(verdicts) == len(faults):
        wrong += closed(verdicts, OPEN)  # a sample may miss what is left of a kind
    for line in wrong:
        click.echo(line)
    seconds = time.perf_counter() - started
    click.echo(f"{len(verdicts)} of {len(faults)} mutants in {seconds:.0f} s.", err=True)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
