"""The machine contract: questions and decisions as JSON values."""

from __future__ import annotations

import json
from collections.abc import Mapping

from assessment.engine.answers import Answers, all_to_json
from assessment.engine.changes import Change, would_change
from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Not,
    Operator,
    Test,
    Unsure,
    parts_of,
)
from assessment.engine.decision import Decision, Engine
from assessment.engine.firing import FiredRule, NotedPrecaution
from assessment.engine.protocol import Advice, Protocol, Recommend
from assessment.engine.questions import NONE, NOT_SURE, Option, Question
from assessment.engine.text import Text
from assessment.engine.words import because_in_words, headline, in_words, value_in_words
from assessment.exports.numbers import EMERGENCY_NUMBERS

Json = dict[str, object]

PRIVATE_REASON = "A private answer, shown to the person only."


def decision_json(
    engine: Engine, answers: Answers, decision: Decision, *, invited: bool = False
) -> Json:
    """Return the decision as `assessment decide --json` prints it.

    `invited`: in the words that somebody reads who answers a clinic's link.
    """
    protocol, recommend = engine.protocol, decision.recommend
    carer = engine.is_carer(answers)
    advice = _advice(protocol, decision)
    return {
        "recommendation": recommend.id,
        "urgency": recommend.urgency,
        "pressure": recommend.pressure,
        "complete": decision.complete,
        "fail_safe": decision.fail_safe,
        "interrupted": decision.interrupted,
        "rules": [_rule(fired, protocol, carer=carer, invited=invited) for fired in decision.fired],
        "missing": list(decision.missing),
        "skipped": list(decision.skipped),
        "ended_early": decision.ended_early,
        "ignored": list(decision.ignored),
        "precautions": [
            _precaution(noted, carer=carer, invited=invited)
            for noted in decision.precautions
            if not noted.private
        ],
        "would_change": [
            _change(change, protocol, carer=carer)
            for change in would_change(engine, answers, decision)
        ],
        "headline": headline(engine, recommend, answers, carer=carer, invited=invited),
        "do_now": [text.to(carer=carer, invited=invited) for text in advice.do_now],
        "sooner": [text.to(carer=carer, invited=invited) for text in advice.sooner],
        "emergency_numbers": [str(number) for number in EMERGENCY_NUMBERS],
        "disclaimer": protocol.texts["disclaimer"].to(carer=carer),
        "protocol": _made_by(protocol),
    }


def decision_words(engine: Engine, answers: Answers, decision: Decision) -> str:
    """Return the decision as `assessment decide` prints it for a person."""
    protocol = engine.protocol
    carer = engine.is_carer(answers)
    advice = _advice(protocol, decision)
    recommend = decision.recommend
    lines = [f"{recommend.id}: {headline(engine, recommend, answers, carer=carer)}"]
    lines += [f"  {text.to(carer=carer)}" for text in advice.do_now]
    lines += [
        f"  because ({fired.rule.id}): {_because(fired, protocol, carer=carer)}"
        for fired in decision.winning
    ]
    lines += [f"  sooner: {text.to(carer=carer)}" for text in advice.sooner]
    if decision.missing:
        lines.append(f"  not answered: {', '.join(decision.missing)}")
    place = 0 if decision.recommend is Recommend.EMERGENCY else len(lines)
    lines.insert(place, f"Emergency: {', '.join(map(str, EMERGENCY_NUMBERS))}")
    lines.append(protocol.texts["disclaimer"].to(carer=carer))
    author, review = protocol.author, review_in_words(protocol)
    lines.append(f"{protocol.id} {protocol.version}, by {author}. {review}")
    return "\n".join(lines)


def change_in_words(question: Question, answer: str | int, carer: bool) -> str:
    """Return a changed answer as a phrase: what the option says, or question and label."""
    if isinstance(answer, str):
        says = question.option(answer).says
        if says is not None:
            return says.to(carer=carer)
    return f"{question.short.to(carer=carer)}: {value_in_words(question, answer, carer=carer)}"


def review_in_words(protocol: Protocol) -> str:
    """Return who reviewed exactly this protocol, or that nobody has."""
    if protocol.review is None:
        return protocol.texts["not_reviewed"].text
    review = protocol.review
    return f"Reviewed by {review.reviewer}, {review.role}, on {review.date}."


def questions_json(protocol: Protocol) -> list[Json]:
    """Return every question as `assessment questions --json` prints it."""
    return [_question(question, protocol) for question in protocol.questions]


def condition_json(condition: Condition) -> Json:
    """Return a condition in the form in which the rule language writes it."""
    match condition:
        case Test(question, Operator.IS, operand):
            return {question: list(operand) if len(operand) > 1 else operand[0]}
        case Test(question, operator, operand):
            single = operator in (Operator.AT_LEAST, Operator.AT_MOST)
            return {question: {operator.value: operand[0] if single else list(operand)}}
        case FindingRef(finding):
            return {"finding": finding}
        case Unsure(question, option):
            return {"unsure": {question: option}}
        case Not(part):
            return {"not": condition_json(part)}
        case Count(at_least, parts):
            return {"count": {"at_least": at_least, "of": [condition_json(part) for part in parts]}}
        case All() | Any():
            name = "all" if isinstance(condition, All) else "any"
            return {name: [condition_json(part) for part in parts_of(condition)]}


def to_line(value: Mapping[str, object]) -> str:
    """Return a JSON value as one line."""
    line = json.dumps(value, ensure_ascii=False)
    return line.encode(errors="backslashreplace").decode()  # half a surrogate pair stays an escape


def _advice(protocol: Protocol, decision: Decision) -> Advice:
    care = protocol.advice[Recommend.MEDICAL_CLEARANCE_FIRST]
    return protocol.advice.get(decision.recommend, care)


def _because(fired: FiredRule, protocol: Protocol, *, carer: bool, invited: bool = False) -> str:
    if fired.private:
        return PRIVATE_REASON
    return because_in_words(fired, protocol, carer=carer, invited=invited)


def _rule(fired: FiredRule, protocol: Protocol, *, carer: bool, invited: bool) -> Json:
    shown = {} if fired.private else fired.answers
    return {
        "id": fired.rule.id,
        "recommend": fired.recommend.id,
        "because": _because(fired, protocol, carer=carer, invited=invited),
        "evidence": list(fired.rule.evidence),
        "answers": all_to_json(shown, protocol.question),
        "unsure": fired.unsure,
    }


def _change(change: Change, protocol: Protocol, *, carer: bool) -> Json:
    return {
        "question": change.question,
        "answer": change.answer,
        "says": change_in_words(protocol.question[change.question], change.answer, carer),
        "recommendation": change.recommend.id,
    }


def _made_by(protocol: Protocol) -> Json:
    return {
        "id": protocol.id,
        "version": protocol.version,
        "author": protocol.author,
        "review": review_in_words(protocol),
        "rules": protocol.rules_hash,
        "wording": protocol.wording_hash,
    }


def _precaution(noted: NotedPrecaution, *, carer: bool, invited: bool) -> Json:
    person = noted.precaution.person
    return {
        "id": noted.precaution.id,
        "limits": [limit.value for limit in noted.precaution.limits],
        "places": list(noted.precaution.places),
        "therapist": noted.precaution.therapist.text,
        "person": None if person is None else person.to(carer=carer, invited=invited),
        "evidence": list(noted.precaution.evidence),
        "unsure": noted.unsure,
    }


def _question(question: Question, protocol: Protocol) -> Json:
    condition = question.enable_when
    return {
        "id": question.id,
        "ask": question.ask.text,
        "hint": _or_none(question.hint),
        "why": _or_none(question.why),
        "type": question.kind.value,
        "options": [_option(option) for option in question.options]
        + _extra(NONE, question.none_label),
        "bounds": None
        if question.minimum is None
        else {"minimum": question.minimum, "maximum": question.maximum},
        "unit": _or_none(question.unit),
        "low": _or_none(question.low_label),
        "high": _or_none(question.high_label),
        "ordered": question.ordered,
        "optional": question.optional,
        "lasts": question.lasts,
        "not_sure": question.offers_not_sure,
        "not_sure_label": _or_none(question.not_sure_label),
        "not_sure_id": NOT_SURE if question.offers_not_sure else None,
        "enable_when": None
        if condition is None
        else {"data": condition_json(condition), "words": in_words(condition, protocol)},
    }


def _option(option: Option) -> Json:
    return {"id": option.id, "label": option.label.text, "hint": _or_none(option.hint)}


def _extra(value: str, label: Text | None) -> list[Json]:
    return [] if label is None else [{"id": value, "label": label.text, "hint": None}]


def _or_none(text: Text | None) -> str | None:
    return None if text is None else text.text
