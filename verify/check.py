"""Checks a certificate: whether everything that a protocol claims is shown for all answers.

    python verify/check.py PROTOCOL CERTIFICATE

PROTOCOL is the folder of YAML, CERTIFICATE what `assessment prove --certificate` wrote. Which
claims there have to be is worked out from the protocol; the list in the certificate is only held
against that. Ends with 0 when every one is shown, with 1 when any is not, and with 2 when nothing
could be checked.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path

import rup
import yaml
from encode import (
    CLEARANCE,
    EMERGENCY,
    TRUE,
    Circuit,
    Claim,
    Literal,
    Node,
    Protocol,
    Sheet,
    asked,
    bounded,
    interrupts,
    listed,
    monotone,
    short_walks,
)

FILES = ("protocol.yaml", "questions.yaml", "rules.yaml", "recommendations.yaml", "safety.yaml")
NOT_CHECKED = """\
Not checked: the cases, the words, what `assessment check` finds, and whether the program that asks
and decides does so as the protocol says."""
Verdict = tuple[str, str, str | None]  # code, subject, and what is wrong, if anything is
BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, yaml.YAMLError)
"""What comes of a file that is not there, or not as README.md says."""


def texts_of(folder: Path) -> dict[str, str]:
    """Return the files of a protocol, without what an editor adds on its own."""
    texts = {}
    for name in FILES:
        if name == "safety.yaml" and not (folder / name).exists():
            texts[name] = "[]"
        else:
            text = (folder / name).read_bytes().decode("utf-8-sig")
            texts[name] = text.replace("\r\n", "\n").replace("\r", "\n")
    return texts


def refuted(
    protocol: Protocol, only: Collection[str] | None = None
) -> Iterator[tuple[str, Circuit, list[Claim]]]:
    """Yield the claims of each part, or of `only` these, with the clauses that they share."""
    every: dict[str, Callable[[Protocol, Sheet], Iterator[Claim]]]
    every = {"one": bounded, "asked": asked, "interrupts": interrupts, "short": short_walks}
    for name, one in protocol.questions.items():
        if one["worse"] or any(said["safety"] for said in one["options"].values()):
            every[f"worse-{name}"] = partial(monotone, name)
    for part, claims in every.items():
        if only is None or part in only:
            sheet = Sheet(Circuit(), protocol)
            yield part, sheet.circuit, list(claims(protocol, sheet))


def refutations(
    folder: Path, name: str, circuit: Circuit, claims: list[Claim]
) -> Iterator[Verdict]:
    """Yield what the refutations of one part come to; each claim that holds helps the next."""
    wrong: str | None
    try:
        text = (folder / f"{name}.names").read_text(encoding="utf-8")
        known = rup.names(text, circuit.named, circuit.conj)
        checker = rup.Checker(circuit.clauses(), circuit.last)
        _learn(checker, circuit, (folder / f"{name}.shared").read_text(encoding="utf-8"), known)
    except BROKEN as error:
        wrong = f"what the part shares cannot be read: {error!r}"
        yield from ((code, subject, wrong) for code, subject, _ in claims)
        return
    for number, (code, subject, literal) in enumerate(claims, 1):
        try:
            text = (folder / name / f"{number:04}.drup").read_text(encoding="utf-8")
            wrong = "its file is that of another claim"
            if text.partition("\n")[0] == f"c {code} {subject}":
                wrong = checker.refutes([literal], list(rup.read(text, known)))
        except BROKEN as error:
            wrong = f"its file cannot be read: {error!r}"
        if wrong is None:
            checker.add([-literal])
        yield code, subject, wrong


def _learn(checker: rup.Checker, circuit: Circuit, text: str, known: Mapping[int, int]) -> None:
    """Add the lemmas that all claims of a part share. Raises ValueError where one says too much."""
    required = {frozenset(clause) for clause in circuit.required}
    for lemma in rup.read(text, known):
        if frozenset(lemma) not in required:
            if checker.refutes([-literal for literal in lemma], [[]]):
                raise ValueError(f"{lemma} does not follow")
            checker.add(lemma)


def alive(protocol: Protocol, sheet: Sheet) -> Iterator[Claim]:
    """Yield what some answers must show."""
    disj, emergencies = sheet.circuit.disj, []
    for code, found in (
        ("promise-empty", protocol.promises),
        ("rule-never-fires", protocol.rules),
        ("precaution-never-applies", protocol.precautions),
        ("support-never-shown", protocol.support),
    ):
        yield from ((code, one["id"], sheet.yes(one["when"])) for one in found)
    for name, finding in protocol.findings.items():
        yield "finding-never-holds", name, sheet.yes(finding["when"])
    for rule, fires in zip(protocol.rules, sheet.fires, strict=True):
        yield "rule-never-counts", rule["id"], disj(fires)
        emergencies += [sheet.yes(rule["when"])] if rule["recommend"] == EMERGENCY else []
    for name in (name for name, one in protocol.questions.items() if not one["line"]):
        calm = sheet.circuit.conj((sheet.asked[name], -disj(emergencies)))
        yield "question-never-asked", name, calm
    for name in protocol.advice.keys() - {EMERGENCY, CLEARANCE}:
        yield "recommendation-never-given", name, sheet.wins[name]


def mattering(protocol: Protocol, sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    """Yield each question with the options that must matter; none where any answer to it must."""
    read = _read(protocol, sheet)
    for name, one in protocol.questions.items():
        must, spared = [], one["type"] != "choice"
        for option, said in one["options"].items():
            if not spared and (name, option) not in read:
                spared = True  # it is what is left when the others are read
            elif not said["informs"]:
                must.append(option)
        if one["line"] or one["type"] == "areas":
            continue
        yield from (("option-never-matters", name, option) for option in must)
        if not must and not one["informs"]:
            yield "question-never-matters", name, ""


def _read(protocol: Protocol, sheet: Sheet) -> frozenset[tuple[str, str]]:
    """Return the answers and findings that anything reads which is decided, told or asked."""
    when = [one["when"] for one in protocol.rules]
    when += [*protocol.requires.values(), *protocol.told, *protocol.noted]
    when += [one["enable_when"] for one in protocol.questions.values() if not one["line"]]
    return frozenset().union(*map(sheet.reads, when))


class Answers:
    """One answer set of a certificate, and what it comes to on a sheet."""

    def __init__(self, sheet: Sheet, given: Mapping[str, Node]) -> None:
        self.given = {name: listed(answer) for name, answer in given.items()}
        chosen = [TRUE]
        for name, answer in self.given.items():
            one, keys = sheet.protocol.questions[name], answer
            if one["optional"]:
                chosen.append(sheet.circuit.named[f"{name}.offered"])
            if one["numbers"] and answer != ["not_sure"]:
                one["numbers"].index(answer[0])  # ValueError where it is out of bounds
                keys = [f">={step}" for step in one["numbers"][1:] if step <= answer[0]]
            chosen += [sheet.var[name][key] for key in keys]
        self.holds = _evaluated(sheet.circuit, chosen)
        if not all(any(map(self.holds, clause)) for clause in sheet.circuit.required):
            raise ValueError("nobody can answer so")
        if any(self.holds(asked) != (name in given) for name, asked in sheet.asked.items()):
            raise ValueError("it answers what is not asked")

    def differs(self, other: Answers, name: str, option: str, *, is_set: bool) -> bool:
        """Whether the other answers tick this option as well, and agree on all else asked of both.

        Of a choice it is chosen instead of another one. Without an option any answer will do.
        """
        mine, its = set(self.given[name]), set(other.given[name])
        both = (self.given.keys() & other.given.keys()) - {name}
        if any(set(self.given[each]) != set(other.given[each]) for each in both):
            return False
        if not option:
            return mine != its
        if is_set:
            return option in its - mine and its == (mine | {option}) - {"none"}
        return its == {option} and not mine & {option, "not_sure"}


def _evaluated(circuit: Circuit, chosen: Iterable[Literal]) -> Callable[[Literal], bool]:
    """Return what holds where these variables are true, and all others that have a name false."""
    value = [False] * (circuit.last + 1)
    for variable in chosen:
        value[variable] = True

    def holds(literal: Literal) -> bool:
        return value[abs(literal)] is (literal > 0)

    for key, gate in circuit.gates.items():
        value[gate] = all(map(holds, key))
    return holds


def witnesses(protocol: Protocol, found: Iterable[Mapping[str, Node]]) -> Iterator[Verdict]:
    """Yield whether answers show that nothing in the protocol is dead."""
    by_claim = {(one["code"], one["subject"]): one["answers"] for one in found}
    sheet = Sheet(Circuit(), protocol)
    for code, subject, literal in list(alive(protocol, sheet)):
        try:
            [given] = by_claim[code, subject]
            shown = Answers(sheet, given).holds(literal)
            yield code, subject, None if shown else "the answers do not show it"
        except BROKEN as error:
            yield code, subject, f"no answers show it: {error!r}"
    seen = _seen(protocol, sheet)
    for code, name, option in mattering(protocol, sheet):
        subject = f"{name}.{option}" if option else name
        try:
            one, other = (Answers(sheet, given) for given in by_claim[code, subject])
            unlike = any(one.holds(literal) != other.holds(literal) for literal in seen)
            is_set = protocol.questions[name]["type"] == "choices"
            shown = unlike and one.differs(other, name, option, is_set=is_set)
            yield code, subject, None if shown else "the answers do not show it"
        except BROKEN as error:
            yield code, subject, f"no answers show it: {error!r}"
    promises = [sheet.reads(one["when"]) for one in protocol.promises]
    used = _read(protocol, sheet).union(*promises)
    for name in protocol.findings:
        yield "finding-unused", name, None if ("finding", name) in used else "nothing reads it"


def _seen(protocol: Protocol, sheet: Sheet) -> list[Literal]:
    """Return what a person or a therapist sees a difference in."""
    seen = [literal for fires in sheet.fires for literal in fires]
    seen += [sheet.asked[name] for name, one in protocol.questions.items() if not one["line"]]
    seen += map(sheet.yes, (*protocol.told, *protocol.noted))
    return [*seen, *map(sheet.maybe, protocol.noted)]


def verdicts(protocol: Protocol, folder: Path, about: Mapping[str, Node]) -> Iterator[Verdict]:
    """Yield every claim of the protocol, and every one that only the certificate names."""
    named = {(code, subject) for code, subject in about["claims"]}
    demanded = set()
    found = json.loads((folder / "witnesses.json").read_text(encoding="utf-8"))
    every = chain.from_iterable(refutations(folder, *part) for part in refuted(protocol))
    for code, subject, wrong in chain(witnesses(protocol, found), every):
        demanded.add((code, subject))
        yield code, subject, wrong
    for code, subject in sorted(demanded - named):
        yield code, subject, "the certificate does not name it"
    for code, subject in sorted(named - demanded):
        yield code, subject, "not checked: the protocol makes no such claim"


def main(arguments: list[str]) -> int:
    """Check a certificate, say what holds, and return how to end."""
    if len(arguments) != 2:
        return _end(2, "usage: python verify/check.py PROTOCOL CERTIFICATE")
    source, folder = map(Path, arguments)
    try:
        texts = texts_of(source)
        protocol = Protocol(texts.values())
    except BROKEN as error:
        return _end(2, f"`{source}` cannot be read as a protocol: {error}")
    try:
        about = json.loads((folder / "certificate.json").read_text(encoding="utf-8"))
        files = {name: about["files"][name] for name in texts}
    except BROKEN as error:
        return _end(2, f"`{folder}` cannot be read as a certificate: {error}")
    for name, text in texts.items():
        if hashlib.sha256(text.encode()).hexdigest() != files[name]:
            return _end(1, f"This certificate is of another protocol: its {name} differs.")
    shown, wrong = Counter[str](), []
    try:
        for code, subject, fault in verdicts(protocol, folder, about):
            shown[code] += fault is None
            wrong += [f"{code} {subject}: {fault}"] if fault else []
    except BROKEN as error:
        return _end(1, f"It could not be checked to its end: {error!r}")
    lines = [f"{number:6} {code}" for code, number in sorted(shown.items()) if number]
    verdict = f"{len(wrong)} claims are not shown." if wrong else "Every claim is shown."
    return _end(1 if wrong else 0, "\n".join([*lines, *wrong, verdict, NOT_CHECKED]))


def _end(code: int, says: str) -> int:
    sys.stdout.write(f"{says}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
