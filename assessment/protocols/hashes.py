"""The two content hashes of a protocol: what can change a decision, and what is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from assessment.engine.conditions import Condition, Count, FindingRef, Test, Unsure, parts_of
from assessment.engine.protocol import Advice, Precaution, Protocol, Recommend, Rule, Support
from assessment.engine.questions import Question
from assessment.engine.text import Text


def rules_hash(protocol: Protocol) -> str:
    """Return the SHA-256 (hex) of everything that can change a decision, its evidence included."""
    advice = protocol.advice
    return _sha256(
        [
            [_question(question) for question in protocol.questions],
            sorted([finding.id, _condition(finding.when)] for finding in protocol.findings),
            sorted(_rule(rule) for rule in protocol.rules),
            [_advice(advice[one]) for one in Recommend if one in advice],
            sorted(_precaution(one) for one in protocol.precautions),
            sorted(_support(one) for one in protocol.support),
        ]
    )


def wording_hash(
    protocol: Protocol,
    texts: Mapping[str, Text],
    translations: Mapping[str, Mapping[str, Text]],
) -> str:
    """Return the SHA-256 (hex) of everything that a person reads, in every language.

    `texts` are those in the protocol's own language. Versions are kept under their hashes and found
    again by them: what is new in the language must leave the hash of a protocol without it as it
    was.
    """
    parts: list[object] = [
        _texts(texts),
        [[language, _texts(translations[language])] for language in sorted(translations)],
        [[page.id, page.title, page.markdown] for page in protocol.guide],
        [[row.id, row.claim, row.source] for row in protocol.sources.values()],
    ]
    if summary := protocol.summary:
        parts.append([[part, list(summary[part])] for part in sorted(summary)])
    if protocol.start_asks is not None:
        parts.append(["start_asks", protocol.start_asks])
    if protocol.minutes is not None:
        parts.append(["minutes", protocol.minutes])
    return _sha256(parts)


def _texts(texts: Mapping[str, Text]) -> list[list[str | None]]:
    return [[name, *_forms(texts[name])] for name in sorted(texts)]


def _forms(text: Text) -> list[str | None]:
    invited = [text.invited, text.carer_invited]
    return [text.text, text.carer, *(invited if any(invited) else [])]


def _sha256(parts: object) -> str:
    data = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(data.encode()).hexdigest()


def _question(question: Question) -> list[object]:
    new = [name for name in ("optional", "clarify") if getattr(question, name)]
    return [
        question.id,
        question.kind,
        [[option.id, option.safety] for option in question.options],
        question.ordered,
        question.offers_none,
        question.offers_not_sure,
        question.minimum,
        question.maximum,
        question.worse,
        _maybe(question.enable_when),
        question.private,
        *new,
    ]


def _rule(rule: Rule) -> list[object]:
    unsure = "" if rule.if_unsure is None else rule.if_unsure.id
    return [rule.id, _condition(rule.when), rule.recommend.id, unsure, sorted(rule.evidence)]


def _advice(one: Advice) -> list[object]:
    return [one.recommend.id, _maybe(one.requires), *_places(one.places)]


def _precaution(one: Precaution) -> list[object]:
    limits, places = sorted(one.limits), _places(one.places)
    return [one.id, _condition(one.when), limits, sorted(one.evidence), *places]


def _places(places: Sequence[str]) -> list[list[str]]:
    return [sorted(places)] if places else []


def _support(one: Support) -> list[object]:
    return [one.id, _condition(one.when), *(["alone"] if one.alone else [])]


def _maybe(condition: Condition | None) -> object:
    return None if condition is None else _condition(condition)


def _condition(condition: Condition) -> list[object]:
    match condition:
        case Test(question, operator, operand):
            return ["test", question, operator, list(operand)]
        case FindingRef(finding):
            return ["finding", finding]
        case Unsure(question, option):
            return ["unsure", question, option]
        case Count(at_least, _):
            return ["count", at_least, [_condition(part) for part in parts_of(condition)]]
        case _:
            name = type(condition).__name__.lower()
            return [name, [_condition(part) for part in parts_of(condition)]]
