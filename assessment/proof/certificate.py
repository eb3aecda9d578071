"""A certificate: what was proven of a protocol, for anybody to check without this program.

`verify/README.md` says what stands in each file. What checks it shares no code with this package.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assessment.engine.answers import all_to_json
from assessment.engine.decision import Engine
from assessment.proof.circuit import Literal
from assessment.proof.refuted import Part, parts, refutation
from assessment.proof.report import Code
from assessment.proof.witnessed import Shown, witnesses

Named = tuple[str, str]
"""A claim by its code and subject."""


@dataclass(frozen=True, slots=True)
class Written:
    """How much a certificate holds."""

    refutations: int
    witnesses: int


def write_certificate(engine: Engine, files: Mapping[str, str], folder: Path) -> Written:
    """Write the certificate of a protocol that was proven.

    `files` are the hashes of the files that it was read from, by their names.

    Raises OSError where something cannot be written, ValueError where a claim does not hold, and
    NotFinishedError where the solver's budget ends first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    protocol = engine.protocol
    shown = list(witnesses(engine))
    found = [_witness(engine, one) for one in shown]
    _write(folder / "witnesses.json", "[\n" + ",\n".join(found) + "\n]\n")
    refuted = [named for part in parts(engine) for named in _write_part(part, folder)]
    named: list[Named] = [*refuted, *((one.code, one.subject) for one in shown)]
    named += [(Code.FINDING_UNUSED, finding.id) for finding in protocol.findings]
    about = {
        "protocol": protocol.id,
        "version": protocol.version,
        "rules": protocol.rules_hash,
        "files": dict(files),
        "claims": named,
    }
    _write(folder / "certificate.json", json.dumps(about, indent=1) + "\n")
    return Written(len(refuted), len(shown))


def _witness(engine: Engine, shown: Shown) -> str:
    answers = [all_to_json(each, engine.protocol.question) for each in shown.answers]
    return json.dumps({"code": shown.code, "subject": shown.subject, "answers": answers})


def _write_part(part: Part, folder: Path) -> Iterator[Named]:
    """Write the clauses of one part, and the refutation of each of its claims."""
    clauses = part.circuit.take_clauses()
    _write(folder / f"{part.id}.cnf", _dimacs(clauses))
    (folder / part.id).mkdir()
    shared = part.circuit.required
    _write(folder / f"{part.id}.shared", _lines(shared))
    used = {abs(literal) for clause in shared for literal in clause}
    for number, claim in enumerate(part.claims, 1):
        lemmas = refutation(clauses, claim.literal)
        used.update(abs(literal) for lemma in lemmas for literal in lemma)
        head = f"c {claim.code} {claim.subject}\nc unit {claim.literal}\n"
        _write(folder / part.id / f"{number:04}.drup", head + _lines(lemmas))
        clauses.append([-claim.literal])  # what is refuted helps with the next
        yield claim.code, claim.subject
    _write(folder / f"{part.id}.names", "".join(_names(part, used)))


def _dimacs(clauses: list[list[Literal]]) -> str:
    last = max(abs(literal) for clause in clauses for literal in clause)
    return f"p cnf {last} {len(clauses)}\n{_lines(clauses)}"


def _lines(clauses: Iterable[list[Literal]]) -> str:
    return "".join(f"{' '.join(map(str, (*clause, 0)))}\n" for clause in clauses)


def _names(part: Part, used: Iterable[Literal]) -> Iterator[str]:
    """Yield a line for each variable that the lemmas use, and for what these are made of."""
    names = {variable: name for name, variable in part.names.items()}
    gates = {gate: inside for inside, gate in part.circuit.gates.items()}
    needed: set[Literal] = set()
    waiting = list(used)
    while waiting:
        one = waiting.pop()
        if one not in needed and one != part.circuit.true:
            needed.add(one)
            waiting += [abs(each) for each in gates.get(one, ())]
    for one in sorted(needed):
        made = names[one] if one in names else f"and {' '.join(map(str, gates[one]))}"
        yield f"{one} {made}\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
