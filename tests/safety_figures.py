"""The figures of `docs/safety-case.md`, as the shipped protocol has them.

`python -m tests.safety_figures` writes them anew; read the difference. The score of the mutants is
the kept one: to measure it takes minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.cases import judged
from assessment.proof.figures import coverage, vignette_figures
from assessment.proof.prove import prove
from assessment.proof.words import WHAT
from assessment.protocols.load import find_protocol, load_protocol
from tests.proof.mutant_record import kept

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "safety-case.md"
START, END = "<!-- figures -->\n", "<!-- end of figures -->\n"


def figures(protocol: Protocol) -> str:
    """Return the table, as Markdown."""
    rows = [*_sizes(protocol), *_proven(protocol), *_cases(protocol), *_mutants()]
    return "".join(["| what | figure |\n|---|---|\n", *(f"| {a} | {b} |\n" for a, b in rows)])


def written(text: str, table: str) -> str:
    """Return the document with this table between its markers."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}{table}{END}{after}"


def _sizes(protocol: Protocol) -> Iterator[tuple[str, str]]:
    options = [option for question in protocol.questions for option in question.options]
    yield "Protocol", f"{protocol.id} {protocol.version}"
    yield "Questions", str(len(protocol.questions))
    yield "Options", str(len(options))
    yield "Options with a safety tag", str(sum(option.safety is not None for option in options))
    unsure = sum(question.offers_not_sure for question in protocol.questions)
    yield 'Questions that offer "not sure"', str(unsure)
    yield "Rules", str(len(protocol.rules))
    yield "Promises", str(len(protocol.promises))
    yield "Cases", str(len(protocol.cases))


def _proven(protocol: Protocol) -> Iterator[tuple[str, str]]:
    report = prove(Engine(protocol))
    for one in report.checked:
        verdict = f"{len(one.failures)} FAILED" if one.failures else "all hold"
        yield f"{WHAT[one.kind]}: checked", f"{one.count}, {verdict}"
    if report.questions_asked is not None:
        few, most = report.questions_asked
        yield "Questions on a full walk", f"{few} to {most}"


def _cases(protocol: Protocol) -> Iterator[tuple[str, str]]:
    cases = judged(Engine(protocol))
    yield "Cases that pass", f"{sum(not one.wrong for one in cases)} of {len(cases)}"
    for used in coverage(protocol, cases):
        share = used.share
        yield f"Used by the cases: {share.name}", f"{share.part} of {share.whole}"
    for share in vignette_figures(cases):
        yield f"Vignettes: {share.name}", f"{share.part} of {share.whole}"


def _mutants() -> Iterator[tuple[str, str]]:
    score = kept()
    drawn = "" if score.judged == score.mutants else ", drawn at random"
    yield (
        "Faults put into the protocol, one at a time",
        f"{score.judged} of {score.mutants}{drawn}",
    )
    yield "Faults after which some advice is less urgent, or allows more pressure", str(score.worse)
    yield "Of these, noticed", f"{score.caught} of {score.worse}, {score.share * 100:.2f} %"
    yield "Noticed by a case", str(score.caught_by_cases)
    yield "Noticed by the proof alone", str(score.caught_by_proof)
    yield "Survivors, each with a reason", str(score.survivors)


def main() -> None:
    """Write the figures into the document."""
    table = figures(load_protocol(find_protocol("muscle_pain")))
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8"), table), encoding="utf-8")


if __name__ == "__main__":
    main()
