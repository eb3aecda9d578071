"""The benchmark's rules for zen-engine: as one compiled expression and as a decision table.

Both take the answers as they are and do the same job as the twin: they work out which questions
are asked and what is unknown, and give the rules that are yes and those that are unknown. An
author would write the same by hand; here they are printed from what each condition means.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import zen

from assessment.engine.answers import Answers
from assessment.engine.decision import Engine
from assessment.engine.logic import And, AtLeast, Atom, AtomKind, Expr, Negated, Or, atoms
from assessment.engine.questions import Question

Fired = tuple[list[str], list[str]]
Context = dict[str, Any]

YES, UNKNOWN = 1, 2
NOTHING = -1  # a number that no test accepts: not asked, or unknown


def context(answers: Answers) -> Context:
    """The answers as zen takes them: it knows lists, not sets."""
    return {
        name: sorted(answer) if isinstance(answer, frozenset) else answer
        for name, answer in answers.items()
    }


class ZenRules:
    """Everything that is printed for zen, over one engine's protocol."""

    def __init__(self, engine: Engine) -> None:
        self._questions = engine.protocol.question
        self._asked = engine.meanings.asked
        self._rules: list[tuple[str, Expr, Expr | None]] = [
            (rule.id, meaning.surely, meaning.possibly if rule.if_unsure else None)
            for rule, meaning in zip(engine.protocol.rules, engine.meanings.rules, strict=True)
        ]
        self._may_matter_unknown = {
            atom.question
            for expr in (*self._asked.values(), *_exprs(self._rules))
            for atom in atoms(expr)
            if atom.kind is AtomKind.OPEN
        }

    def expression(self) -> Callable[[Context], Fired]:
        """One compiled expression that marks every rule."""
        lines = [f"{name} = {value}; " for name, value in self._readings("")]
        marks = [
            f"{self._print(surely)} ? {YES} : "
            + (f"({self._print(possibly)} ? {UNKNOWN} : 0)" if possibly else "0")
            for _, surely, possibly in self._rules
        ]
        evaluate = zen.compile_expression(f"{''.join(lines)}[{', '.join(marks)}]").evaluate
        names = [name for name, _, _ in self._rules]

        def fired(answers: Context) -> Fired:
            marks = evaluate(answers)
            return (
                [name for name, mark in zip(names, marks, strict=True) if mark == YES],
                [name for name, mark in zip(names, marks, strict=True) if mark == UNKNOWN],
            )

        return fired

    def table(self) -> Callable[[Context], Fired]:
        """The decision table, made and asked as in the first example of zen's documentation."""
        return _rows_of(zen.ZenEngine().create_decision(json.dumps(self._graph())).evaluate)

    def loaded_table(self) -> Callable[[Context], Fired]:
        """The same table through a loader that keeps it compiled, zen's fastest way."""
        content = zen.ZenDecisionContent(json.dumps(self._graph()))
        engine = zen.ZenEngine({"loader": lambda _: content})
        return _rows_of(lambda answers: engine.evaluate("table", answers))

    def _readings(self, earlier: str) -> Iterator[tuple[str, str]]:
        """What each question holds, in order; `earlier` stands before what was read already."""
        for question in self._questions.values():
            name = question.id
            asked = f"{self._print(self._asked[name], earlier)} ? " if name in self._asked else ""
            if question.kind.is_set:
                yield name, f"{asked}({name} ?? ['not_sure'])" + (" : []" if asked else "")
            elif not question.kind.is_numeric:
                yield name, f"{asked}({name} ?? 'not_sure')" + (" : ''" if asked else "")
            else:
                known = f"type({name}) == 'number'"
                if name in self._may_matter_unknown:
                    yield f"{name}_unknown", f"{asked}not ({known})" + (" : false" if asked else "")
                number = f"({known} ? {name} : {NOTHING})"
                yield name, f"{asked}{number}" + (f" : {NOTHING}" if asked else "")

    def _graph(self) -> dict[str, object]:
        questions = [{"id": name, "name": name, "field": name} for name in self._questions]
        more = {"id": "more", "name": "and"}
        output = {"id": "mark", "name": "mark", "field": "mark"}
        readings = [
            {"id": name, "key": name, "value": value} for name, value in self._readings("$.")
        ]
        table = {
            "hitPolicy": "collect",
            "inputs": [*questions, more],
            "outputs": [output],
            "rules": list(self._rows()),
        }
        return {
            "nodes": [
                _node("request", "inputNode", {}),
                _node("answers", "expressionNode", {"expressions": readings, "passThrough": True}),
                _node("rules", "decisionTableNode", table),
                _node("response", "outputNode", {}),
            ],
            "edges": [
                _edge("request", "answers"),
                _edge("answers", "rules"),
                _edge("rules", "response"),
            ],
        }

    def _rows(self) -> Iterator[dict[str, str]]:
        for name, surely, possibly in self._rules:
            yield {"_id": name, **self._cells(_parts(surely)), "mark": f"'{name}'"}
            if possibly is not None:
                parts = [*_parts(possibly), Negated(surely)]
                yield {"_id": f"{name}?", **self._cells(parts), "mark": f"'{name}?'"}

    def _cells(self, parts: Iterable[Expr]) -> dict[str, str]:
        """One cell for each test of one question, and the rest as an expression."""
        cells: dict[str, str] = {}
        rest = []
        for part in parts:
            names = {atom.question for atom in atoms(part)}
            name = min(names)
            test = self._unary(part) if len(names) == 1 and name not in cells else None
            if test is None:
                rest.append(self._print(part))
            else:
                cells[name] = test
        return cells | ({"more": " and ".join(rest)} if rest else {})

    def _unary(self, part: Expr) -> str | None:
        """The test as a cell of its question's column, where it has such a form."""
        match part:
            case Atom(question, AtomKind.AT_LEAST, value):
                return f">= {value}"
            case Atom(question, AtomKind.AT_MOST, value):
                return f"[0..{value}]"
            case Atom(question) if self._questions[question].kind.is_set:
                return f"'{_value(part)}' in $"
            case Atom(question, AtomKind.HAS):
                return f"'{part.value}'"
            case Or():
                values = [_value(atom) for atom in atoms(part)]
                question_of = self._questions[next(atoms(part)).question]
                if not (question_of.kind.is_set or question_of.kind.is_numeric):
                    return _listed(values)
        return None

    def _print(self, expr: Expr, earlier: str = "") -> str:
        match expr:
            case Atom():
                return self._atom(expr, earlier)
            case And((Atom(name, AtomKind.AT_LEAST, low), Atom(_, AtomKind.AT_MOST, high))):
                return f"{earlier}{name} in [{low}..{high}]"
            case And(parts):
                return f"({' and '.join(self._print(part, earlier) for part in parts)})"
            case Or():
                return self._either(expr, earlier)
            case Negated(part):
                return f"not ({self._print(part, earlier)})"
            case AtLeast(number, parts):
                ones = [f"({self._print(part, earlier)} ? 1 : 0)" for part in parts]
                return f"({' + '.join(ones)} >= {number})"

    def _either(self, expr: Or, earlier: str) -> str:
        """An `or`; several options of one choice become one list."""
        options: dict[str, list[str]] = {}
        rest = []
        for part in _flat(expr):
            if isinstance(part, Atom) and not _is_special(self._questions[part.question]):
                options.setdefault(part.question, []).append(_value(part))
            else:
                rest.append(self._print(part, earlier))
        listed = [
            f"{earlier}{name} == '{values[0]}'"
            if len(values) == 1
            else f"{earlier}{name} in [{_listed(values)}]"
            for name, values in options.items()
        ]
        return f"({' or '.join(listed + rest)})"

    def _atom(self, atom: Atom, earlier: str) -> str:
        name = f"{earlier}{atom.question}"
        kind = self._questions[atom.question].kind
        match atom.kind:
            case AtomKind.AT_LEAST:
                return f"{name} >= {atom.value}"
            case AtomKind.AT_MOST:
                return f"{name} in [0..{atom.value}]"
            case AtomKind.OPEN if kind.is_numeric:
                return f"{name}_unknown"
            case _:
                return (
                    f"'{_value(atom)}' in {name}" if kind.is_set else f"{name} == '{_value(atom)}'"
                )


def _rows_of(evaluate: Callable[[Context], Mapping[str, Any]]) -> Callable[[Context], Fired]:
    def fired(answers: Context) -> Fired:
        marks = [row["mark"] for row in evaluate(answers)["result"]]
        return (
            [mark for mark in marks if mark[-1] != "?"],
            [mark[:-1] for mark in marks if mark[-1] == "?"],
        )

    return fired


def _is_special(question: Question) -> bool:
    return question.kind.is_set or question.kind.is_numeric


def _exprs(rules: Iterable[tuple[str, Expr, Expr | None]]) -> Iterator[Expr]:
    for _, surely, possibly in rules:
        yield surely
        if possibly is not None:
            yield possibly


def _value(atom: Atom) -> str:
    return "not_sure" if atom.kind is AtomKind.OPEN else str(atom.value)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in dict.fromkeys(values))


def _parts(expr: Expr) -> tuple[Expr, ...]:
    return expr.parts if isinstance(expr, And) else (expr,)


def _flat(expr: Or) -> Iterator[Expr]:
    for part in expr.parts:
        if isinstance(part, Or):
            yield from _flat(part)
        else:
            yield part


def _node(name: str, kind: str, content: object) -> dict[str, object]:
    return {"id": name, "name": name, "type": kind, "content": content}


def _edge(start: str, end: str) -> dict[str, str]:
    return {"id": f"{start}-{end}", "sourceId": start, "targetId": end, "type": "edge"}
