"""Answers as a file gives them: JSON for the command line, or cases that were saved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Never

from assessment.engine.answers import Answer, AnswerProblem, Answers, parse
from assessment.engine.protocol import Protocol
from assessment.engine.words import offered
from assessment.protocols.build_cases import CaseBuilder
from assessment.protocols.diagnostics import Report
from assessment.protocols.files import BIGGEST, FILES
from assessment.protocols.nodes import read_yaml


@dataclass(frozen=True, slots=True)
class GivenCase:
    """Answers under a name, to be tried out."""

    id: str
    title: str
    answers: Answers


def read_cases(file: Path, protocol: Protocol) -> tuple[GivenCase, ...]:
    """Return the cases of a file: one JSON object of answers, or a list like `cases.yaml`.

    Raises ValueError with a report when it cannot be read or an answer is none.
    """
    try:
        data = file.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not text in UTF-8") from None
    if len(data) > BIGGEST:
        raise ValueError(f"{file} is too large: {len(data):,} bytes; expected {BIGGEST:,} at most")
    if text.lstrip().startswith("{"):
        try:
            return (GivenCase("answers", file.name, read_answers(text, protocol)),)
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from None
    return _listed(text, file, protocol)


def documents(text: str) -> Iterator[tuple[int, str]]:
    """Yield each JSON document with its line: the whole text when it is one, else each line."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield number, line
    else:
        yield 1, text


def read_answers(text: str, protocol: Protocol) -> dict[str, Answer]:
    """Return the answers of a JSON object.

    Raises ValueError with what was found and what was expected.
    """
    raw = _json(text)
    if not isinstance(raw, dict):
        raise ValueError(f"found {_shown(raw)}; expected an object of question ids to answers")
    answers = {}
    for name, value in raw.items():
        question = protocol.question.get(name)
        if question is None:
            raise ValueError(f"no question {_shown(name)}")
        try:
            answers[name] = parse(question, value)
        except AnswerProblem as problem:
            found = _shown(value if problem.found is None else problem.found)
            kind = problem.kind.replace("_", " ")
            raise ValueError(f"`{name}`: {kind} {found}; expected {offered(question)}") from None
    return answers


def _listed(text: str, file: Path, protocol: Protocol) -> tuple[GivenCase, ...]:
    report = Report()
    tree = read_yaml(text, str(file), report)
    if tree is not None:
        FILES["cases.yaml"].check(tree, report)
    cases = (
        () if report.diagnostics else CaseBuilder(protocol.question, report, ()).build(tree, None)
    )
    if report.diagnostics:
        raise ValueError("\n".join(map(str, report.diagnostics)))
    if not cases:
        raise ValueError(f"{file} holds no case")
    question = protocol.question
    return tuple(
        GivenCase(
            case.id,
            case.title,
            {name: parse(question[name], raw) for name, raw in case.answers.items()},
        )
        for case in cases
    )


def _json(text: str) -> object:
    """Return the value of a JSON text, read strictly: each key once, and nothing but JSON."""
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    once: dict[str, object] = {}
    for key, value in pairs:
        if key in once:
            raise ValueError(f"{_shown(key)} twice; expected each key once")
        once[key] = value
    return once


def _no_number(name: str) -> Never:
    raise ValueError(f"no JSON: {name}")


def _whole(digits: str) -> int:
    if len(digits) > 18:
        raise ValueError("a number with too many digits")
    return int(digits)


def _shown(value: object) -> str:
    """Return what was found, for one line of a report."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = value if isinstance(value, str) else json.dumps(value)
    return f"`{text if len(text) <= 40 else text[:37] + '...'}`"
