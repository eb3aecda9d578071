"""The figures of `docs/safety-case.md`, as the shipped protocol has them.

`python -m tests.safety_figures` writes them anew; read the difference. The score of the mutants is
the kept one: to measure it takes an hour.
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
from tests.proof.accepted_mutants import OPEN
from tests.proof.mutant_record import kept

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "safety-case.md"
START, END = "<!-- figures -->\n", "<!-- end of figures -->\n"


def figures(protocol: Protocol) -> str:
    """Return the tables, as Markdown: all figures, and the score of the mutants kind by kind."""
    rows = [*_sizes(protocol), *_proven(protocol), *_cases(protocol), *_mutants()]
    every = ["| what | figure |\n|---|---|\n", *(f"| {a} | {b} |\n" for a, b in rows)]
    known = ["\nOpen, as far as is known:\n\n", *_open()] if OPEN else []
    return "".join([*every, "\n", *_operators(), *known])


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
    judged, harmful = score.total("judged"), score.total("harmful")
    drawn = "" if judged == score.mutants else ", drawn at random, as evenly by kind as can be"
    yield "Faults put into the protocol, one at a time", f"{judged} of {score.mutants}{drawn}"
    yield "Harmful: less urgent, more pressure, a sign unasked, a precaution lost", str(harmful)
    unserved, refused = score.total("unserved"), score.total("refused")
    share = f"{unserved} of {harmful}, {unserved / harmful * 100:.2f} %"
    yield "Harmful ones that check, cases or proof refuse: never served", share
    share = f"{refused} of {harmful}, {score.share * 100:.2f} %"
    yield "Harmful ones that these refuse, or the test of the hazard log", share
    told, rest = score.total("told"), judged - harmful
    yield "Others that are refused, or that a line of the difference names", f"{told} of {rest}"


def _operators() -> Iterator[str]:
    yield "| fault | judged | harmful | check | cases | proof | hazards | others told | missed |\n"
    yield f"|---{'|---:' * 8}|\n"
    for one in kept().operators:
        caught = f"{one.by_check} | {one.by_cases} | {one.by_proof} | {one.by_log} | {one.told}"
        name = f"{one.fault.value}{' (open)' if one.fault in OPEN else ''}"
        yield f"| {name} | {one.judged} | {one.harmful} | {caught} | {one.survivors} |\n"


def _open() -> Iterator[str]:
    for fault, reason in OPEN.items():
        yield f"- **{fault.value}**: {reason}\n"


def main() -> None:
    """Write the figures into the document."""
    table = figures(load_protocol(find_protocol("muscle_pain")))
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8"), table), encoding="utf-8")


if __name__ == "__main__":
    main()
