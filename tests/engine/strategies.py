"""Random small protocols, always valid, and random answers to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from assessment.engine.answers import Answer
from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Not,
    Operator,
    Test,
)
from assessment.engine.lines import lines_of
from assessment.engine.protocol import (
    Advice,
    Finding,
    Limit,
    Precaution,
    Protocol,
    Recommend,
    Rule,
    Support,
)
from assessment.engine.questions import NONE, NOT_SURE, Kind, Option, Question, Side
from tests.bare import BARE, WORDS

DEEPEST = 2


@dataclass(frozen=True)
class Scope:
    """What a condition may name."""

    questions: tuple[Question, ...] = ()
    findings: tuple[str, ...] = ()


@st.composite
def questions(draw: st.DrawFn, name: str, earlier: Scope) -> Question:
    kind = draw(st.sampled_from(Kind))
    has_options = kind.is_set or kind is Kind.CHOICE
    options = "abcd"[: draw(st.integers(1, 4))] if has_options else ""
    unsure = draw(st.booleans())
    low, high = {Kind.SCALE: (0, 10), Kind.NUMBER: (-3, 12)}.get(kind, (None, None))
    return Question(
        id=name,
        kind=kind,
        ask=WORDS,
        short=WORDS,
        options=tuple(
            Option(one, WORDS, side=Side.FRONT if kind is Kind.AREAS else None) for one in options
        ),
        ordered=kind is Kind.CHOICE and draw(st.booleans()),
        none_label=WORDS if kind.is_set and draw(st.booleans()) else None,
        not_sure_label=WORDS if unsure else None,
        clarify=unsure and kind is Kind.CHOICES and draw(st.booleans()),
        minimum=low,
        maximum=high,
        enable_when=draw(conditions(earlier))
        if bool(earlier.questions) and draw(st.booleans())
        else None,
        private=draw(st.integers(0, 5)) == 0,
        optional=draw(st.integers(0, 5)) == 0,
    )


@st.composite
def conditions(draw: st.DrawFn, scope: Scope, depth: int = DEEPEST) -> Condition:
    """Any condition over the questions and findings of the scope."""
    form = draw(st.sampled_from(("test", "test", "finding", "not", "all", "any", "count")))
    if form == "finding" and scope.findings:
        return FindingRef(draw(st.sampled_from(scope.findings)))
    if depth == 0 or form in ("test", "finding"):
        return draw(tests(draw(st.sampled_from(scope.questions))))
    if form == "not":
        return Not(draw(conditions(scope, depth - 1)))
    parts = tuple(draw(st.lists(conditions(scope, depth - 1), min_size=1, max_size=4)))
    if form == "count":
        return Count(draw(st.integers(1, len(parts))), parts)
    return All(parts) if form == "all" else Any(parts)


@st.composite
def tests(draw: st.DrawFn, question: Question) -> Test:
    if question.kind.is_numeric:
        assert question.minimum is not None
        assert question.maximum is not None
        bound = st.integers(question.minimum, question.maximum)
        low, high = sorted((draw(bound), draw(bound)))
        if draw(st.booleans()):
            return Test(question.id, Operator.BETWEEN, (low, high))
        return Test(
            question.id, draw(st.sampled_from((Operator.AT_LEAST, Operator.AT_MOST))), (low,)
        )
    operators = [Operator.IS, Operator.NONE_OF]
    if question.kind.is_set:
        operators.append(Operator.ALL_OF)
    if question.ordered:
        operators += [Operator.AT_LEAST, Operator.AT_MOST, Operator.BETWEEN]
    operator = draw(st.sampled_from(operators))
    if operator in (Operator.IS, Operator.NONE_OF, Operator.ALL_OF):
        several = st.lists(st.sampled_from(question.values), min_size=1, max_size=3, unique=True)
        return Test(question.id, operator, tuple(draw(several)))
    ids = [option.id for option in question.options]
    first = draw(st.integers(0, len(ids) - 1))
    last = draw(st.integers(first, len(ids) - 1))
    operand = (ids[first], ids[last]) if operator is Operator.BETWEEN else (ids[first],)
    return Test(question.id, operator, operand)


@st.composite
def rules(draw: st.DrawFn, name: str, scope: Scope) -> Rule:
    recommend = draw(st.sampled_from(Recommend))
    lower = [one for one in Recommend if one.place >= recommend.place]
    if_unsure = draw(st.none() | st.sampled_from(lower))
    return Rule(name, draw(conditions(scope)), recommend, WORDS, ("T1",), if_unsure)


@st.composite
def asking(draw: st.DrawFn) -> tuple[list[Question], list[Finding], Scope]:
    """Questions and findings that name earlier ones only, and what conditions may name of them."""
    asked: list[Question] = []
    findings: list[Finding] = []
    scope = Scope()
    for place in range(draw(st.integers(1, 5))):
        question = draw(questions(f"q{place}", scope))
        asked += [question, *lines_of(question)]
        readable = tuple(one for one in asked if one.line is None)
        scope = Scope(readable, scope.findings)
        if bool(readable) and draw(st.booleans()):
            findings.append(Finding(f"f{place}", WORDS, draw(conditions(scope))))
            scope = Scope(readable, (*scope.findings, f"f{place}"))
    if not scope.questions:
        asked.append(Question("q_last", Kind.SCALE, WORDS, WORDS, minimum=0, maximum=10))
        scope = Scope((asked[-1],))
    return asked, findings, scope


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    """A valid protocol: conditions name what is there, `enable_when` only what is earlier."""
    asked, findings, scope = draw(asking())
    not_medical = [one for one in Recommend if not one.is_medical]
    required = draw(st.dictionaries(st.sampled_from(not_medical), conditions(scope), max_size=2))
    areas = {area for one in asked if one.kind is Kind.AREAS for area in one.values if area != NONE}
    some_places = st.lists(st.sampled_from(sorted(areas)), unique=True).map(tuple)
    places = some_places if areas else st.just(())
    return replace(
        BARE,
        carer_when=draw(st.none() | conditions(scope)),
        questions=tuple(asked),
        findings=tuple(findings),
        rules=tuple(draw(rules(f"r{number}", scope)) for number in range(draw(st.integers(1, 6)))),
        precautions=tuple(
            draw(precautions(f"p{number}", scope, places))
            for number in range(draw(st.integers(0, 2)))
        ),
        support=tuple(
            Support(f"s{number}", draw(conditions(scope)), WORDS, (WORDS,), ("T1",))
            for number in range(draw(st.integers(0, 1)))
        ),
        advice={one: draw(advice(one, required.get(one), places)) for one in Recommend},
    )


@st.composite
def precautions(
    draw: st.DrawFn, name: str, scope: Scope, places: st.SearchStrategy[tuple[str, ...]]
) -> Precaution:
    when, limit = draw(conditions(scope)), draw(st.sampled_from(Limit))
    return Precaution(name, when, (limit,), WORDS, ("T1",), places=draw(places))


@st.composite
def advice(
    draw: st.DrawFn,
    one: Recommend,
    requires: Condition | None,
    places: st.SearchStrategy[tuple[str, ...]],
) -> Advice:
    limited = draw(places) if one is Recommend.DEEP_TISSUE else ()
    return Advice(one, WORDS, (WORDS,), requires=requires, places=limited)


@st.composite
def answer(draw: st.DrawFn, question: Question) -> Answer:
    """Anything that the question takes."""
    unsure = question.offers_not_sure and draw(st.integers(0, 3)) == 0
    if question.kind.is_set:
        ticked = draw(st.frozensets(st.sampled_from([one.id for one in question.options])))
        if unsure:
            return ticked | {NOT_SURE}
        if ticked or not question.offers_none:
            return ticked or frozenset({question.options[0].id})
        return frozenset({NONE})
    if unsure:
        return NOT_SURE
    if question.kind.is_numeric:
        return draw(st.integers(question.minimum, question.maximum))
    return draw(st.sampled_from(question.values))


@st.composite
def answers(draw: st.DrawFn, protocol: Protocol, *, complete: bool = False) -> dict[str, Answer]:
    """Answers to all questions, asked or not, or only to some of them."""
    return {
        question.id: draw(answer(question))
        for question in protocol.questions
        if complete or draw(st.integers(0, 3)) > 0
    }
