"""A protocol of the tests written down as the files that the verifier reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

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
)
from assessment.engine.protocol import Promise, Protocol, Recommend, Rule
from assessment.engine.questions import Kind, Question


def write(protocol: Protocol, folder: Path) -> Path:
    """Write everything of it that decisions and promises rest on."""
    carer = protocol.carer_when
    files: Mapping[str, object] = {
        "protocol": {} if carer is None else {"carer_when": as_yaml(carer)},
        "questions": [_question(one) for one in protocol.questions if one.line is None],
        "rules": {
            "findings": {one.id: {"when": as_yaml(one.when)} for one in protocol.findings},
            "rules": [_rule(one) for one in protocol.rules],
            "precautions": [
                {
                    "id": one.id,
                    "when": as_yaml(one.when),
                    "limits": [str(limit) for limit in one.limits],
                    "places": list(one.places),
                }
                for one in protocol.precautions
            ],
            "support": [{"id": one.id, "when": as_yaml(one.when)} for one in protocol.support],
        },
        "recommendations": [
            {"id": one.id, "places": list(advice.places)}
            | ({} if advice.requires is None else {"requires": as_yaml(advice.requires)})
            for one, advice in protocol.advice.items()
        ],
        "safety": [_promise(one) for one in protocol.promises],
    }
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    return folder


def as_yaml(condition: Condition) -> dict[str, object]:
    """Return a condition as an author writes it."""
    match condition:
        case Test(question, Operator.IS, operand):
            return {question: list(operand)}
        case Test(question, Operator.AT_LEAST | Operator.AT_MOST as operator, operand):
            return {question: {str(operator): operand[0]}}
        case Test(question, operator, operand):
            return {question: {str(operator): list(operand)}}
        case All(parts):
            return {"all": [as_yaml(part) for part in parts]}
        case Any(parts):
            return {"any": [as_yaml(part) for part in parts]}
        case Count(at_least, parts):
            return {"count": {"at_least": at_least, "of": [as_yaml(part) for part in parts]}}
        case Not(part):
            return {"not": as_yaml(part)}
        case FindingRef(finding):
            return {"finding": finding}
        case Unsure():
            raise TypeError("no author writes this")


def _question(one: Question) -> dict[str, object]:
    options = [
        {"id": option.id}
        | ({"safety": str(option.safety)} if option.safety else {})
        | ({"informs": "therapist"} if option.informs else {})
        for option in one.options
    ]
    found: dict[str, object] = {"id": one.id, "type": str(one.kind)}
    found |= {"options": options} if options else {}
    for key, value in (
        ("none", one.offers_none),
        ("not_sure", one.offers_not_sure),
        ("ordered", one.ordered),
        ("private", one.private),
        ("optional", one.optional),
        ("clarify", one.clarify),
        ("lasts", one.lasts),
        ("worse", one.worse and str(one.worse)),
        ("enable_when", one.enable_when and as_yaml(one.enable_when)),
    ):
        found |= {key: value} if value else {}
    if one.kind is Kind.NUMBER:
        found |= {"minimum": one.minimum, "maximum": one.maximum}
    return found


def _rule(one: Rule) -> dict[str, object]:
    found: dict[str, object] = {"id": one.id, "when": as_yaml(one.when)}
    found |= {"recommend": one.recommend.id}
    return found | ({} if one.if_unsure is None else {"if_unsure": one.if_unsure.id})


def _promise(one: Promise) -> dict[str, object]:
    found: dict[str, object] = {"id": one.id, "when": as_yaml(one.when)}
    if one.asked:
        found["asked"] = [str(sign) for sign in one.asked]
    tiers = {each.urgency: each.id for each in Recommend if each.urgency}
    then: dict[str, object] = {}
    then |= {"pressure_at_most": one.pressure_at_most} if one.pressure_at_most < 2 else {}
    then |= {"urgency_at_least": tiers[one.urgency_at_least]} if one.urgency_at_least else {}
    then |= {"limits": [str(limit) for limit in one.limits]} if one.limits else {}
    then |= {"places": list(one.places)} if one.places else {}
    return found | ({"then": then} if then else {})
