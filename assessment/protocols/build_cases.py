"""Cases from their tree: answers are parsed as a person's would be."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from assessment.engine.answers import AnswerProblem, parse
from assessment.engine.protocol import Case, Recommend
from assessment.engine.questions import NOT_SURE, Question
from assessment.engine.words import offered
from assessment.protocols.diagnostics import Code, Place, Report
from assessment.protocols.fields import BY_ID, Fields, is_new, recommend_at, records
from assessment.protocols.nodes import Entries, Items, Scalar, Value, describe


class CaseBuilder:
    """Builds the cases over these questions; of `broken` ones nothing more is said."""

    def __init__(
        self, questions: Mapping[str, Question], report: Report, broken: Collection[str]
    ) -> None:
        self._questions = questions
        self._broken = broken
        self._report = report

    def build(
        self,
        tree: Value | None,
        rules: Collection[str] | None,
        precautions: Collection[str] | None = None,
    ) -> tuple[Case, ...]:
        """Return the cases; answers outside their question's domain are reported.

        `rules` and `precautions` are their ids, where they could be read. What is usual is an
        answer of every case that gives none of its own.
        """
        built: dict[str, Case] = {}
        listed = tree.get("cases") if isinstance(tree, Entries) else tree
        usual = self._usual(tree) if isinstance(tree, Entries) else {}
        for fields in records(listed):
            expected = recommend_at(fields, "expected")
            if not is_new(fields, built, self._report) or expected is None:
                continue
            faults = len(self._report.diagnostics)
            rule = fields.one_or_more("rule")
            noted = fields.scalars("precautions")
            self._check_ids(rule, "the id of a rule", rules)
            self._check_ids(noted, "the id of a precaution", precautions)
            name = fields.words("id")
            answers = {**usual, **self._answers(fields.get("answers"), fields.place)}
            if len(self._report.diagnostics) > faults:
                continue  # with an answer that cannot be read it would be another case
            built[name] = Case(
                id=name,
                title=fields.words("title"),
                answers=answers,
                expected=expected,
                acceptable=_recommends(fields, "acceptable"),
                never=_recommends(fields, "never"),
                rule=fields.words("rule") or None,
                precautions=tuple(item.text for item in noted),
            )
        return tuple(built.values())

    def _check_ids(
        self, named: tuple[Scalar, ...], what: str, known: Collection[str] | None
    ) -> None:
        for item in named:
            if known is not None and item.text and item.text not in known:
                self._report.unknown(item.place, Code.BAD_CASE, item.text, what, known)

    def _usual(self, tree: Entries) -> dict[str, object]:
        """Return the usual answers: none that a case should have to say itself."""
        value = tree.get("usual")
        usual = {} if value is None else self._answers(value, tree.place)
        places = {key.text: inner.place for key, inner in _entries(value)}
        for name, raw in usual.items():
            signs = {one.id: one.safety for one in self._questions[name].options if one.safety}
            for each in raw if isinstance(raw, list) else [raw]:
                if each == NOT_SURE or each in signs:
                    why = "safety: " + signs[each] if each in signs else "told by who is not sure"
                    self._report.add(
                        places[name],
                        Code.BAD_CASE,
                        f"`{each}` as usual ({why})",
                        f"an answer to `{name}` that is no sign of anything",
                    )
        return usual

    def _answers(self, tree: Value | None, place: Place) -> dict[str, object]:
        answers: dict[str, object] = {}
        if not isinstance(tree, Entries):
            where = place if tree is None else tree.place
            self._report.add(where, Code.BAD_CASE, "no mapping", "question ids to answers")
            return answers
        for key, value in tree.entries:
            question = self._questions.get(key.text)
            if question is None and key.text in self._broken:
                continue
            if question is None:
                self._report.unknown(
                    key.place, Code.BAD_CASE, key.text, "a question", self._questions
                )
                continue
            raw = _plain(value)
            try:
                parse(question, raw)
            except AnswerProblem as problem:
                found = problem.found if isinstance(problem.found, str | int) else None
                shown = describe(value) if found is None else f"`{found}`"
                self._report.add(
                    _place_of(found, value),
                    Code.BAD_CASE,
                    f"{shown} ({problem.kind.replace('_', ' ')})",
                    f"an answer to `{key.text}`: {offered(question)}",
                    found if isinstance(found, str) else "",
                    question.values,
                )
                continue
            answers[key.text] = raw
        return answers


def _entries(value: Value | None) -> tuple[tuple[Scalar, Value], ...]:
    return value.entries if isinstance(value, Entries) else ()


def _recommends(fields: Fields, key: str) -> tuple[Recommend, ...]:
    return tuple(BY_ID[item.text] for item in fields.scalars(key) if item.text in BY_ID)


def _place_of(found: object, answer: Value) -> Place:
    items = answer.items if isinstance(answer, Items) else ()
    return next((item.place for item in items if _plain(item) == found), answer.place)


def _plain(value: Value) -> object:
    """Return the value as JSON would hold it; `no` stays the word that was written."""
    if isinstance(value, Items):
        return [_plain(item) for item in value.items]
    if isinstance(value, Scalar):
        return value.text if isinstance(value.value, bool) else value.value
    return {}
