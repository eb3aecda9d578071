"""Keeps counterexamples: as cases for `cases.yaml`, and as answers that can be walked."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path

import yaml

from assessment.engine.answers import all_to_json
from assessment.engine.protocol import Protocol, Recommend
from assessment.proof.report import Bounds, Code, Failure, Witness

NO_CASE = (
    Code.CASE_FAILS,
    Code.SHORT_WALK_DIFFERS,
    Code.INTERRUPT_TAKEN_BACK,
    Code.SIGN_DOES_NOT_INTERRUPT,
)
"""What no case can show: it is one, or it is about answers that are not complete."""


def save_cases(protocol: Protocol, failures: Iterable[Failure], file: Path) -> list[Path]:
    """Append a case for each counterexample, and write its answers as JSON beside the file.

    A case expects the least that would keep what was broken; it is the author who decides what
    is right. Returns the files that were written. Raises OSError when one cannot be, and
    ValueError when the file is there and does not end with a list of cases.
    """
    known = file.read_text(encoding="utf-8") if file.exists() else ""
    listed, indent = _listed(known, file)
    taken = {str(case.get("id")) for case in listed if isinstance(case, dict)}
    cases, written = [], []
    for failure in failures:
        witness = failure.worse or failure.witness
        if witness is None or failure.code in NO_CASE:
            continue
        name = _new_name(failure, taken)
        taken.add(name)
        cases.append(_case(protocol, failure, witness, name))
        answers = file.with_name(f"{file.stem}-{name}.json")
        answers.write_text(_json(all_to_json(witness.answers, protocol.question)), encoding="utf-8")
        written.append(answers)
    if not cases:
        return []
    before = known.rstrip() + "\n" if listed else ""
    text = yaml.safe_dump(cases, allow_unicode=True, sort_keys=False, width=100)
    file.write_text(before + textwrap.indent(text, indent), encoding="utf-8")
    return [file, *written]


def _listed(text: str, file: Path) -> tuple[list[object], str]:
    """Return the cases at the end of a text, and the indentation of another one."""
    known = yaml.safe_load(text)
    if isinstance(known, dict) and [*known][-1:] == ["cases"]:
        indents = re.findall(r"^( *)- ", text[text.index("cases:") :], re.MULTILINE)
        known, indent = known["cases"], min(indents, default="")
    else:
        indent = ""
    if known is not None and not isinstance(known, list):
        raise ValueError(f"{file} does not end with a list of cases")
    return known or [], indent


def _case(protocol: Protocol, failure: Failure, witness: Witness, name: str) -> dict[str, object]:
    bounds = failure.bounds or Bounds(urgency_at_least=1)
    is_asking = failure.code in (Code.SIGN_NOT_ASKED, Code.RESTS_ON_CONFIRMED)
    if is_asking or bounds.told is not None:
        # Not the recommendation is wrong, but what was asked for it, or what is told beside it.
        given = witness.decision.recommend
        bounds = Bounds(given.urgency, given.pressure)
    keeping = [each for each in Recommend if bounds.kept_by(each) and each in protocol.advice]
    broken = [each.id for each in protocol.advice if each not in keeping]
    case: dict[str, object] = {
        "id": name,
        "title": f"Found by the proof. {failure.says}",
        "answers": all_to_json(witness.answers, protocol.question),
        "expected": keeping[-1].id,
    }
    if keeping[:-1]:
        case["acceptable"] = [each.id for each in keeping[:-1]]
    if broken:
        case["never"] = broken
    return case


def _new_name(failure: Failure, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", f"found_{failure.code}_{failure.subject}".lower())
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
